package correlate

import (
	"net/netip"
	"slices"
	"time"
)

// join finds the lines of requests that have none yet.
func (s *serverLogs) join(seen []*seenRequest) {
	for _, l := range s.logs {
		l.findClock(seen)
		if l.clock.known {
			l.findBrowser(seen)
		}
	}
	for _, l := range s.logs {
		if l.clock.known {
			l.join(seen, s)
		}
	}
	for _, l := range s.logs {
		l.contradict(seen, s)
	}
	for _, l := range s.errors {
		l.join(seen)
	}
}

// join finds the lines of requests in a log. Requests and lines that may belong together are
// looked at together, and as many of the one as of the other are pairs in their order.
func (l *serverLog) join(seen []*seenRequest, logs *serverLogs) {
	of := map[kind][]*seenRequest{}
	var kinds []kind
	for _, s := range seen {
		if s.foundIn(l) || len(l.byKind[s.kind]) == 0 {
			continue
		}
		if of[s.kind] == nil {
			kinds = append(kinds, s.kind)
		}
		of[s.kind] = append(of[s.kind], s)
	}
	for _, k := range kinds {
		requests := of[k]
		slices.SortStableFunc(requests, func(a, b *seenRequest) int { return a.done.Compare(b.done) })
		for _, g := range l.gather(requests) {
			l.pair(g, logs)
		}
	}
}

// findBrowser finds which of the clients of a log the only browser is, whose export does not say
// it: the one for which most of its requests have a line, and more than for any other.
func (l *serverLog) findBrowser(seen []*seenRequest) {
	counts := map[netip.Addr]int{}
	for _, s := range seen {
		if s.client.IsValid() {
			return
		}
		of := map[netip.Addr]bool{}
		for _, q := range l.near(s, l.clock) {
			if client := q.Client.Addr(); s.mayBe(q.Request) && !of[client] {
				of[client] = true
				counts[client]++
			}
		}
	}
	best, tie := netip.Addr{}, false
	for client, n := range counts {
		switch {
		case n > counts[best]:
			best, tie = client, false
		case n == counts[best]:
			tie = true
		}
	}
	if tie {
		best = netip.Addr{}
	}
	l.browser = best
}

// A gathering is requests and lines of one kind that may belong together, each in order.
type gathering struct {
	requests []*seenRequest
	lines    []*loggedRequest
}

// gather returns what may belong together.
func (l *serverLog) gather(requests []*seenRequest) []*gathering {
	leader := make([]int, len(requests)) // of the gathering to which a request belongs
	for i := range leader {
		leader[i] = i
	}
	find := func(i int) int {
		for leader[i] != i {
			i, leader[i] = leader[i], leader[leader[i]]
		}
		return i
	}
	fits := map[*loggedRequest]int{} // one of the requests that a line may be about
	var lines []*loggedRequest
	for i, s := range requests {
		for _, q := range l.near(s, l.clock) {
			if q.of != nil || !s.mayBe(q.Request) || !s.client.IsValid() && q.Client.Addr() != l.browser {
				continue
			}
			if first, known := fits[q]; known {
				leader[find(i)] = find(first)
				continue
			}
			fits[q] = i
			lines = append(lines, q)
		}
	}
	at := map[int]*gathering{}
	var all []*gathering
	for i, s := range requests {
		g := at[find(i)]
		if g == nil {
			g = &gathering{}
			at[find(i)] = g
			all = append(all, g)
		}
		g.requests = append(g.requests, s)
	}
	slices.SortStableFunc(lines, inOrder)
	for _, q := range lines {
		g := at[find(fits[q])]
		g.lines = append(g.lines, q)
	}
	return all
}

// sameMoment is how near to each other two requests on different connections may end and be
// logged in another order.
const sameMoment = 20 * time.Millisecond

// pair joins the requests and lines of a gathering in their order, if there are as many of the
// one as of the other and the order is sure.
func (l *serverLog) pair(g *gathering, logs *serverLogs) {
	if len(g.lines) == 0 {
		return
	}
	sure := len(g.requests) == len(g.lines)
	for i := 0; sure && i < len(g.lines); i++ {
		s, q := g.requests[i], g.lines[i]
		sure = s.reach(l.clock).holds(q.Pos.Time) && s.mayBe(q.Request)
		if i > 0 && sure {
			before := g.requests[i-1]
			sure = before.conn == s.conn || s.done.Sub(before.done) >= sameMoment || sayTheSame(g.lines[i-1], q)
		}
	}
	for _, q := range g.lines {
		q.mayBeOf = !sure
	}
	for i, s := range g.requests {
		if !sure {
			s.ambiguous = l
			continue
		}
		s.ambiguous = nil
		s.found(l, g.lines[i])
		if !l.traced {
			logs.named(s, g.lines[i].Request)
		}
	}
}

// sayTheSame reports whether it makes no difference which of two lines is about which request.
func sayTheSame(a, b *loggedRequest) bool {
	return a.SubStatus == b.SubStatus && a.Win32Status == b.Win32Status && a.User == b.User
}
