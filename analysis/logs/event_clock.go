package logs

import (
	"cmp"
	"slices"
	"time"

	"negotrace/analysis"
)

// An eventClock is how far the clock of a computer's events is ahead of that of the capture.
type eventClock struct {
	known   bool
	ahead   time.Duration
	within  time.Duration // how far ahead may be wrong
	votes   int           // handshakes and KDC exchanges that have an event at that offset
	ports   int           // of these, by address and port
	moments int           // single moments with votes
	// assumed reports whether no event of this computer shows it: other computers do, or UTC is
	// assumed.
	assumed bool
}

// manyVotes is how many votes settle a clock.
const manyVotes = 16

// An eventVote is the range of clock offsets at which an event would be about a handshake or a
// KDC exchange.
type eventVote struct {
	from, to time.Duration
	target   int // the handshake or KDC exchange
	byPort   bool
	at       time.Duration // of the event, since the first one of its computer
}

// findClocks finds the clocks of the computers.
func (s *Events) findClocks(all []*eventQuery, kdc []*analysis.KDCExchange) {
	for _, c := range s.computers {
		if c.clock.votes >= manyVotes && !c.clock.assumed {
			continue
		}
		best := eventClock{}
		for _, k := range clockOffsets(c.votes(all, kdc)) {
			if k.credible() && (!best.known || k.better(best)) {
				best = k
				best.known = true
			}
		}
		if best.known && (!c.clock.known || c.clock.assumed || best.votes >= c.clock.votes) {
			c.clock = best
		}
	}
	s.assumeClocks()
}

// assumeClocks sets the clocks that no event shows. Events in UTC are taken as synchronised,
// events in local time as in the time zone of the other computers, if these have one.
func (s *Events) assumeClocks() {
	var zones []time.Duration
	for _, c := range s.computers {
		if zone := c.clock.ahead.Round(zoneStep); c.local && c.clock.known && !c.clock.assumed && !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	for _, c := range s.computers {
		switch {
		case c.clock.known:
		case !c.local:
			c.clock = eventClock{known: true, within: synced, assumed: true}
		case len(zones) == 1:
			c.clock = eventClock{known: true, ahead: zones[0], within: synced, assumed: true}
		}
	}
}

// votes returns those of all pairs of an event and what it may be about.
func (c *computer) votes(all []*eventQuery, kdc []*analysis.KDCExchange) []eventVote {
	var votes []eventVote
	if len(c.events) == 0 {
		return nil
	}
	vote := func(e *loggedEvent, w window, of int, byPort bool) {
		d := e.Pos.Time.Sub(w.from)
		if d.Abs() <= maxLogAhead && len(votes) < maxEventVotes {
			votes = append(votes, eventVote{e.Pos.Time.Sub(w.to), d + c.precision, of, byPort, e.Pos.Time.Sub(c.events[0].Pos.Time)})
		}
	}
	for i, k := range kdc {
		for _, e := range c.byPort[unmapped(k.Client)] {
			if isAbout(e, k) {
				vote(e, windowOf(k), len(all)+i, true)
			}
		}
	}
	for i, s := range all {
		for _, e := range c.events {
			if c.compared++; e.Fault != nil || c.compared > maxEventTests {
				continue
			}
			if by, w := s.fits(e); by != nil && len(votes) < maxEventVotes {
				vote(e, w, i, slices.Contains(by, analysis.ByPort))
			}
		}
	}
	return votes
}

// clockOffsets returns the offsets at which the number of votes has a local maximum.
func clockOffsets(votes []eventVote) []eventClock {
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

// peak returns the clock for a range of offsets at which some votes agree.
func peak(votes []eventVote, open map[int]bool, from, to time.Duration) eventClock {
	c := eventClock{ahead: (from + to) / 2, within: (to - from) / 2}
	about, ports := map[int]bool{}, map[int]bool{}
	var moments []time.Duration
	for i := range open {
		about[votes[i].target] = true
		if votes[i].byPort {
			ports[votes[i].target] = true
		}
		moments = append(moments, votes[i].at)
	}
	slices.Sort(moments)
	for i, at := range moments {
		if i == 0 || at-moments[i-1] >= OneMoment {
			c.moments++
		}
	}
	c.votes, c.ports = len(about), len(ports)
	return c
}

// credible reports whether an offset is more than chance: clocks of a domain agree, but for time zones.
func (c eventClock) credible() bool {
	zone := c.ahead.Round(zoneStep)
	odd := (c.ahead - zone).Abs() > synced+c.within
	switch {
	case zone == 0 && !odd:
		return true
	case !odd, zone == 0 && c.ahead.Abs() <= analysis.MaxClockSkew:
		return c.ports > 0 || c.moments >= 2
	}
	return c.ports >= 2 && c.moments >= 2 || c.moments >= 3
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
