package checks

import (
	"strings"

	"negotrace/analysis"
)

var spnShortName = &analysis.Check{
	Name:     "spn-short-name",
	Title:    "the ticket is for a host name without domain",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The service principal name is made of a short host name. It works where that form is registered too, and where only one domain is searched; with Extended Protection it is refused unless dotless names are allowed.",
	Proof:    "The host of the ticket's sname has no dot.",
	Not:      "An error: Active Directory usually has both forms of a computer's name.",
	Causes: []analysis.Advice{
		{Text: "The user typed the short name, or a link has it."},
		{Text: "MIT Kerberos with qualify_shortname unset."},
	},
	Fix: []analysis.Advice{
		{Text: "Use the full name in links and bindings."},
	},
	Sources: []string{"Microsoft, Extended Protection (AllowDotlessSpn), learn.microsoft.com/iis", "MIT krb5, doc/admin/princ_dns.rst"},
	Run:     runSPNShortName,
}

func runSPNShortName(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if host, at := requestedHost(h); host != "" && !strings.Contains(host, ".") && !analysis.IsIPAddress(host) {
			s, _ := requestedSPN(h)
			p.Found(h, at, "%s asked for %s, a name without domain", clientName(h), s.String())
		}
	}
}
