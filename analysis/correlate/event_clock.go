package correlate

import (
	"cmp"
	"slices"
	"time"

	"negotrace/analysis"
)

// An eventClock is how far the clock of a computer's events is ahead of that of the capture.
type eventClock struct {
	known  bool
	ahead  time.Duration
	within time.Duration // of the truth
	votes  int           // what of the capture has an event at that distance
	ports  int           // of these, by address and port
	pairs  int           // moments that lie apart
	// borrowed reports whether other computers' logs in local time say it.
	borrowed bool
}

// manyVotes are enough for a clock to be known for good.
const manyVotes = 16

// An eventVote is the stretch of distances at which an event would be about something of the
// capture.
type eventVote struct {
	from, to time.Duration
	of       int // what it would be about
	byPort   bool
	at       time.Duration // of the event, since the first one of its computer
}

// findClocks finds the clocks of the computers.
func (s *eventLogs) findClocks(all []*sought, kdc []*analysis.KDCExchange) {
	for _, c := range s.computers {
		if c.clock.votes >= manyVotes && !c.clock.borrowed {
			continue
		}
		best := eventClock{}
		for _, k := range distancesOf(c.votes(all, kdc)) {
			if k.credible() && (!best.known || k.better(best)) {
				best = k
				best.known = true
			}
		}
		if best.known && (!c.clock.known || c.clock.borrowed || best.votes >= c.clock.votes) {
			c.clock = best
		}
	}
	s.borrowClocks()
}

// borrowClocks has computers whose events say local time, and of which nothing else is known, be
// in the time zone of all the others.
func (s *eventLogs) borrowClocks() {
	var zones []time.Duration
	for _, c := range s.computers {
		if zone := c.clock.ahead.Round(zoneStep); c.local && c.clock.known && !c.clock.borrowed && !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	for _, c := range s.computers {
		switch {
		case c.clock.known:
		case !c.local:
			c.clock = eventClock{known: true, within: synced, borrowed: true}
		case len(zones) == 1:
			c.clock = eventClock{known: true, ahead: zones[0], within: synced, borrowed: true}
		}
	}
}

// votes are those of all pairs of an event and what it may be about.
func (c *computer) votes(all []*sought, kdc []*analysis.KDCExchange) []eventVote {
	var votes []eventVote
	if len(c.events) == 0 {
		return nil
	}
	vote := func(e *loggedEvent, w window, of int, byPort bool) {
		d := e.Pos.Time.Sub(w.from)
		if d.Abs() <= maxLogAhead && len(votes) < maxEventVotes {
			votes = append(votes, eventVote{e.Pos.Time.Sub(w.to), d + c.step, of, byPort, e.Pos.Time.Sub(c.events[0].Pos.Time)})
		}
	}
	for i, k := range kdc {
		for _, e := range c.byPort[portOf(k.Client)] {
			if isAbout(e, k) {
				vote(e, windowOf(k), len(all)+i, true)
			}
		}
	}
	for i, s := range all {
		for _, e := range c.events {
			if c.tests++; e.Fault != nil || c.tests > maxEventTests {
				continue
			}
			if by, w := s.fits(e); by != nil && len(votes) < maxEventVotes {
				vote(e, w, i, slices.Contains(by, analysis.ByPort))
			}
		}
	}
	return votes
}

// distancesOf are the stretches of distance in which more of the capture has an event than just
// before and just behind them.
func distancesOf(votes []eventVote) []eventClock {
	type edge struct {
		at     time.Duration
		begins int // 0 for the beginning of a vote, which comes before what ends there
		vote   int
	}
	edges := make([]edge, 0, 2*len(votes))
	for i, v := range votes {
		edges = append(edges, edge{v.from, 0, i}, edge{v.to, 1, i})
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.begins, b.begins), cmp.Compare(a.vote, b.vote))
	})
	var peaks []eventClock
	open := map[int]bool{}
	rising := false
	var from time.Duration
	for _, e := range edges {
		if e.begins == 0 {
			open[e.vote] = true
			from, rising = e.at, true
			continue
		}
		if rising {
			peaks = append(peaks, peak(votes, open, from, e.at))
			rising = false
		}
		delete(open, e.vote)
	}
	return peaks
}

// peak is the clock for a stretch of distances at which some votes agree.
func peak(votes []eventVote, open map[int]bool, from, to time.Duration) eventClock {
	c := eventClock{ahead: (from + to) / 2, within: (to - from) / 2}
	about, ports := map[int]bool{}, map[int]bool{}
	var moments []time.Duration
	for i := range open {
		about[votes[i].of] = true
		if votes[i].byPort {
			ports[votes[i].of] = true
		}
		moments = append(moments, votes[i].at)
	}
	slices.Sort(moments)
	for i, at := range moments {
		if i == 0 || at-moments[i-1] >= oneMoment {
			c.pairs++
		}
	}
	c.votes, c.ports = len(about), len(ports)
	return c
}

// credible reports whether a distance is more than chance: clocks of a domain agree, but for
// time zones.
func (c eventClock) credible() bool {
	zone := c.ahead.Round(zoneStep)
	odd := (c.ahead - zone).Abs() > synced+c.within
	switch {
	case zone == 0 && !odd:
		return true
	case !odd, zone == 0 && c.ahead.Abs() <= analysis.MaxClockSkew:
		return c.ports > 0 || c.pairs >= 2
	}
	return c.ports >= 2 && c.pairs >= 2 || c.pairs >= 3
}

// better reports whether c is likelier than d.
func (c eventClock) better(d eventClock) bool {
	odd := func(c eventClock) time.Duration { return (c.ahead - c.ahead.Round(zoneStep)).Abs() }
	return cmp.Or(
		cmp.Compare(d.votes+2*d.ports, c.votes+2*c.ports),
		cmp.Compare(c.ahead.Round(zoneStep).Abs(), d.ahead.Round(zoneStep).Abs()),
		cmp.Compare(odd(c), odd(d)),
		cmp.Compare(c.ahead, d.ahead),
	) < 0
}
