package correlate

import "negotrace/httpstream"

// A connState is what a Trace knows of a connection of which something was kept. The reader
// goes on writing to the original. The engine sees a copy, and each item from the connection
// updates it.
type connState struct {
	conn      *httpstream.Conn // the copy; only the engine looks into it
	isAuth    bool             // there was authentication on it
	followOns int              // exchanges kept because of that
	program   string           // User-Agent of the first request with authentication on it
	skipped   int              // those not kept all the same, since its last item
}

// stateOf returns the state of a connection. If there is none yet, it makes one.
func (t *Trace) stateOf(c *httpstream.Conn) *connState {
	s := t.conns.of(c)
	if s == nil {
		s = &connState{conn: &httpstream.Conn{}}
		*s.conn = t.snapshot(c)
		t.conns.add(c, s)
	}
	return s
}

// snapshot returns c as it is now, with all that it refers to.
func (t *Trace) snapshot(c *httpstream.Conn) httpstream.Conn {
	now := *c
	if c.TLS != nil {
		tls := *c.TLS
		now.TLS = &tls
	}
	if c.Tunnel != nil {
		outer := *c.Tunnel
		outer.Conn = t.stateOf(c.Tunnel.Conn).conn
		now.Tunnel = &outer
	}
	return now
}

// reportable reports whether checks need the connection itself, and not only its exchanges.
func reportable(c *httpstream.Conn) bool {
	return !c.Complete() || c.TLS != nil || c.SYNOnly || c.HasKerberosPort()
}
