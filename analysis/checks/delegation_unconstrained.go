package checks

import (
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var delegationUnconstrained = &analysis.Check{
	Name:     "delegation-unconstrained",
	Title:    "the client hands its ticket-granting ticket to the server",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Hygiene,
	Means:    "With the forwarded ticket the server can act as the user towards every service. Whoever takes over that server takes over its users.",
	Proof:    "Just before the token the client asks for krbtgt/<realm> with the option forwarded; or the authenticator is so large that a delegated ticket must be in it. With a keytab the delegated ticket itself is seen, and it is proven.",
	Not:      "The option forwardable alone, which almost every TGT has; constrained delegation (delegation-s4u), which the client has no part in. Another host that the client goes to at that time: the size of each authenticator shows which of them got the ticket.",
	Causes: []analysis.Advice{
		{Text: "The service account is trusted for delegation to any service, and the client's policy allows it: the zone in Internet Explorer.", If: []fact.Fact{fact.ClientWinINET}},
		{Text: "The service account is trusted for delegation to any service, and AuthNegotiateDelegateAllowlist names the host.", If: []fact.Fact{fact.ClientChromium}},
		{Text: "network.negotiate-auth.delegation-uris names the host.", If: []fact.Fact{fact.ClientFirefox}},
		{Text: "Java forwards its ticket where it can.", If: []fact.Fact{fact.ClientJava}},
		{Text: "curl was asked to: --delegation always or policy.", If: []fact.Fact{fact.ClientCurl}},
		{Text: "The client was asked to delegate, and the ticket is forwardable.", If: []fact.Fact{fact.ClientDotNet, fact.ClientPython, fact.ClientGo, fact.ClientOther, fact.ClientWinRM, fact.ClientSafari}},
	},
	Fix: []analysis.Advice{
		{Text: "Move to constrained delegation: Set-ADComputer <backend> -PrincipalsAllowedToDelegateToAccount <frontend>."},
		{Text: "Take the host off the delegation allow-lists.", If: []fact.Fact{fact.ClientChromium, fact.ClientFirefox}},
		{Text: "Turn delegation off in the client.", If: []fact.Fact{fact.ClientJava, fact.ClientCurl, fact.ClientDotNet, fact.ClientPython, fact.ClientGo, fact.ClientOther, fact.ClientWinRM}},
	},
	Sources: []string{
		"RFC 4120 section 2.8, RFC 4121 section 4.1.1.1",
		"Microsoft, Kerberos double-hop authentication with Edge, learn.microsoft.com/troubleshoot/developer/webapps/iis",
	},
	Run: runDelegationUnconstrained,
}

// delegatedSize is the size from which an authenticator must hold more than names, a time, a
// subkey and flags: a KRB-CRED with a ticket-granting ticket.
const delegatedSize = 1200

func runDelegationUnconstrained(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil {
			continue
		}
		at := l.RequestPos()
		switch k := forwarded(p, h, at.Time); {
		case ap.Opened != nil:
			if len(ap.Opened.Delegated) > 0 {
				p.Found(h, at, "%s delegated a ticket for %s to %s", clientName(h), ap.Opened.Delegated[0].Service.String(), serverName(h)).Evidence = analysis.Proven
			}
		case k != nil && holds(ap, k):
			f := p.Found(h, at, "%s asked for a forwarded ticket-granting ticket and then sent a ticket to %s", clientName(h), serverName(h))
			f.AddProof(k.RequestPos)
			if h.ServerAddr() == k.KDC.Addr() {
				f.Severity = analysis.Info
				f.Cause = "The server is a domain controller: these are trusted for delegation by default."
			}
		case ap.Authenticator.Len > delegatedSize:
			p.Found(h, at, "the authenticator of %s for %s is %d bytes long: a delegated ticket must be in it", clientName(h), serverName(h), ap.Authenticator.Len)
		}
	}
}

// holds reports whether the authenticator of ap is large enough for the ticket that k
// issued.
func holds(ap *tokens.APReq, k *analysis.KDCExchange) bool {
	least := tokens.MinForwardedSize
	if r := k.Rep(); r != nil {
		least = max(least, r.Ticket.EncPart.Len)
	}
	return ap.Authenticator.Len > least
}

// forwarded returns the client's request for a forwarded TGT shortly before t.
func forwarded(p *analysis.Pass, h *analysis.Handshake, t httpstream.Time) *analysis.KDCExchange {
	for _, k := range p.KDCOf(h.ClientAddr()) {
		r := k.Req()
		if r == nil || r.Options&tokens.KDCForwarded == 0 || !r.Server.TGS() {
			continue
		}
		if d := t.Sub(k.RequestPos.Time); d >= 0 && d < 5*time.Second {
			return k
		}
	}
	return nil
}
