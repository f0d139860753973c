package logs

import (
	"cmp"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/components"
)

// A pairing is an event that may be about a handshake.
type pairing struct {
	event    *loggedEvent
	query    *eventQuery
	by       []analysis.EventLink
	distance time.Duration // from the times of the handshake
}

func (p pairing) byPort() bool { return slices.Contains(p.by, analysis.ByPort) }

// needsUsers reports whether an event is looked at only after those of the server have named the users.
func (e *loggedEvent) needsUsers() bool { return e.Logon == nil || e.ID == 4648 }

// joinHandshakes finds the events of handshakes: first by address and port, then by what else
// they have in common.
func (c *computer) joinHandshakes(all []*eventQuery, later bool, taken map[*loggedEvent]bool) {
	byID := map[int][]pairing{}
	var ids []int
	for _, s := range all {
		for _, e := range c.near(s) {
			if e.needsUsers() != later || taken[e] || e.Fault != nil {
				continue
			}
			if by, w := s.fits(e); by != nil && c.apart(e, w) == 0 {
				if byID[e.ID] == nil {
					ids = append(ids, e.ID)
				}
				byID[e.ID] = append(byID[e.ID], pairing{e, s, by, c.apart(e, window{s.sent, s.end})})
			}
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		filled := joinByPort(byID[id], taken)
		rest := slices.DeleteFunc(byID[id], func(p pairing) bool { return taken[p.event] || filled[p.query] })
		for _, pairs := range components.Of(rest, func(p pairing) (*loggedEvent, *eventQuery) { return p.event, p.query }) {
			joinComponent(pairs, taken)
		}
	}
}

// joinFaults joins each handshake with the nearest fault of each kind. One fault may be about
// many handshakes.
func (c *computer) joinFaults(all []*eventQuery) {
	for _, s := range all {
		best := map[int]pairing{}
		var ids []int
		for _, e := range c.faults {
			by, w := s.fits(e)
			if by == nil || c.apart(e, w) > 0 {
				continue
			}
			p := pairing{e, s, by, c.apart(e, window{s.sent, s.end})}
			known, ok := best[e.ID]
			if !ok {
				ids = append(ids, e.ID)
			}
			if !ok || p.distance < known.distance {
				best[e.ID] = p
			}
		}
		for _, id := range ids {
			best[id].join(analysis.Inferred)
		}
	}
}

// near returns the events that may be about a handshake by their times.
func (c *computer) near(s *eventQuery) []*loggedEvent {
	slack := analysis.TicketWindow + faultSlack + c.clock.within + c.precision
	from, to := s.h.Start.Time.Add(c.clock.ahead-slack), s.end.Add(c.clock.ahead+slack)
	i, _ := slices.BinarySearchFunc(c.events, from, func(e *loggedEvent, at httpstream.Time) int { return e.Pos.Time.Compare(at) })
	j := i
	for j < len(c.events) && !c.events[j].Pos.Time.After(to) {
		j++
	}
	return c.events[i:j]
}

// joinByPort joins events that name the address and port of a connection with its handshake that
// is nearest in time. It returns the handshakes that have one.
func joinByPort(pairs []pairing, taken map[*loggedEvent]bool) map[*eventQuery]bool {
	filled := map[*eventQuery]bool{}
	best := map[*loggedEvent]pairing{}
	for _, p := range pairs {
		if known, ok := best[p.event]; p.byPort() && (!ok || p.distance < known.distance) {
			best[p.event] = p
		}
	}
	for _, p := range pairs {
		if k, ok := best[p.event]; ok && k.query == p.query && !taken[p.event] {
			taken[p.event], filled[p.query] = true, true
			p.join(analysis.Proven)
		}
	}
	return filled
}

// joinComponent joins the events and handshakes of pairs that share one with another. If there are as many events as
// handshakes, they are paired in order of time. Otherwise each pair must be nearer than all
// others.
func joinComponent(pairs []pairing, taken map[*loggedEvent]bool) {
	var events []*loggedEvent
	var queries []*eventQuery
	for _, p := range pairs {
		if !slices.Contains(events, p.event) {
			events = append(events, p.event)
		}
		if !slices.Contains(queries, p.query) {
			queries = append(queries, p.query)
		}
	}
	slices.SortStableFunc(events, func(a, b *loggedEvent) int {
		return cmp.Or(a.Pos.Time.Compare(b.Pos.Time), cmp.Compare(a.Pos.Frame, b.Pos.Frame))
	})
	slices.SortStableFunc(queries, func(a, b *eventQuery) int { return a.sent.Compare(b.sent) })
	chosen, ok := pairsInOrder(pairs, events, queries)
	if !ok {
		chosen = slices.DeleteFunc(slices.Clone(pairs), func(p pairing) bool { return !p.isNearest(pairs, len(queries) == 1) })
	}
	for _, p := range chosen {
		taken[p.event] = true
		p.join(p.evidence(len(events) == 1 && len(queries) == 1))
	}
}

// pairsInOrder pairs events and handshakes in order of time, if there are as many of each and
// the order is sure.
func pairsInOrder(pairs []pairing, events []*loggedEvent, handshakes []*eventQuery) (chosen []pairing, ok bool) {
	if len(events) != len(handshakes) {
		return nil, false
	}
	for i, e := range events {
		s := handshakes[i]
		at := slices.IndexFunc(pairs, func(p pairing) bool { return p.event == e && p.query == s })
		if at < 0 || i > 0 && s.sent.Sub(handshakes[i-1].sent) < sameMoment && analysis.EventSays(e.Event) != analysis.EventSays(events[i-1].Event) {
			return nil, false
		}
		chosen = append(chosen, pairs[at])
	}
	return chosen, true
}

// isNearest reports whether an event came while the handshake took place, and while no other did;
// only says that there is no other. Another event of that time must not be of the handshake
// either, unless there is no other.
func (p pairing) isNearest(pairs []pairing, only bool) bool {
	return p.distance == 0 && !slices.ContainsFunc(pairs, func(o pairing) bool {
		return o.distance == 0 && (o.event == p.event && o.query != p.query || !only && o.event != p.event && o.query == p.query)
	})
}

// evidence returns how well it is known that the two belong together. alone is set if there is no
// other candidate.
func (p pairing) evidence(alone bool) analysis.Evidence {
	named := slices.Contains(p.by, analysis.ByUser) && (slices.Contains(p.by, analysis.ByComputer) || slices.Contains(p.by, analysis.BySPN))
	if alone && named && p.event.Ticket == nil && !p.query.byEvents && !p.otherAddress() {
		return analysis.Proven
	}
	return analysis.Inferred
}

// otherAddress reports whether the event of a logon names another address than the client's.
func (p pairing) otherAddress() bool {
	l := p.event.Logon
	return l != nil && l.Client.Addr().IsValid() && p.query.client.IsValid() && l.Client.Addr() != p.query.client && !p.byPort()
}

// join adds the event to the handshake.
func (p pairing) join(evidence analysis.Evidence) {
	p.event.take()
	p.query.add(&analysis.LoggedEvent{Event: p.event.Event, By: append(slices.Clone(p.by), analysis.ByTime), Evidence: evidence})
}

// add adds an event to the handshake, at all capture points that show it.
func (s *eventQuery) add(e *analysis.LoggedEvent) {
	for _, h := range append([]*analysis.Handshake{s.h}, s.views...) {
		if len(h.Events) < maxEventsOfOne {
			h.Events = append(h.Events, e)
		}
	}
}
