package logs

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/internal/components"
)

// Join finds the lines of the requests that have none yet.
func (s *Servers) Join(seen []*SeenRequest) {
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
		l.findOtherStatus(seen, s)
	}
	for _, l := range s.errors {
		l.join(seen)
	}
}

// join finds the lines of requests in a log. Requests and lines that may belong together form a
// group. If a group has as many lines as requests, they are paired in order.
func (l *serverLog) join(seen []*SeenRequest, logs *Servers) {
	of := map[lineKey][]*SeenRequest{}
	var kinds []lineKey
	for _, s := range seen {
		if s.foundIn(l) || len(l.byKey[s.key]) == 0 {
			continue
		}
		if of[s.key] == nil {
			kinds = append(kinds, s.key)
		}
		of[s.key] = append(of[s.key], s)
	}
	for _, k := range kinds {
		requests := of[k]
		slices.SortStableFunc(requests, func(a, b *SeenRequest) int { return a.EndedAt.Compare(b.EndedAt) })
		for _, g := range l.lineGroups(requests) {
			l.pair(g, logs)
		}
	}
}

// findBrowser finds the address of the browser whose export is read alone, since the export
// does not have it: the client with lines for most of its requests.
func (l *serverLog) findBrowser(seen []*SeenRequest) {
	counts := map[netip.Addr]int{}
	for _, s := range seen {
		if s.client.IsValid() {
			return
		}
		of := map[netip.Addr]bool{}
		for _, q := range l.near(s, l.clock) {
			if client := q.Client.Addr(); s.mayMatch(q.Request) && !of[client] {
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

// A lineGroup is requests and lines with one key that may belong together, each in order.
type lineGroup struct {
	requests []*SeenRequest
	lines    []*loggedRequest
}

// lineGroups groups requests and the lines that may be about them.
func (l *serverLog) lineGroups(requests []*SeenRequest) []*lineGroup {
	type pair struct {
		request *SeenRequest
		line    *loggedRequest
	}
	var pairs []pair
	for _, s := range requests {
		for _, q := range l.near(s, l.clock) {
			if q.seen == nil && s.mayMatch(q.Request) && (s.client.IsValid() || q.Client.Addr() == l.browser) {
				pairs = append(pairs, pair{s, q})
			}
		}
	}
	var all []*lineGroup
	for _, own := range components.Of(pairs, func(p pair) (*SeenRequest, *loggedRequest) { return p.request, p.line }) {
		g := &lineGroup{}
		for _, p := range own {
			g.requests, g.lines = append(g.requests, p.request), append(g.lines, p.line)
		}
		slices.SortStableFunc(g.lines, inOrder)
		g.requests, g.lines = slices.Compact(g.requests), slices.Compact(g.lines)
		all = append(all, g)
	}
	return all
}

// sameMoment is how near to each other two requests on different connections may end and be
// logged in another order.
const sameMoment = 20 * time.Millisecond

// pair joins the requests and lines of a group in their order, if there are as many of each and
// the order is sure.
func (l *serverLog) pair(g *lineGroup, logs *Servers) {
	sure := len(g.requests) == len(g.lines)
	for i := 0; sure && i < len(g.lines); i++ {
		s, q := g.requests[i], g.lines[i]
		sure = s.lineTimes(l.clock).contains(q.Pos.Time) && s.mayMatch(q.Request)
		if i > 0 && sure {
			before := g.requests[i-1]
			sure = before.conn == s.conn || s.EndedAt.Sub(before.EndedAt) >= sameMoment || sayTheSame(g.lines[i-1], q)
		}
	}
	for _, q := range g.lines {
		q.ambiguous = !sure
	}
	for i, s := range g.requests {
		if !sure {
			s.ambiguous = l
			continue
		}
		s.ambiguous = nil
		s.setLine(l, g.lines[i])
		if !l.traced {
			logs.addNamed(s, g.lines[i].Request)
		}
	}
}

// sayTheSame reports whether two lines say the same, so that they may be exchanged.
func sayTheSame(a, b *loggedRequest) bool {
	return a.SubStatus == b.SubStatus && a.Win32Status == b.Win32Status && a.User == b.User
}
