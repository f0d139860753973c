package export

import (
	"cmp"
	"slices"

	"negotrace/httpstream"
)

// connections are the connections of an export.
//
// A connection with a name in the export is found by that name. Without a name, each exchange has
// a connection of its own, which is incomplete (no SYN). There is one exception: the next request
// like one that was challenged (same method, host and target) is taken to be on the connection of
// the challenge. Otherwise no handshake of several legs could be followed.
type connections struct {
	out     *Out
	byName  map[string]*httpstream.Conn
	named   map[*httpstream.Conn]bool
	waiting map[string]*httpstream.Conn // unnamed ones that carried a challenge
	key     string                      // of the exchange that is being emitted
}

func newConnections(out *Out) *connections {
	return &connections{
		out:     out,
		byName:  map[string]*httpstream.Conn{},
		named:   map[*httpstream.Conn]bool{},
		waiting: map[string]*httpstream.Conn{},
	}
}

// connection returns the connection called name; a new one for "".
func (cs *connections) connection(name string) *httpstream.Conn {
	if c := cs.byName[name]; c != nil {
		return c
	}
	c := &httpstream.Conn{Stream: -1, HTTP: true}
	switch {
	case name == "":
	case len(cs.byName) >= maxExportConns:
		cs.out.Counters.Drop("connections of a browser export", 1, httpstream.Pos{})
	default:
		cs.byName[name] = c
		cs.named[c] = true
	}
	return c
}

// assign chooses the connection of an exchange that is about to be emitted.
func (cs *connections) assign(x *httpstream.Exchange) {
	if !cs.named[x.Conn] {
		cs.key = retryKey(x)
		if c := cs.waiting[cs.key]; c != nil {
			x.Conn = c
			delete(cs.waiting, cs.key)
		}
		switch s := x.Response; {
		case s == nil || s.Status != httpstream.StatusUnauthorized && s.Status != httpstream.StatusProxyAuthRequired:
		case len(cs.waiting) >= maxExportConns:
			cs.out.Counters.Drop(challengeDropped, 1, x.Pos())
		default:
			cs.waiting[cs.key] = x.Conn
		}
	}
	extendConn(x.Conn, x)
}

// placed emits the connection of an exchange if it cannot carry another one. The sink may already
// own the messages of the exchange.
func (cs *connections) placed(x *httpstream.Exchange) {
	if !cs.named[x.Conn] && cs.waiting[cs.key] != x.Conn {
		cs.out.Conn(x.Conn)
	}
}

// forget removes a connection that was emitted.
func (cs *connections) forget(c *httpstream.Conn) { delete(cs.named, c) }

// end emits the connections that are left.
func (cs *connections) end() {
	var left []*httpstream.Conn
	for _, c := range cs.byName {
		if c.Start.Frame > 0 {
			left = append(left, c)
		}
	}
	for _, c := range cs.waiting {
		left = append(left, c)
	}
	slices.SortFunc(left, func(a, b *httpstream.Conn) int { return cmp.Compare(a.Start.Frame, b.Start.Frame) })
	for _, c := range left {
		cs.out.Conn(c)
	}
	cs.out.Counters.Connections += len(cs.byName)
}

func retryKey(x *httpstream.Exchange) string {
	if x.Request == nil {
		return ""
	}
	return x.Request.Method + " " + x.Request.Host + " " + x.Request.Target
}

// extendConn makes the connection last from its first exchange to its last.
func extendConn(c *httpstream.Conn, x *httpstream.Exchange) {
	at := x.Pos()
	if c.Start.Frame == 0 {
		c.Start = at
	}
	if c.End.Frame == 0 || at.Time.After(c.End.Time) {
		c.End = at
	}
	if s := x.Response; s != nil && s.Done.Time.After(c.End.Time) {
		c.End = s.Done
	}
}
