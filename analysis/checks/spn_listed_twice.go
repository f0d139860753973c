package checks

import (
	"strings"

	"negotrace/analysis"
)

var spnListedTwice = &analysis.Check{
	Name:     "spn-listed-twice",
	Title:    "setspn lists two accounts with the name that a ticket was asked for",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Two accounts have the service principal name. A KDC of Active Directory then gives no ticket for it, or one with the key of the wrong account.",
	Proof:    "The output of setspn -X, -Q or -L, given beside the capture, which names two accounts for the very name of the handshake.",
	Not:      "A name that one account has, however often the texts list it. Other names of the same accounts.",
	Causes: []analysis.Advice{
		{Text: "The service was moved to another account, and the name stayed with the first."},
		{Text: "The name was registered with setspn -A, which does not look whether it is there."},
	},
	Fix: []analysis.Advice{
		{Text: "setspn -D <SPN> <account> takes it away from the account that does not run the service; then klist purge at the client."},
	},
	Sources: []string{"Microsoft, setspn", "Microsoft, Kerberos-Key-Distribution-Center event 11"},
	Run:     runSPNListedTwice,
}

func runSPNListedTwice(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		accounts := h.Accounts()
		if len(accounts) < 2 {
			continue
		}
		f := p.Found(h, h.Start, "setspn lists %s as a name of %s", analysis.WithoutRealm(h.ExpectedSPN()), strings.Join(accounts, " and of "))
		for _, e := range h.HostTexts {
			if e.Registration != nil {
				f.Also = append(f.Also, e.Pos)
			}
		}
		if h.Outcome != analysis.Failed {
			f.Severity = analysis.Warning
		}
	}
}
