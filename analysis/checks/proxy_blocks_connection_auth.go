package checks

import (
	"strings"

	"negotrace/analysis"
)

var proxyBlocksConnectionAuth = &analysis.Check{
	Name:     "proxy-blocks-connection-auth",
	Title:    "a proxy does not say that it keeps connections apart",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means:    "Through an HTTP proxy, NTLM and Negotiate to a server need the proxy to keep one server connection per client. A proxy that does says so with Proxy-Support; without it strict clients (.NET) do not answer the challenge.",
	Proof:    "A request through an explicit proxy (absolute URL, or Via in the response), a 401 with Negotiate or NTLM from the server, no Proxy-Support: Session-Based-Authentication in it, and a client that does not answer.",
	Not:      "CONNECT tunnels, where the proxy does not see HTTP; transparent and reverse proxies.",
	Causes: []analysis.Advice{
		{Text: "The proxy does not support it, or strips the header that IIS adds itself."},
	},
	Fix: []analysis.Advice{
		{Text: "Let the proxy pin connections and send the header; or use https, which goes through CONNECT."},
	},
	Sources: []string{"RFC 4559 section 6", ".NET, System.Net.Http AuthenticationHelper"},
	Reads:   []string{"Proxy-Support", "Via"},
	Run:     runProxyBlocksConnectionAuth,
}

func runProxyBlocksConnectionAuth(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.ChallengeLeg()
		if h.Target != analysis.ToServer || l == nil || l.Request == nil || h.Outcome != analysis.Unanswered || !p.SawAll(h) || p.PartlyUnseen(h) {
			continue
		}
		explicit := strings.HasPrefix(strings.ToLower(l.Request.Target), "http://") || l.Response.Header.Has("Via")
		if !explicit || !(h.Offers("Negotiate") || h.Offers("NTLM")) || noToken(h) != "" {
			continue
		}
		if strings.EqualFold(l.Response.Header.Value("Proxy-Support"), "Session-Based-Authentication") {
			continue
		}
		p.Found(h, l.ResponsePos(), "the proxy before %s passed on a challenge (%s) without Proxy-Support, and %s did not answer it", h.Host, offeredList(h), clientName(h))
	}
}
