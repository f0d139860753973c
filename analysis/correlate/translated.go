package correlate

import (
	"time"

	"negotrace/httpstream"
)

// A router that translates addresses, and gives connections other sequence numbers, shows each
// exchange twice where a capture has both of its sides: with the same bytes, at the same time. That two
// connections are one is proven by a token that no other request has.

// isTranslated reports whether b is a, on the other side of a router: one of the two ends has another
// address there. What a client sends a server on two of its ports are two connections.
func isTranslated(a, b *httpstream.Exchange) bool {
	if a.Conn.Client.Addr() == b.Conn.Client.Addr() && a.Conn.Server == b.Conn.Server || a.Request == nil || b.Request == nil || a.Response == nil || b.Response == nil ||
		a.Conn.Origin != b.Conn.Origin || a.Conn.Recorder != nil || b.Conn.Recorder != nil || a.Conn.Tunnel != nil || b.Conn.Tunnel != nil {
		return false
	}
	q, r, p, s := a.Request, b.Request, a.Response, b.Response
	return q.Method == r.Method && q.Target == r.Target && q.HeadLen == r.HeadLen && q.BodyLen == r.BodyLen && isForwardedAt(q.Pos, r.Pos) &&
		p.Status == s.Status && p.HeadLen == s.HeadLen && p.BodyLen == s.BodyLen && isForwardedAt(p.Pos, s.Pos)
}

// isForwardedAt reports whether two packets of one capture may be one on two sides of a router.
func isForwardedAt(a, b httpstream.Pos) bool {
	return a.File == b.File && !a.Time.IsZero() && b.Time.Sub(a.Time).Abs() < translationTime
}

// translationTime is how long a router may have a packet: less than any client takes to send its token
// on another connection.
const translationTime = 5 * time.Millisecond

// onTranslated pairs the other exchanges on connections that are one, and have no token.
func (p proxyPairs) onTranslated(all []entry) {
	sides := map[*httpstream.Conn]*httpstream.Conn{}
	for i := range all {
		x := all[i].exchange
		if first := p[x]; first != nil && sides[x.Conn] == nil && isTranslated(first, x) {
			sides[x.Conn] = first.Conn
		}
	}
	if len(sides) == 0 {
		return
	}
	on := map[*httpstream.Conn][]*httpstream.Exchange{}
	for i := range all {
		x := all[i].exchange
		on[x.Conn] = append(on[x.Conn], x)
	}
	for conn, first := range sides {
		own := on[first]
		for _, x := range on[conn] {
			for len(own) > 0 && p[x] == nil {
				o := own[0]
				if own = own[1:]; isTranslated(o, x) {
					p[x] = o
				}
			}
		}
	}
}
