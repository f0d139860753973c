package checks

import "negotrace/analysis"

var ntlmCBTMismatch = &analysis.Check{
	Name:     "ntlm-cbt-mismatch",
	Title:    "the NTLM answer is bound to another certificate",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client tied its answer to a certificate that is not the one this connection shows. TLS ends somewhere between the client and here and begins anew: by design, or by an interception. Extended Protection refuses such an answer.",
	Proof:    "MsvAvChannelBindings is not the value computed from the leaf certificate of this very connection, under SHA-256, SHA-384, SHA-512 and SHA-1.",
	Not:      "The certificate of the proxy's other side: compare both. A resumed session shows no certificate; then nothing is said.",
	Causes: []analysis.Advice{
		{Text: "A load balancer or web application firewall ends TLS with another certificate."},
		{Text: "An antivirus, Fiddler or a proxy intercepts TLS on the client's side."},
		{Text: "A relay attack."},
	},
	Fix: []analysis.Advice{
		{Text: "The same certificate on load balancer and servers, or pass TLS through; or Extended Protection with the flags Proxy or ProxyCohosting and the list of SPNs."},
		{Text: "Exempt the host from interception."},
	},
	Sources: []string{"RFC 5929 section 4.1", "Microsoft, Extended Protection, learn.microsoft.com/iis/configuration/system.webserver/security/authentication/windowsauthentication/extendedprotection"},
	Run:     runNTLMCBTMismatch,
}

func runNTLMCBTMismatch(p *analysis.Pass) {
	for _, a := range p.NTLMAnswers() {
		h, l, n3 := a.Handshake, a.Leg, a.Message
		if !overTLS(h) || len(l.Conn.TLS.Certificate) == 0 {
			continue
		}
		if value, bound := binding(n3); bound && !bindsTo(value, l.Conn.TLS.Certificate) {
			f := p.Found(h, l.RequestPos(), "%s bound its answer to %s to another certificate than this connection has", clientName(h), serverName(h))
			if h.Outcome == analysis.Succeeded {
				f.Severity = analysis.Warning // the server does not compare
			}
		}
	}
}
