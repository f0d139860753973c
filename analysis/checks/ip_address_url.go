package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var ipAddressURL = &analysis.Check{
	Name:     "ip-address-url",
	Title:    "the URL holds an IP address, so there is no Kerberos",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Detour,
	Means:    "Service principal names are made of host names. For an address Windows does not ask for a ticket unless it is set to, so the client uses NTLM or nothing.",
	Proof:    "The host of the request is an IPv4 or IPv6 literal, and the client answered with NTLM, or not at all (then inferred).",
	Not:      "A ticket for HTTP/<address>: TryIPSPN and a matching SPN are set up. MIT clients may look the address up and ask for the name.",
	Causes: []analysis.Advice{
		{Text: "A link, a bookmark, a monitoring probe or a configuration file names the address."},
	},
	Fix: []analysis.Advice{
		{Text: "Name the proxy by its name in PAC file, policy or environment.", If: []fact.Fact{fact.AtProxy}},
		{Text: "Use the server's name.", If: []fact.Fact{fact.AtServer, fact.AddressInURL, fact.FromTarget}},
		{Text: `Where the address must stay: reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\Kerberos\Parameters /v TryIPSPN /t REG_DWORD /d 1 on the clients, and setspn -S HTTP/<address> <account>.`, If: []fact.Fact{fact.AtServer, fact.ClientWinINET, fact.ClientChromium, fact.ClientDotNet, fact.ClientWinRM, fact.ClientWebDAV}},
	},
	Sources: []string{
		"Microsoft, Configuring Kerberos for IP addresses, learn.microsoft.com/windows-server/security/kerberos/configuring-kerberos-over-ip",
		"Chromium, net/http/http_auth_handler_negotiate.cc",
	},
	Run: runIPAddressURL,
}

func runIPAddressURL(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Target != analysis.ToServer || h.First().Request == nil || !analysis.IsIPAddress(analysis.HostOnly(h.First().Request.Host)) {
			continue
		}
		if !h.Offers("Negotiate") && h.Scheme != "Negotiate" {
			continue // Kerberos was not to be had by any name
		}
		switch h.Mechanism {
		case analysis.NTLM:
			f := p.Found(h, h.First().RequestPos(), "the URL names %s by its address, and %s used NTLM", h.Host, clientName(h))
			if o := h.OpeningLeg(); o != nil { // else only the server's token is in the capture
				f.AddProof(o.RequestPos())
			}
		case analysis.None:
			if p.SawAll(h) {
				f := p.Found(h, h.Last().ResponsePos(), "the URL names %s by its address, and %s sent no credentials", h.Host, clientName(h))
				f.Evidence = analysis.Inferred
				if isProbe(h) {
					f.Severity = analysis.Info
				}
			}
		}
	}
}
