package capture

import (
	"container/heap"

	"negotrace/httpstream"
)

// An exportLine puts the exchanges and connections of a browser export into the order of
// their time, as far as a bounded look ahead allows, counts them and hands them on.
type exportLine struct {
	run    *run
	before func(*httpstream.Exchange) // called just before an exchange is handed on; may be nil
	after  func(*httpstream.Exchange) // called just after; may be nil
	ended  func(*httpstream.Conn)     // called after a connection was handed on; may be nil
	held   moments
	bytes  int // sizes of what is held
	count  int // of all that was added
}

// A moment is an exchange at the time of its request, or a connection at its end.
type moment struct {
	at       httpstream.Time
	order    int // among those of equal time
	size     int
	exchange *httpstream.Exchange
	conn     *httpstream.Conn
	gone     bool // handed on: nobody may change the exchange any more
}

func (l *exportLine) addExchange(x *httpstream.Exchange) *moment {
	return l.add(&moment{at: x.Pos().Time, exchange: x, size: exchangeSize(x)})
}

// addConn adds a connection that ended at a time, after all of its exchanges.
func (l *exportLine) addConn(c *httpstream.Conn, at httpstream.Time) {
	l.add(&moment{at: at, conn: c, size: 512})
}

func (l *exportLine) add(m *moment) *moment {
	m.order = l.count
	l.count++
	l.bytes += m.size
	heap.Push(&l.held, m)
	for len(l.held) > maxHeldExchanges || l.bytes > maxHeldBytes && len(l.held) > 1 {
		l.pass()
	}
	return m
}

// resize tells that the exchange of a moment that is still held has grown.
func (l *exportLine) resize(m *moment) {
	l.bytes -= m.size
	m.size = exchangeSize(m.exchange)
	l.bytes += m.size
}

// flush hands on all that is held.
func (l *exportLine) flush() {
	for len(l.held) > 0 {
		l.pass()
	}
}

func (l *exportLine) pass() {
	m := heap.Pop(&l.held).(*moment)
	l.bytes -= m.size
	m.gone = true
	if m.conn != nil {
		l.run.conn(m.conn)
		if l.ended != nil {
			l.ended(m.conn)
		}
		return
	}
	if l.before != nil {
		l.before(m.exchange)
	}
	l.run.countExchange(m.exchange)
	if l.run.sink.Exchange != nil {
		l.run.sink.Exchange(m.exchange)
	}
	if l.after != nil {
		l.after(m.exchange)
	}
}

// countExchange counts the messages of an exchange that a browser export names. (For
// packets httpstream does it.)
func (r *run) countExchange(x *httpstream.Exchange) {
	if x.Request != nil {
		r.counters.Request(x.Conn, x.Request.Pos)
	}
	if x.Response != nil && x.Response.Status != 0 {
		r.counters.Response(x.Response.Status)
	}
}

func exchangeSize(x *httpstream.Exchange) int {
	n := 1024 + 256*len(x.Events)
	if x.Request != nil {
		n += headerSize(x.Request.Header)
	}
	if x.Response != nil {
		n += headerSize(x.Response.Header) + len(x.Response.Body)
	}
	return n
}

func headerSize(h httpstream.Header) int {
	n := 0
	for _, f := range h {
		n += 32 + len(f.Name) + len(f.Value)
	}
	return n
}

type moments []*moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	if c := m[i].at.Compare(m[j].at); c != 0 {
		return c < 0
	}
	return m[i].order < m[j].order
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(*moment)) }
func (m *moments) Pop() any {
	last := len(*m) - 1
	x := (*m)[last]
	(*m)[last] = nil
	*m = (*m)[:last]
	return x
}
