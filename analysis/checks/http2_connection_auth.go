package checks

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var http2ConnectionAuth = &analysis.Check{
	Name:     "http2-connection-auth",
	Title:    "Windows authentication was asked for over HTTP/2",
	Variants: []string{"closed-over-http1"},
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "NTLM and Negotiate authenticate a connection, and HTTP/2 shares one among many requests, so servers do not do Windows authentication over it. " +
		"Clients go back to HTTP/1.1 on a new connection; where they do not, the request is stuck with its 401.",
	Proof: "A 401 with Negotiate or NTLM, or a reset with HTTP_1_1_REQUIRED, on HTTP/2; then the handshake on a connection with HTTP/1.1. Stuck: a refused token or an NTLM message 1 on HTTP/2, or no HTTP/1.1 connection after it.",
	Not:   "Basic and Bearer, which HTTP/2 carries well. A ticket that is accepted over HTTP/2: some servers take Kerberos, which needs one leg only.",
	Causes: []analysis.Advice{
		{Text: "The server offers h2 in ALPN on a site with Windows authentication."},
		{Text: "A client or proxy does not fall back: old .NET, a proxy that speaks HTTP/2 to the server."},
	},
	Fix: []analysis.Advice{
		{Text: "Client: force HTTP/1.1. Server: turn HTTP/2 off for that binding (netsh http add sslcert ... disablehttp2=enable). Proxy: speak HTTP/1.1 to the server."},
		{Text: "Where HTTP/1.1 gets no answer: curl --http1.1 -v <url>, and the error log of the server or proxy that closes."},
	},
	Sources: []string{
		"RFC 9113 section 7 (HTTP_1_1_REQUIRED)",
		"Microsoft, HTTP/2 on IIS, learn.microsoft.com/iis/get-started/whats-new-in-iis-10/http2-on-iis",
		"Chromium, net/http/http_network_transaction.cc; curl issue 3341",
	},
	Reads: []string{"Upgrade", "User-Agent"},
	Keep:  unansweredOverHTTP1,
	Run:   runHTTP2ConnectionAuth,
}

func runHTTP2ConnectionAuth(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := onHTTP2(h)
		if l == nil {
			continue
		}
		switch last, back := h.Last(), cameBack(p, h); {
		case back != nil:
			f := p.Found(h, l.Exchange.Pos(), "%s %s, and %s went back to HTTP/1.1 for it", serverName(h), askedOverHTTP2(l), clientName(back))
			f.AddProof(back.Last().RequestPos())
		case len(closedOverHTTP1(p, h, l)) > 0:
			closed := closedOverHTTP1(p, h, l)
			f := p.Found(h, closed[0].Conn.EndedAt, "%s %s, %s repeated the request over HTTP/1.1, and the server closed the connection without an answer", serverName(h), askedOverHTTP2(l), clientName(h))
			f.Severity, f.Variant = analysis.Error, "closed-over-http1"
			f.Cause = "The client goes back to HTTP/1.1 as it should. The error log of what answers there has the reason why it ends the connection."
			f.AddProof(l.Exchange.Pos())
			for _, x := range closed[:min(len(closed), 3)] {
				f.AddProof(x.Request.Pos)
			}
		case last.NTLMOverHTTP2():
			f := p.Found(h, last.Exchange.Pos(), "%s began NTLM with %s over HTTP/2, which cannot carry it, and was asked anew", clientName(h), serverName(h))
			f.Severity = analysis.Error
		case last.HTTP2() && last.Sent != nil && h.Outcome == analysis.Failed && !last.Sent.Stripped && !last.HeaderRefused() && p.SawAll(h) && !takenOverHTTP2(p, h):
			f := p.Found(h, last.Exchange.Pos(), "%s sent %s tokens over HTTP/2 to %s and was refused", clientName(h), h.Mechanism, serverName(h))
			f.Severity = analysis.Error
		case h.Outcome != analysis.Succeeded && p.SawAll(h) && !p.PartlyUnseen(h) && p.End.Sub(l.Exchange.Pos().Time) > time.Second &&
			!answeredLater(p, h) && droppedAfter(p, h) == nil:
			f := p.Found(h, l.Exchange.Pos(), "%s %s, and %s did not come back with HTTP/1.1", serverName(h), askedOverHTTP2(l), clientName(h))
			f.Severity, f.Evidence = analysis.Error, analysis.Inferred
		}
	}
}

// takenOverHTTP2 reports whether the same machine accepted credentials of the same mechanism over
// HTTP/2: if so, the protocol is not the problem.
func takenOverHTTP2(p *analysis.Pass, h *analysis.Handshake) bool {
	return slices.ContainsFunc(p.LetInAtServer(h), func(o *analysis.Handshake) bool {
		return o.Mechanism == h.Mechanism && o.Host == h.Host && o.Last().HTTP2() && o.Last().Sent != nil
	})
}

// askedOverHTTP2 says how a server asked for Windows authentication, or for the protocol that
// carries it.
func askedOverHTTP2(l *analysis.Leg) string {
	if l.Reset != "" {
		return "sent a request back from HTTP/2 to HTTP/1.1 (" + l.Reset + ")"
	}
	return "asked for Windows authentication over HTTP/2"
}

// closedOverHTTP1 returns the repetitions over HTTP/1.1 of the request for which l asked for
// credentials over HTTP/2, if the server ended the connection instead of answering them.
func closedOverHTTP1(p *analysis.Pass, h *analysis.Handshake, l *analysis.Leg) []*httpstream.Exchange {
	var closed []*httpstream.Exchange
	for _, x := range p.Exchanges {
		if !unansweredOverHTTP1(x) || l.Request == nil || x.Conn.Server != l.Conn.Server || x.Conn.Client.Addr() != h.ClientAddr() ||
			x.Request.Target != l.Request.Target || analysis.HostOnly(x.Request.Host) != h.Host ||
			x.Request.Header.Value("User-Agent") != l.Request.Header.Value("User-Agent") {
			continue
		}
		after := x.Request.Pos.Time.Sub(l.Exchange.Pos().Time)
		if after > 0 && after < analysis.Soon && x.Conn.Closed() && x.Conn.EndedBy == httpstream.Server && x.Conn.Complete() {
			closed = append(closed, x)
		}
	}
	return closed
}

func unansweredOverHTTP1(x *httpstream.Exchange) bool {
	return x.Request != nil && x.Response == nil && x.Reset == "" && !x.HTTP2()
}

// cameBack returns the handshake that succeeded over HTTP/1.1: h itself, or a later one
// of the same client with the same host.
func cameBack(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	good := func(o *analysis.Handshake) bool { return o.Outcome == analysis.Succeeded && !o.Last().HTTP2() }
	if good(h) {
		return h
	}
	return laterAttempt(p, h, good)
}

// onHTTP2 returns the leg in which Windows authentication met HTTP/2: a challenge, or
// the reset that asks for HTTP/1.1.
func onHTTP2(h *analysis.Handshake) *analysis.Leg {
	for _, l := range h.Legs {
		if !l.HTTP2() {
			continue
		}
		if l.Reset == "HTTP_1_1_REQUIRED" {
			return l
		}
		for _, a := range l.Got {
			if l.Asks && (a.Scheme == "Negotiate" || a.Scheme == "NTLM") {
				return l
			}
		}
	}
	return nil
}
