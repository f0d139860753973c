package correlate

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/httpstream"
	"negotrace/internal/handoff"
	"negotrace/tokens"
)

// Kept items are analysed in a goroutine of their own, in order of arrival. The reader never
// writes to an item that it has queued.

// An item is something that was kept: an exchange, the end of a connection, a message of
// a KDC or a name server, or the time a server took to answer.
type item struct {
	since span // what was seen after the item before
	// conn is the engine's copy of the connection, and now its new state; nil for an item
	// without a connection.
	conn *httpstream.Conn
	now  httpstream.Conn
	// skipped is how many follow-on requests were seen on conn since its last item and
	// were not kept.
	skipped int

	exchange *httpstream.Exchange
	isAuth   bool
	seen     *sighting         // what it shows of itself, where there are several files; alone if it was not kept
	request  *logs.SeenRequest // what is looked up in logs, where there are some; alone if it was not kept
	kdc      *kdcMessage
	dns      *analysis.Lookup
	answer   *answerTime
	progress *progress
}

// progress is how far a capture that is followed has come.
type progress struct {
	at       httpstream.Time // none if it caught up
	caughtUp bool            // all was read that is there
	idle     bool            // and nothing came for a while
}

// A kdcMessage is a message to or from a KDC.
type kdcMessage struct {
	at       httpstream.Pos
	src, dst netip.AddrPort
	to       *httpstream.Destination // behind a proxy, nil without one
	message  *tokens.Kerberos
}

// An answerTime is how long a server took to answer a request without credentials.
type answerTime struct {
	server netip.AddrPort
	took   time.Duration
}

// A batch is some items in order of arrival.
type batch struct {
	items  []item
	bodies []byte // of their responses, until the engine has read them
	heads  int    // bytes of the heads of their messages
}

func newBatch() *batch { return &batch{items: make([]item, 0, batchSize)} }

// holdBody copies the body of r, which is valid only now, into the batch.
func (b *batch) holdBody(r *httpstream.Response) {
	if r != nil && len(r.Body) > 0 {
		n := len(b.bodies)
		b.bodies = append(grown(b.bodies, len(r.Body)), r.Body...)
		r.Body = b.bodies[n:len(b.bodies):len(b.bodies)]
	}
}

// grown returns s with room for n more. If it has to grow it has twice the room after it, at least: append alone takes
// large slices many small steps, and leaves what was there each time to the garbage collector.
func grown[T any](s []T, n int) []T {
	if len(s)+n > cap(s) {
		s = slices.Grow(s, len(s)+n)
	}
	return s
}

// isFull reports whether the batch is handed over before the next item.
func (b *batch) isFull() bool {
	return len(b.items) == batchSize || b.heads+len(b.bodies) >= batchBytes
}

// reset empties a batch.
func (b *batch) reset() {
	clear(b.items)
	b.items, b.bodies, b.heads = b.items[:0], b.bodies[:0], 0
}

// A worker hands items to an engine. A capture with few of them needs no goroutine.
// Its methods belong to the reader's goroutine.
type worker struct {
	engine  *engine // belongs to the goroutine from the first hand-over until finish
	span            // what was seen after the last item
	waiting *batch  // being filled
	queue   *handoff.Queue[*batch]
	done    chan struct{}
	fault   *handoff.Fault // what the goroutine ended with; known when it is done
}

// next makes room for the next item, which the caller fills in.
func (w *worker) next() *item {
	switch {
	case w.waiting == nil:
		w.waiting = &batch{}
	case w.waiting.isFull():
		w.handOver()
	}
	w.waiting.items = append(w.waiting.items, item{since: w.span})
	w.span = span{}
	return &w.waiting.items[len(w.waiting.items)-1]
}

// nextExchange makes room for an exchange, and counts its heads.
func (w *worker) nextExchange(x *httpstream.Exchange) *item {
	i := w.next()
	i.exchange = x
	if x.Request != nil {
		w.waiting.heads += x.Request.HeadLen
	}
	if x.Response != nil {
		w.waiting.heads += x.Response.HeadLen
	}
	return i
}

// handOver hands over what is waiting.
func (w *worker) handOver() {
	if w.queue == nil {
		// One batch more than in flight: the first one was made before the queue.
		w.queue, _ = handoff.NewQueue(batchesInFlight+1, newBatch)
		w.done = make(chan struct{})
		go w.analyse(w.queue, w.done)
	}
	w.waiting = w.queue.Put(w.waiting)
}

// analyse is what the goroutine does.
func (w *worker) analyse(queue *handoff.Queue[*batch], done chan<- struct{}) {
	defer close(done)
	for b := range queue.All() {
		if w.fault == nil { // else the reader may still wait for batches
			w.fault = handoff.Guard(func() { w.engine.take(b.items) })
		}
		b.reset()
	}
}

// finish returns the engine when it has taken everything.
func (w *worker) finish() *engine {
	if w.queue != nil {
		w.queue.Close()
		<-w.done
		w.queue = nil
		w.fault.Raise()
	}
	if w.waiting != nil {
		w.engine.take(w.waiting.items)
	}
	w.engine.seen.add(w.span)
	w.waiting, w.span = nil, span{}
	return w.engine
}
