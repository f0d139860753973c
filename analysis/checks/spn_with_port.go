package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var spnWithPort = &analysis.Check{
	Name:     "spn-with-port",
	Title:    "the service principal name has a port in it",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Most clients leave the port out, also on other ports than 80 and 443. This one puts it in, so HTTP/<host>:<port> must be registered besides HTTP/<host>.",
	Proof:    "The second part of the sname is host:port.",
	Not:      "What browsers do by default.",
	Causes: []analysis.Advice{
		{Text: "Chrome, Edge: policy EnableAuthNegotiatePort. Internet Explorer: FEATURE_INCLUDE_PORT_IN_SPN_KB908209.", If: []fact.Fact{fact.ClientChromium, fact.ClientWinINET}},
		{Text: ".NET: System.Net.Http.UsePortInSpn, older versions always, and an explicit Host header with a port.", If: []fact.Fact{fact.ClientDotNet}},
	},
	Fix: []analysis.Advice{
		{Text: "Register both forms (setspn -S HTTP/<host>:<port> <account>), or turn the setting off."},
	},
	Sources: []string{"Chromium, net/http/http_auth_handler_negotiate.cc", ".NET, System.Net.Http AuthenticationHelper.NtAuth.cs"},
	Run:     runSPNWithPort,
}

func runSPNWithPort(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		s, at := requestedSPN(h)
		if s == nil || !s.HTTP() || analysis.HostOnly(s.Host()) == s.Host() || analysis.IsIPAddress(s.Host()) {
			continue
		}
		f := p.Found(h, at, "%s asked for %s, with the port in the name", clientName(h), s.String())
		if k := refusal(h); k != nil && k.Err().Code == tokens.KDCErrSPrincipalUnknown {
			f.Severity = analysis.Error
			if h.Outcome == analysis.Succeeded {
				f.Severity = analysis.Warning
			}
		}
	}
}
