package transcript

import "negotrace/httpstream"

// A conn is a connection, with its current exchange.
type conn struct {
	*httpstream.Conn
	current *httpstream.Exchange // nil before the first request
	waiting *httpstream.Request  // that was printed before the current one, and has no response yet
	head    *httpstream.Header   // that gets header lines; nil after a head
	remarks []string             // that came after the last line of a head
	over    bool                 // the program is done with the current exchange: what it says next may be about the next one
	trying  bool                 // a connection is being made: its addresses come when it is ready
	claims  []claim              // of credentials for the next request
	status  int                  // of its last response, 0 before the first
	tunnel  *httpstream.Exchange // that a proxy opened
	inner   *httpstream.TLS      // in the tunnel
}

// connOf returns the connection with a name.
func (a *assembler) connOf(name string) *conn {
	c := a.conns[name]
	if c == nil {
		if len(a.conns) >= maxConns {
			a.out.Counters.Drop(connsDropped, len(a.conns), httpstream.Pos{})
			a.end()
		}
		c = &conn{Conn: a.newConn()}
		a.conns[name] = c
	}
	return c
}

func (a *assembler) newConn() *httpstream.Conn {
	a.out.Counters.Connections++
	return &httpstream.Conn{Stream: -1, HTTP: true, Recorder: a.program}
}

// next returns the position of the next exchange, which is on c.
func (a *assembler) next(c *conn) httpstream.Pos {
	a.exchanges++
	a.out.Counters.Packets++
	at := httpstream.Pos{Frame: a.exchanges, Stream: -1, File: a.out.File}
	if c.Start.Frame == 0 {
		c.Start = at
	}
	c.End = at
	return at
}

// isOneOfSeveral reports whether a response may be that of an earlier request: one that is no repetition
// of it, as a retry is, has none yet.
func (c *conn) isOneOfSeveral() bool {
	q := c.current.Request
	return c.waiting != nil && q != nil && (q.Method != c.waiting.Method || q.Target != c.waiting.Target || q.Host != c.waiting.Host)
}

// alone begins the exchange of a response whose request is not known. It may have used
// another connection than the one before.
func (a *assembler) alone(c *conn) {
	a.emitOver(c)
	if c.Start.Frame > 0 {
		a.close(c)
		c.Conn, c.tunnel, c.inner = a.newConn(), nil, nil
	}
	a.requestless++
	at := a.next(c)
	c.SYN, c.TLSUnknown = false, c.TLS == nil
	c.current = &httpstream.Exchange{Conn: c.Conn, Notes: []httpstream.Note{{Pos: at, Text: "the request of this response is not in the text, or cannot be told from others"}}}
}

// close passes on a connection, if there was a request on it.
func (a *assembler) close(c *conn) {
	if c.Start.Frame > 0 {
		a.out.Conn(c.Conn)
	} else {
		a.out.Counters.Connections--
	}
}
