package checks

import (
	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var iisRefusesAnybody = &analysis.Check{
	Name:     "iis-refuses-anybody",
	Title:    "IIS refuses for a reason that is not the user",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "IIS says on its page what it requires: https, a client certificate, another address of the client. It refuses everybody who comes without that: passwords, tickets and rights do not matter.",
	Proof:    "Credentials, and in answer to them a page of IIS with the sub-status 403.4 to 403.8, 403.12 to 403.14, 403.16, 403.17 or 403.501 to 403.503.",
	Not:      "403.1 to 403.3, and a 403 without a sub-status: those may be about rights or about the URL.",
	Causes: []analysis.Advice{
		{Text: "SSL Settings of the site or folder require a client certificate, and the client has none that the server asks for.", If: []fact.Fact{fact.Page("403.7")}},
		{Text: "The server does not trust the authority of the certificate, or has too many to send its list.", If: []fact.Fact{fact.Page("403.16")}},
		{Text: "SSL Settings of the site or folder require SSL, and the URL is http.", If: []fact.Fact{fact.Page("403.4")}},
		{Text: "IP Address and Domain Restrictions of the site.", If: []fact.Fact{fact.Page("403.6"), fact.Page("403.8"), fact.Page("403.503")}},
		{Text: "Dynamic IP Restrictions of the site: many clients behind one address count as one.", If: []fact.Fact{fact.Page("403.501"), fact.Page("403.502")}},
		{Text: "The server cannot reach the list of revoked certificates.", If: []fact.Fact{fact.Page("403.13")}},
	},
	Fix: []analysis.Advice{
		{Text: "SSL Settings: client certificates Ignore or Accept where Windows authentication shall do; else give the client a certificate. Over TLS 1.3 IIS must ask for it at once (netsh http update sslcert ... clientcertnegotiation=enable).", If: []fact.Fact{fact.Page("403.7")}},
		{Text: "The authority's certificate in Trusted Root of the computer account, and no certificate there that is not self-signed.", If: []fact.Fact{fact.Page("403.16")}},
		{Text: "Use https.", If: []fact.Fact{fact.Page("403.4"), fact.Page("403.5")}},
		{Text: "IIS Manager of the site: IP Address and Domain Restrictions.", If: []fact.Fact{fact.Page("403.6"), fact.Page("403.8"), fact.Page("403.501"), fact.Page("403.502"), fact.Page("403.503")}},
		{Text: "The IIS log of this request: sc-substatus and sc-win32-status.", Unless: []fact.Fact{fact.ServerLogGiven}},
	},
	Sources: []string{"Microsoft, HTTP status codes in IIS", "Microsoft, client certificate authentication and netsh http, learn.microsoft.com/windows-server"},
	Run:     runIISRefusesAnybody,
}

func runIISRefusesAnybody(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.Last()
		subStatus, reason := l.NotAboutUser()
		if subStatus == "" || l.Sent == nil || h.Target == analysis.ToProxy {
			continue
		}
		f := p.Found(h, l.ResponsePos(), "%s refused %s to %s, and not for who it is: %s (%s)", serverName(h), h.URL, clientName(h), reason, subStatus)
		f.AddProof(requestPlace(h)...)
		if subStatus == "403.14" {
			f.Severity = analysis.Info // a URL that has nothing to show
		}
	}
}
