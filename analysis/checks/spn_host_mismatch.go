package checks

import (
	"negotrace/analysis"
)

var spnHostMismatch = &analysis.Check{
	Name:     "spn-host-mismatch",
	Title:    "the ticket is for another host than the URL's",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "the name",
	Means:    "The client presented a ticket whose host is neither the URL's nor any name that DNS, as far as it is in the capture, connects with it. Somebody maps names on the way, or the client was led elsewhere.",
	Proof:    "The sname of the ticket against the URL's host, the CNAME chain, the other names of the server's address, and the short and full forms of these.",
	Not:      "Differences in letter case, realm, trailing dot and port; an alias that DNS explains (spn-cname-canonicalised). Without DNS in the capture a reverse look-up by the client looks the same.",
	Causes: []analysis.Advice{
		{Text: "An explicit Host header: .NET takes the SPN from it."},
		{Text: "A reverse proxy or connector fetches its own ticket for the server behind it."},
		{Text: "A stale hosts file; a relay between client and server."},
	},
	Fix: []analysis.Advice{
		{Text: "Compare with the SPN you intend for the front and for the back; set the connector's internal SPN."},
	},
	Sources:  []string{"RFC 4559 section 4.1", ".NET, System.Net.Http AuthenticationHelper.NtAuth.cs", "MIT krb5, doc/admin/princ_dns.rst"},
	Follows:  []string{"ticket-to-redirect-target"},
	Reads:    machineMarks,
	Run:      runSPNHostMismatch,
	Explains: explainName,
}

func runSPNHostMismatch(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		_, ap := h.APReq()
		if ap == nil || analysis.IsIPAddress(h.Host) || h.Host == "" || !ap.Ticket.Service.HTTP() {
			continue
		}
		host, at := requestedHost(h)
		if host == "" || p.DNS.SameHost(h, host) {
			continue
		}
		f := p.Found(h, at, "%s presented a ticket for %s to %s", clientName(h), ap.Ticket.Service.String(), serverName(h))
		if len(p.DNS.Lookups) == 0 {
			f.Evidence = analysis.Hint
			f.Severity = analysis.Info
		}
	}
}
