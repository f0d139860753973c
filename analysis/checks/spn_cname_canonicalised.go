package checks

import (
	"strings"

	"negotrace/analysis"
)

var spnCNAMECanonicalised = &analysis.Check{
	Name:     "spn-cname-canonicalised",
	Title:    "the client asks for the name behind the alias",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "DNS says that the host of the URL is an alias, and the client built the service principal name from the name it leads to. An SPN for the alias is then of no use.",
	Proof:    "A CNAME answer in the capture for the URL's host, and a ticket (or a request for one) for HTTP/<the name it leads to>.",
	Not:      "The same without the DNS answer: an explicit Host header or a hosts file may be behind it (spn-host-mismatch).",
	Causes: []analysis.Advice{
		{Text: "Internet Explorer, Chrome, Edge, .NET and MIT Kerberos follow aliases by default; curl with SSPI and Firefox with GSSAPI do not."},
	},
	Fix: []analysis.Advice{
		{Text: "Register the SPN for the canonical name on the account that answers, or make the alias an A record."},
		{Text: "Chrome, Edge: policy DisableAuthNegotiateCnameLookup. MIT: dns_canonicalize_hostname = false."},
	},
	Sources: []string{
		"Chromium, net/http/http_auth_handler_negotiate.cc",
		"MIT krb5, doc/admin/princ_dns.rst",
		"Microsoft, Troubleshoot Kerberos failures in Internet Explorer (FEATURE_USE_CNAME_FOR_SPN_KB911149)",
	},
	Run: runSPNCNAMECanonicalised,
}

func runSPNCNAMECanonicalised(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		chain := p.DNS.Chain(h.Host)
		if len(chain) == 0 {
			continue
		}
		host, at := requestedHost(h)
		for _, name := range chain {
			if strings.EqualFold(name, host) && !strings.EqualFold(host, h.Host) {
				f := p.Found(h, at, "%s is an alias of %s, and %s asked for HTTP/%s", h.Host, chain[len(chain)-1], clientName(h), host)
				if h.Mechanism != analysis.Kerberos || h.Outcome != analysis.Succeeded {
					f.Severity = analysis.Warning
				}
				break
			}
		}
	}
}
