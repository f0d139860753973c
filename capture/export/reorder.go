package export

import (
	"container/heap"

	"negotrace/httpstream"
)

// A reorderBuffer orders the exchanges and connections of an export by time, as far as its size
// allows, and hands them on.
type reorderBuffer struct {
	out    *Out
	before func(*httpstream.Exchange) // called just before an exchange is emitted; may be nil
	after  func(*httpstream.Exchange) // called just after; may be nil
	ended  func(*httpstream.Conn)     // called after a connection was emitted; may be nil
	held   heldHeap
	bytes  int // sizes of what is held
	count  int // of all that was added
}

// A held is one item of a reorderBuffer: an exchange, at the time of its request, or a connection,
// at its end.
type held struct {
	at       httpstream.Time
	order    int // among those of equal time
	size     int
	exchange *httpstream.Exchange
	conn     *httpstream.Conn
	emitted  bool // it belongs to the sink: nobody may change it any more
}

func (b *reorderBuffer) addExchange(x *httpstream.Exchange) *held {
	return b.add(&held{at: x.Pos().Time, exchange: x, size: exchangeSize(x)})
}

// addConn adds a connection that ended at a time, after all of its exchanges.
func (b *reorderBuffer) addConn(c *httpstream.Conn, at httpstream.Time) {
	b.add(&held{at: at, conn: c, size: 512})
}

func (b *reorderBuffer) add(h *held) *held {
	h.order = b.count
	b.count++
	b.bytes += h.size
	heap.Push(&b.held, h)
	for len(b.held) > maxHeldExchanges || b.bytes > maxHeldBytes && len(b.held) > 1 {
		b.emit()
	}
	return h
}

// resize updates the size of an exchange that has grown.
func (b *reorderBuffer) resize(h *held) {
	b.bytes -= h.size
	h.size = exchangeSize(h.exchange)
	b.bytes += h.size
}

// flush emits all that is held.
func (b *reorderBuffer) flush() {
	for len(b.held) > 0 {
		b.emit()
	}
}

func (b *reorderBuffer) emit() {
	h := heap.Pop(&b.held).(*held)
	b.bytes -= h.size
	h.emitted = true
	if h.conn != nil {
		b.out.Conn(h.conn)
		if b.ended != nil {
			b.ended(h.conn)
		}
		return
	}
	if b.before != nil {
		b.before(h.exchange)
	}
	b.out.Exchange(h.exchange)
	if b.after != nil {
		b.after(h.exchange)
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

func (h heldHeap) Len() int { return len(h) }
func (h heldHeap) Less(i, j int) bool {
	if c := h[i].at.Compare(h[j].at); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}
func (h heldHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *heldHeap) Push(x any)   { *h = append(*h, x.(*held)) }
func (h *heldHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return x
}
