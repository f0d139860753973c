package logs

import (
	"net/netip"
	"time"

	"negotrace/analysis"
)

// Join finds the events of handshakes and of exchanges with KDCs.
func (s *Events) Join(attempts []*analysis.Handshake, kdc []*analysis.KDCExchange) {
	s.index()
	for _, k := range kdc {
		k.Events = nil
	}
	all := eventQueriesOf(attempts, s.hosts)
	s.findClocks(all, kdc)
	taken := map[*loggedEvent]bool{}
	for _, c := range s.computers {
		if c.clock.known {
			c.joinKDC(kdc, taken)
		}
	}
	// A user that an event of the server names is then looked up in the events of the other computers.
	for _, later := range []bool{false, true} {
		for _, c := range s.computers {
			if c.clock.known {
				c.joinHandshakes(all, later, taken)
			}
		}
		for _, a := range all {
			if user, _, _ := a.userBy(); a.account == "" && user != "" {
				a.account, a.byEvents = analysis.AccountName(user), true
			}
		}
	}
	for _, c := range s.computers {
		if c.clock.known {
			c.joinOtherUser(all, taken)
			c.joinFaults(all)
		}
	}
	shareTickets(all)
	for _, a := range all {
		a.finish()
	}
}

// shareTickets adds the event of a KDC to all handshakes that use its ticket, and marks events
// of the client that name the same ticket.
func shareTickets(all []*eventQuery) {
	given := map[uint64]*analysis.LoggedEvent{}
	for _, s := range all {
		e := eventOf(s.h, 4769)
		if e == nil || s.ticket == 0 {
			continue
		}
		if given[s.ticket] == nil {
			given[s.ticket] = e
		}
		if c := eventOf(s.h, 4648); c != nil && c.Logon.TicketGUID != "" && c.Logon.TicketGUID == e.Ticket.GUID {
			c.By, e.By = append(c.By, analysis.ByTicket), append(e.By, analysis.ByTicket)
		}
	}
	for _, s := range all {
		if e := given[s.ticket]; e != nil && s.ticket != 0 && eventOf(s.h, 4769) == nil {
			s.add(&analysis.LoggedEvent{Event: e.Event, By: []analysis.EventLink{analysis.ByTicket}, Evidence: e.Evidence})
		}
	}
}

// unmapped returns an address and port as logs write it: IPv4 as such.
func unmapped(p netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
}

// isAbout reports whether an event of a KDC may be about an exchange from the same address and
// port: it is of its kind, and says what the answer says.
func isAbout(e *loggedEvent, k *analysis.KDCExchange) bool {
	if e.Ticket == nil || (e.ID == 4769) != k.TGS() || k.Kpasswd() {
		return false
	}
	switch {
	case k.Err() != nil:
		return e.Ticket.Status == uint32(k.Err().Code)
	case k.Rep() != nil:
		return e.Ticket.Status == 0
	}
	return true
}

func windowOf(k *analysis.KDCExchange) window {
	w := window{k.RequestPos.Time.Add(-eventSlack), k.RequestPos.Time.Add(eventSlack)}
	if k.Reply != nil {
		w.to = k.ReplyPos.Time.Add(eventSlack)
	}
	return w
}

// apart returns how far an event lies outside of a window, by the clock of its computer.
func (c *computer) apart(e *loggedEvent, w window) time.Duration {
	from := e.Pos.Time.Add(-c.clock.ahead - c.clock.within)
	to := e.Pos.Time.Add(-c.clock.ahead + c.clock.within + c.precision)
	switch {
	case from.After(w.to):
		return from.Sub(w.to)
	case to.Before(w.from):
		return w.from.Sub(to)
	}
	return 0
}

// joinKDC finds the events of exchanges with KDCs.
func (c *computer) joinKDC(kdc []*analysis.KDCExchange, taken map[*loggedEvent]bool) {
	for _, k := range kdc {
		for _, e := range c.byPort[unmapped(k.Client)] {
			if !taken[e] && isAbout(e, k) && c.apart(e, windowOf(k)) == 0 && len(k.Events) < maxEventsOfOne {
				taken[e] = true
				e.take()
				e.exchanged, c.kdcClients[k.Client.Addr().Unmap()] = true, true
				k.Events = append(k.Events, &analysis.LoggedEvent{Event: e.Event, By: []analysis.EventLink{analysis.ByPort, analysis.ByTime}, Evidence: analysis.Proven})
			}
		}
	}
}

// take counts an event as joined.
func (e *loggedEvent) take() {
	if !e.joined && e.row != nil {
		e.row.Joined++
	}
	e.joined = true
}
