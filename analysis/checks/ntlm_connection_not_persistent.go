package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var ntlmConnectionNotPersistent = &analysis.Check{
	Name:     "ntlm-connection-not-persistent",
	Title:    "the connection is closed in the middle of the NTLM handshake",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "NTLM authenticates a connection: the answer to the challenge must come over the same one. Here the server, or something before it, ends the connection after the challenge, so this handshake cannot be finished.",
	Proof:    "The response that carries message 2 (or an intermediate SPNEGO token) says Connection: close or is HTTP/1.0 without keep-alive, or the server closes before message 3.",
	Not:      "A close after the first, bare 401: that is legal, the client comes back on a new connection. A close after the final response costs a handshake per request, no more.",
	Causes: []analysis.Advice{
		{Text: "HTTP keep-alive is off on the server or the site.", If: []fact.Fact{fact.AtServer}},
		{Text: "The proxy keeps no connections to its clients open.", If: []fact.Fact{fact.AtProxy}},
		{Text: "A reverse proxy speaks HTTP/1.0 to the server (nginx does unless it is set otherwise), or opens a connection per request.", If: []fact.Fact{fact.AtServer}},
		{Text: "A load balancer closes idle connections, or inserts Connection: close."},
	},
	Fix: []analysis.Advice{
		{Text: "Turn HTTP keep-alive on.", If: []fact.Fact{fact.AtServer}},
		{Text: "squid.conf: client_persistent_connections on. auth_param ntlm keep_alive off ends the first 407 alone, which does no harm.", If: []fact.Fact{fact.AtProxy}},
		{Text: `nginx: proxy_http_version 1.1; proxy_set_header Connection ""; and one upstream connection per client connection (directive ntlm), or let the proxy authenticate.`, If: []fact.Fact{fact.AtServer}},
	},
	Sources: []string{
		"MS-NTHT 3.1 and RFC 4559 section 6: the authentication belongs to the connection",
		"RFC 9112 section 9.3",
		"nginx, ngx_http_upstream_module, directive ntlm",
	},
	Reads: []string{"Connection"},
	Run:   runNTLMConnectionNotPersistent,
}

func runNTLMConnectionNotPersistent(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, n2 := h.NTLM(2)
		if n2 == nil || l.Response == nil || answeredOn(h, l) {
			continue
		}
		c := l.Conn
		switch {
		case closesConnection(l.Response):
			f := p.Found(h, l.ResponsePos(), "%s sent its NTLM challenge in a response that ends the connection (%s%s)", serverName(h), l.Response.Proto, connectionLine(l.Response.Header.Value("Connection")))
			f.AddProof(closing(c)...)
			if l.Request != nil && endsConnection(l.Request.Proto, l.Request.Header.Values("Connection")) {
				f.Cause = fmt.Sprintf("The request asks for it (%s%s): a client that is set so (curl --http1.0), or a reverse proxy that speaks HTTP/1.0 to the server, as nginx does unless it is set otherwise.", l.Request.Proto, connectionLine(l.Request.Header.Value("Connection")))
			}
		case p.SawAll(h) && c.Closed() && c.EndedBy == httpstream.Server && c.EndedAt.Frame > 0 && c.EndedAt.Time.Sub(l.ResponsePos().Time) < patience: // later it is the client that does not go on
			f := p.Found(h, c.EndedAt, "%s sent its NTLM challenge and then closed the connection (%s)", serverName(h), c.Ending)
			f.AddProof(l.ResponsePos())
		}
	}
}

// answeredOn reports whether the challenge of leg l was answered on its own connection.
func answeredOn(h *analysis.Handshake, l *analysis.Leg) bool {
	after := false
	for _, o := range h.Legs {
		if after && o.Sent != nil && o.Conn == l.Conn {
			return true
		}
		after = after || o == l
	}
	return false
}

func connectionLine(v string) string {
	if v != "" {
		return ", Connection: " + v
	}
	return ""
}

func closing(c *httpstream.Conn) []httpstream.Pos {
	if c.EndedAt.Frame == 0 {
		return nil
	}
	return []httpstream.Pos{c.EndedAt}
}
