package logs

import (
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// joinOtherUser finds events of the server about a logon over the connection of a handshake, at
// its time, that name another user than the credentials do. Users of other handshakes on the
// same connection do not count.
func (c *computer) joinOtherUser(all []*eventQuery, taken map[*loggedEvent]bool) {
	for _, s := range all {
		if s.account == "" || s.byEvents {
			continue
		}
		for _, e := range c.near(s) {
			if e.ID != 4624 && e.ID != 4625 || taken[e] || e.account == "" || !s.isOtherUser(e) ||
				c.apart(e, window{s.sent.Add(-eventSlack), s.end.Add(eventSlack)}) > 0 {
				continue
			}
			if slices.ContainsFunc(all, func(o *eventQuery) bool {
				return o != s && (o.account == "" || o.account == e.account) && slices.Contains(o.ports, e.Logon.Client)
			}) {
				continue
			}
			taken[e] = true
			e.take()
			found := &analysis.LoggedEvent{Event: e.Event, By: []analysis.EventLink{analysis.ByPort, analysis.ByComputer, analysis.ByPackage, analysis.ByTime}, Evidence: analysis.Proven}
			for _, h := range append([]*analysis.Handshake{s.h}, s.views...) {
				if len(h.ContraryEvents) < maxEventsOfOne {
					h.ContraryEvents = append(h.ContraryEvents, found)
				}
			}
		}
	}
}

// isOtherUser reports whether an event is about a logon of another user over a connection of
// the handshake, at its server, by its package.
func (s *eventQuery) isOtherUser(e *loggedEvent) bool {
	l := e.Logon
	return (l.Type == networkLogon || l.Type == networkCleartextLogon) && l.Client.Port() != 0 && slices.Contains(s.ports, l.Client) &&
		s.isServer(e.Computer) && s.usesPackage(l.Package) && s.h.OpeningLeg() != nil && e.account != s.account
}

// Report notes how many tickets a KDC logged whose exchanges are missing in the capture,
// although it has others between the same KDC and client. from and to are the first and the last
// time of the capture.
func (s *Events) Report(c *httpstream.Counters, from, to httpstream.Time) {
	if s.copies > 0 {
		what := plural.Count(s.copies, "event") + plural.Verb(s.copies, " is", " are")
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: "events-again", Text: what + " there more than once, with the same computer, number, record and time. Each counts once"})
	}
	if from.IsZero() {
		return
	}
	for _, k := range s.computers {
		first, last := from.Add(k.clock.ahead+k.clock.within), to.Add(k.clock.ahead-k.clock.within-k.precision)
		n := 0
		for _, e := range k.events {
			if e.Ticket != nil && !e.exchanged && k.kdcClients[e.Ticket.Client.Addr()] && !e.Pos.Time.Before(first) && !e.Pos.Time.After(last) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: "events-have-more", Text: fmt.Sprintf("The events of %s have %s that the capture does not show, although it shows others "+
			"of the same clients with this KDC: packets were lost, or a client has a second way to this KDC (another interface, another address)", k.name, plural.Count(n, "exchange"))})
	}
}
