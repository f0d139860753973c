package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var proxyDropsCredentials = &analysis.Check{
	Name:     "proxy-drops-credentials",
	Title:    "a proxy passes a request on without its credentials",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "a proxy that drops credentials",
	Means: "What the client takes for the server is a reverse proxy: it got the credentials and asked the server behind it for the same page without them. " +
		"That server asked for credentials, and the proxy handed its 401 to the client. Nobody looked at the ticket or the password.",
	Proof: "A request with credentials, and before its answer a request for the same from the machine that got it, without credentials, both answered by 401. The capture has both sides of the proxy.",
	Not:   "A proxy that logs on itself, and sends credentials of its own next. A proxy that checks credentials and then asks another path (auth_request of nginx).",
	Causes: []analysis.Advice{
		{Text: "A setting of the proxy takes the line Authorization off, or it passes on only the header lines that it lists."},
		{Text: "The proxy is to log on for the client, and has no credentials of its own for that."},
	},
	Fix: []analysis.Advice{
		{Text: `nginx: no proxy_set_header Authorization ""; for NTLM also the directive ntlm, and a connection for each client.`, If: []fact.Fact{fact.ServerNginx}},
		{Text: "Let the proxy pass the line Authorization on, and WWW-Authenticate back; for NTLM each client needs a connection of its own to the server."},
		{Text: "Or let the proxy authenticate, and tell the server who it is."},
	},
	Sources:  []string{"RFC 9110 section 11.6.2", "RFC 4559 section 6"},
	Run:      runProxyDropsCredentials,
	Explains: explainDroppedCredentials,
}

func runProxyDropsCredentials(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		m := passedOnBare(p, h)
		if m == nil {
			continue
		}
		l := h.Last()
		f := p.Found(h, m.RequestPos(), "%v, to which %s sent credentials for %s, asked %v for the same without them, and was asked for credentials (%d)",
			h.ServerAddr(), clientName(h), h.URL, m.Conn.Server.Addr(), m.Status())
		f.AddProof(l.RequestPos(), m.ResponsePos(), l.ResponsePos())
	}
}

// passedOnBare returns the request without credentials by which the machine that got those of h asked
// another for the same before it answered, nil if there is none.
func passedOnBare(p *analysis.Pass, h *analysis.Handshake) *analysis.Leg {
	l := h.Last()
	if h.Outcome != analysis.Failed || h.Target != analysis.ToServer || !h.InPackets() || l.Sent == nil || l.Request == nil || l.Response == nil {
		return nil
	}
	for _, o := range p.UnansweredByServer(h) {
		if o.Target != analysis.ToServer || o.Start.File != h.Start.File {
			continue
		}
		for _, m := range o.Legs {
			if m.Sent == nil && m.Status() == l.Status() && encloses(l, m) && !forAnother(p, o, m) {
				if incompleteTo(p, h) {
					return nil // what is missing may be another client's
				}
				return m
			}
		}
	}
	return nil
}

// forAnother reports whether m, of o, may be what another client asked for without credentials at that time.
func forAnother(p *analysis.Pass, o *analysis.Handshake, m *analysis.Leg) bool {
	for _, c := range p.ServedByClient(o) {
		if slices.ContainsFunc(c.Legs, func(l *analysis.Leg) bool {
			return l.Sent == nil && l.Request != nil && l.Response != nil && encloses(l, m)
		}) {
			return true
		}
	}
	return false
}

// encloses reports whether a request for the same came and was answered between the request of l and
// its response.
func encloses(l, m *analysis.Leg) bool {
	return m.Request != nil && m.Response != nil && m.Request.Method == l.Request.Method && analysis.PathOf(m.Request.Target) == analysis.PathOf(l.Request.Target) &&
		m.RequestPos().Compare(l.RequestPos()) > 0 && m.ResponsePos().Compare(l.ResponsePos()) < 0
}

// passesOn reports whether the client of h is a proxy, which passes a request of another client on.
func passesOn(p *analysis.Pass, h *analysis.Handshake) bool {
	m := h.Last()
	for _, o := range p.ServedByClient(h) {
		if o.Start.File != h.Start.File || !o.InPackets() {
			continue
		}
		for _, l := range o.Legs {
			if l.Request != nil && l.Response != nil && encloses(l, m) {
				return true
			}
		}
	}
	return false
}

// explainDroppedCredentials ends the search for other causes: nobody looked at the credentials.
func explainDroppedCredentials(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if passedOnBare(p, h) == nil {
		return analysis.Explanation{}
	}
	return analysis.Explanation{Status: analysis.Confirmed}
}
