package export

import (
	"container/heap"

	"negotrace/httpstream"
)

// An reorderBuffer puts the exchanges and connections of a browser export into the order of
// their time, as far as a bounded look ahead allows, counts them and hands them on.
type reorderBuffer struct {
	out    *Out
	before func(*httpstream.Exchange) // called just before an exchange is handed on; may be nil
	after  func(*httpstream.Exchange) // called just after; may be nil
	ended  func(*httpstream.Conn)     // called after a connection was handed on; may be nil
	held   heldHeap
	bytes  int // sizes of what is held
	count  int // of all that was added
}

// A held is an exchange at the time of its request, or a connection at its end.
type held struct {
	at       httpstream.Time
	order    int // among those of equal time
	size     int
	exchange *httpstream.Exchange
	conn     *httpstream.Conn
	emitted  bool // handed on: nobody may change the exchange any more
}

func (l *reorderBuffer) addExchange(x *httpstream.Exchange) *held {
	return l.add(&held{at: x.Pos().Time, exchange: x, size: exchangeSize(x)})
}

// addConn adds a connection that ended at a time, after all of its exchanges.
func (l *reorderBuffer) addConn(c *httpstream.Conn, at httpstream.Time) {
	l.add(&held{at: at, conn: c, size: 512})
}

func (l *reorderBuffer) add(m *held) *held {
	m.order = l.count
	l.count++
	l.bytes += m.size
	heap.Push(&l.held, m)
	for len(l.held) > maxHeldExchanges || l.bytes > maxHeldBytes && len(l.held) > 1 {
		l.emit()
	}
	return m
}

// resize tells that the exchange of a moment that is still held has grown.
func (l *reorderBuffer) resize(m *held) {
	l.bytes -= m.size
	m.size = exchangeSize(m.exchange)
	l.bytes += m.size
}

// flush hands on all that is held.
func (l *reorderBuffer) flush() {
	for len(l.held) > 0 {
		l.emit()
	}
}

func (l *reorderBuffer) emit() {
	m := heap.Pop(&l.held).(*held)
	l.bytes -= m.size
	m.emitted = true
	if m.conn != nil {
		l.out.conn(m.conn)
		if l.ended != nil {
			l.ended(m.conn)
		}
		return
	}
	if l.before != nil {
		l.before(m.exchange)
	}
	l.out.exchange(m.exchange)
	if l.after != nil {
		l.after(m.exchange)
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

type heldHeap []*held

func (m heldHeap) Len() int { return len(m) }
func (m heldHeap) Less(i, j int) bool {
	if c := m[i].at.Compare(m[j].at); c != 0 {
		return c < 0
	}
	return m[i].order < m[j].order
}
func (m heldHeap) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *heldHeap) Push(x any)   { *m = append(*m, x.(*held)) }
func (m *heldHeap) Pop() any {
	last := len(*m) - 1
	x := (*m)[last]
	(*m)[last] = nil
	*m = (*m)[:last]
	return x
}
