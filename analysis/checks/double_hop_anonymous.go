package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var doubleHopAnonymous = &analysis.Check{
	Name:     "double-hop-anonymous",
	Title:    "the user's identity is lost at the second hop",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	NeedsKDC: true,
	Label:    "a second hop",
	Means:    "The web server let the user in and then called another server, not as the user but as nobody or as itself, and was refused. NTLM cannot be passed on, and Kerberos only where delegation is set up.",
	Proof:    "While a user's handshake with the web server is good, a connection from that server's address to another one carries an anonymous NTLM message 3, or one of its own computer account, and ends in 401 or 403.",
	Not:      "A service account by design: the pool's fixed identity.",
	Causes: []analysis.Advice{
		{Text: "The application calls on as itself, by design or because nothing makes it act as the user (impersonation)."},
		{Text: "No delegation is configured for the web server's account."},
		{Text: "The browser does not forward its ticket without a policy."},
	},
	Fix: []analysis.Advice{
		{Text: "Kerberos on the first hop, and constrained delegation to the second: Set-ADComputer <backend> -PrincipalsAllowedToDelegateToAccount <frontend>."},
	},
	Sources:    []string{"Microsoft KB264921, How IIS authenticates browser clients", "Microsoft, Kerberos double-hop authentication with Edge, learn.microsoft.com/troubleshoot"},
	ShownLater: "the second server's answer shows that nobody came with the user's name",
	Run:        runDoubleHopAnonymous,
	Explains:   explainHop,
}

func runDoubleHopAnonymous(p *analysis.Pass) {
	for _, back := range p.Handshakes {
		l, n3 := back.NTLM(3)
		if n3 == nil || back.Browser() || !(l.Status() == httpstream.StatusUnauthorized || l.Status() == httpstream.StatusForbidden) {
			continue
		}
		a := n3.Authenticate
		if a.Kind != tokens.ResponseAnonymous && !strings.HasSuffix(a.User, "$") {
			continue
		}
		for _, front := range p.Context {
			if front == back || front.ServerAddr() != back.ClientAddr() || front.Outcome != analysis.Succeeded ||
				front.ClientAddr() == back.ClientAddr() || front.Start.Time.After(l.RequestPos().Time) {
				continue
			}
			as := "nobody"
			if a.User != "" {
				as = a.Account()
			}
			f := p.Found(back, l.ResponsePos(), "%s authenticated to %s, which then called %s as %s and was refused", clientName(front), serverName(front), serverName(back), as)
			if front.Mechanism == analysis.NTLM {
				f.Cause = "The first hop is NTLM, which cannot be passed on."
			}
			f.AddProof(front.Last().ResponsePos(), l.RequestPos())
			break
		}
	}
}
