package analysis

import "negotrace/httpstream"

// A known connection is one that something was kept of. Its reader goes on filling in
// the Conn that it tells of; what is judged meanwhile is a copy, brought up to date with
// every arrival from the connection.
type known struct {
	conn   *httpstream.Conn // the copy; only the window looks into it
	isAuth bool             // there was authentication on it
	riders int              // exchanges kept because of that
	unkept int              // exchanges not kept all the same, since its last arrival
}

// own returns what is known of a connection.
func (t *Trace) own(c *httpstream.Conn) *known {
	k := t.known[c]
	if k == nil {
		k = &known{conn: &httpstream.Conn{}}
		*k.conn = t.still(c)
		t.known[c] = k
	}
	return k
}

// still returns c as it is now, with all that it refers to.
func (t *Trace) still(c *httpstream.Conn) httpstream.Conn {
	now := *c
	if c.TLS != nil {
		tls := *c.TLS
		now.TLS = &tls
	}
	if c.Tunnel != nil {
		outside := *c.Tunnel
		outside.Conn = t.own(c.Tunnel.Conn).conn
		now.Tunnel = &outside
	}
	return now
}

// remarkable tells that checks ask about a connection for its own sake, and not only
// about what went over it.
func remarkable(c *httpstream.Conn) bool {
	return !c.Complete() || c.TLS != nil || c.SYNOnly || c.HasPort(httpstream.PortKerberos)
}
