package checks

import (
	"negotrace/analysis"
	"negotrace/httpstream"
)

var corsPreflight401 = &analysis.Check{
	Name:     "cors-preflight-401",
	Title:    "the server asks a CORS preflight for credentials",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "Before a cross-origin request the browser asks with OPTIONS, and it must not send credentials with that. A 401 to the question means that the request itself is never made.",
	Proof:    "OPTIONS with Origin and Access-Control-Request-Method, without Authorization, answered by 401.",
	Not:      "A client that ignores a challenge: it must ignore this one. OPTIONS of WebDAV and Office have no Access-Control-Request-Method and do get answered.",
	Causes: []analysis.Advice{
		{Text: "The whole site requires Windows authentication, OPTIONS included."},
		{Text: "Access-Control-Allow-Origin: * does not go with credentials."},
	},
	Fix: []analysis.Advice{
		{Text: `IIS: the CORS module, or <authorization><add accessType="Allow" verbs="OPTIONS" users="?"/></authorization>.`},
		{Text: "Send Access-Control-Allow-Credentials: true and the exact origin; the script needs credentials: 'include'."},
	},
	Sources: []string{"Fetch standard, CORS protocol and credentials", "Microsoft, IIS CORS module reference"},
	Reads:   []string{"Access-Control-Request-Method", "Origin"},
	Run:     runCORSPreflight401,
}

func runCORSPreflight401(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.First()
		if preflight(l.Request) && l.Sent == nil && l.Status() == httpstream.StatusUnauthorized {
			p.Found(h, l.ResponsePos(), "%s answered %d to the preflight of %s for %s", serverName(h), l.Status(), l.Request.Header.Value("Origin"), l.Request.Header.Value("Access-Control-Request-Method"))
		}
	}
}
