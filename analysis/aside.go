package analysis

import "negotrace/httpstream"

// What is kept of a capture is looked into aside: its tokens are decoded and its
// handshakes judged in a goroutine of their own, in the order of arrival. What that
// goroutine is given nobody else changes any more.

// An arrival is something that was kept.
type arrival struct {
	since span // what was seen after the arrival before
	// conn is ours of the connection that it came on, and now what it has become; nil
	// for what came on none.
	conn *httpstream.Conn
	now  httpstream.Conn
	// unkept is how many exchanges rode on conn since its last arrival and were not kept.
	unkept int
	// What arrived is an exchange, the end of conn, or anything else.
	exchange  *httpstream.Exchange
	isAuth    bool
	subStatus string // of exchange
	rare      func(*window)
}

// An aside hands arrivals to a window. A capture with few of them needs no goroutine.
type aside struct {
	window  *window
	span              // what was seen after the last arrival
	waiting []arrival // to be handed over together
	handed  chan []arrival
	free    chan []arrival
	done    chan struct{}
}

// arrive makes room for the next arrival, which the caller fills in.
func (a *aside) arrive() *arrival {
	if len(a.waiting) == asideLen {
		a.hand()
	}
	a.waiting = append(a.waiting, arrival{since: a.span})
	a.span = span{}
	return &a.waiting[len(a.waiting)-1]
}

// hand hands over what is waiting.
func (a *aside) hand() {
	if a.handed == nil {
		a.handed, a.free = make(chan []arrival, asideWaiting), make(chan []arrival, asideWaiting)
		a.done = make(chan struct{})
		for range asideWaiting {
			a.free <- make([]arrival, 0, asideLen)
		}
		go a.follow()
	}
	a.handed <- a.waiting
	a.waiting = <-a.free
}

// follow is what the goroutine does.
func (a *aside) follow() {
	for arrivals := range a.handed {
		a.window.take(arrivals)
		clear(arrivals)
		a.free <- arrivals[:0]
	}
	close(a.done)
}

// settle returns the window when it has done everything.
func (a *aside) settle() *window {
	if a.handed != nil {
		close(a.handed)
		<-a.done
		a.handed = nil
	}
	a.window.take(a.waiting)
	a.window.add(a.span)
	a.waiting, a.span = nil, span{}
	return a.window
}

// take takes arrivals in their order.
func (w *window) take(arrivals []arrival) {
	for i := range arrivals {
		a := &arrivals[i]
		w.add(a.since)
		if a.conn != nil {
			*a.conn = a.now
		}
		switch {
		case a.rare != nil:
			a.rare(w)
		case a.exchange != nil:
			w.exchange(a)
		default:
			w.conn(a.conn, a.unkept)
		}
	}
}

// A span is between what places something was seen.
type span struct {
	first, last httpstream.Pos  // in the order of arrival; Frame is 0 if there is none
	newest      int             // frame
	end         httpstream.Time // the latest
}

// see adds a place.
func (s *span) see(p httpstream.Pos) {
	s.add(span{p, p, p.Frame, p.Time})
}

// until adds that something lasted until p.
func (s *span) until(p httpstream.Pos) {
	s.add(span{newest: p.Frame, end: p.Time})
}

// add adds what was seen after s.
func (s *span) add(o span) {
	if s.first.Frame == 0 {
		s.first = o.first
	}
	if o.last.Frame != 0 {
		s.last = o.last
	}
	s.newest = max(s.newest, o.newest)
	if o.end.After(s.end) {
		s.end = o.end
	}
}
