package logs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
)

// Where there is no capture, events add to the rows of a web server's log what the log does not
// have: the authentication package, and who was refused. They are found by the client's
// address, with the port if both have it, the user, and the time.

// A loggedRow is a row with what its events are looked up by.
type loggedRow struct {
	h       *analysis.Handshake
	client  netip.AddrPort // port 0 for none
	at      time.Time      // of the line that ended the first of its logons
	from    time.Time      // when that logon may have begun
	first   time.Time
	last    time.Time // of all that it stands for
	refused bool
}

// logSlack is how far apart an event and a line of one logon may be: a line says the second.
const logSlack = 2 * time.Second

func newLoggedRow(h *analysis.Handshake) *loggedRow {
	q := h.Last().Logged
	step := analysis.StepOf(q)
	if h.Outcome != analysis.Succeeded && h.Outcome != analysis.Failed {
		return nil
	}
	r := &loggedRow{h: h, client: q.Client, at: q.Pos.Time.UTC(), refused: step == analysis.LogsRefusal}
	r.from, r.first, r.last = r.at.Add(-q.TimeTaken-logSlack), h.Start.Time.UTC().Add(-logSlack), h.LastRepeat.UTC().Add(logStep+logSlack)
	return r
}

// JoinLogged finds the events of the rows of web servers' logs.
func (s *Events) JoinLogged(attempts []*analysis.Handshake) {
	s.index()
	byClient := map[netip.Addr][]*loggedRow{}
	byUser := map[string][]*loggedRow{}
	var rows []*loggedRow
	for _, h := range attempts {
		if r := newLoggedRow(h); r != nil {
			byClient[r.client.Addr()] = append(byClient[r.client.Addr()], r)
			byUser[analysis.AccountName(h.User)] = append(byUser[analysis.AccountName(h.User)], r)
			rows = append(rows, r)
		}
	}
	for _, c := range s.computers {
		zone, known := c.zoneOfLogs(byClient)
		if !known {
			continue
		}
		for _, e := range c.events {
			switch {
			case e.ID != 4624 && e.ID != 4625:
			case e.Logon.Client.Addr().IsValid():
				joinRow(byClient[e.Logon.Client.Addr()], e, zone)
			case e.account != "": // HTTP.sys logs users on without an address
				joinRow(byUser[e.account], e, zone)
			}
		}
	}
	for _, c := range s.computers {
		if zone, known := c.zoneOfLogs(byClient); known {
			c.joinTickets(rows, zone)
		}
	}
	for _, r := range rows {
		r.finish()
	}
}

// zoneOfLogs returns how far the clock of a computer is ahead of that of the logs, in quarters
// of an hour: zero if an event fits without an offset, otherwise what fits most rows.
func (c *computer) zoneOfLogs(byClient map[netip.Addr][]*loggedRow) (best time.Duration, known bool) {
	votes := map[time.Duration]int{}
	for _, e := range c.events {
		if e.ID != 4624 && e.ID != 4625 {
			continue
		}
		for _, r := range byClient[e.Logon.Client.Addr()] {
			d := e.Pos.Time.UTC().Sub(r.at)
			if zone := d.Round(zoneStep); d.Abs() <= maxLogAhead && r.isOf(e) && r.near(e.Pos.Time.UTC().Add(-zone)) {
				votes[zone]++
			}
		}
	}
	if votes[0] > 0 || !c.local && len(votes) == 0 {
		return 0, true
	}
	most := 0
	for zone, n := range votes {
		if n > most || n == most && (zone.Abs() < best.Abs() || zone.Abs() == best.Abs() && zone < best) {
			best, most = zone, n
		}
	}
	return best, most > 1 || most == 1 && len(votes) == 1
}

// isOf reports whether an event may be about a logon of the row, but for its time.
func (r *loggedRow) isOf(e *loggedEvent) bool {
	l := e.Logon
	switch {
	case l.Type != networkLogon && l.Type != networkCleartextLogon, r.refused != (e.ID == 4625):
		return false
	case r.client.Port() != 0 && l.Client.Port() != 0:
		return r.client.Port() == l.Client.Port() && (r.h.User == "" || analysis.AccountName(r.h.User) == e.account)
	}
	return r.h.User == "" && r.refused || r.h.User != "" && analysis.AccountName(r.h.User) == e.account
}

// near reports whether a time is that of the first logon of the row.
func (r *loggedRow) near(at time.Time) bool {
	return !at.Before(r.from) && !at.After(r.at.Add(logStep+logSlack))
}

// joinRow adds an event to the only row that it fits. If it fits several, the time must be that
// of the first logon of exactly one.
func joinRow(rows []*loggedRow, e *loggedEvent, zone time.Duration) {
	at := e.Pos.Time.UTC().Add(-zone)
	var fits []*loggedRow
	for _, r := range rows {
		if r.isOf(e) && !at.Before(r.first) && !at.After(r.last) {
			fits = append(fits, r)
		}
	}
	if len(fits) > 1 || !e.Logon.Client.Addr().IsValid() {
		fits = slices.DeleteFunc(fits, func(r *loggedRow) bool { return !r.near(at) })
	}
	if len(fits) != 1 {
		return
	}
	r, by, evidence := fits[0], []analysis.EventLink{analysis.ByAddress}, analysis.Inferred
	switch {
	case !e.Logon.Client.Addr().IsValid():
		by = nil
	case r.client.Port() != 0 && r.client == e.Logon.Client:
		by, evidence = []analysis.EventLink{analysis.ByPort}, analysis.Proven
	}
	if r.h.User != "" {
		by = append(by, analysis.ByUser)
	}
	r.add(e, by, evidence)
}

// add adds an event to the row, unless the row has one that says the same.
func (r *loggedRow) add(e *loggedEvent, by []analysis.EventLink, evidence analysis.Evidence) {
	says := analysis.EventSays(e.Event)
	if len(r.h.Events) == maxEventsOfOne || slices.ContainsFunc(r.h.Events, func(o *analysis.LoggedEvent) bool {
		return o.ID == e.ID && o.Computer == e.Computer && analysis.EventSays(o.Event) == says
	}) {
		return
	}
	r.h.Events = append(r.h.Events, &analysis.LoggedEvent{Event: e.Event, By: append(by, analysis.ByTime), Evidence: evidence})
}

// joinTickets finds, for rows whose server events name, the ticket for that server that a KDC gave to
// the same user at the same address before, and the check of an NTLM answer.
func (c *computer) joinTickets(rows []*loggedRow, zone time.Duration) {
	for _, r := range rows {
		i := slices.IndexFunc(r.h.Events, func(o *analysis.LoggedEvent) bool { return o.ID == 4624 || o.ID == 4625 })
		if i < 0 {
			continue
		}
		logon := r.h.Events[i]
		server, account := firstLabel(logon.Computer), analysis.AccountName(analysis.EventUser(logon.Event))
		for _, e := range c.between(r.at.Add(zone-analysis.TicketWindow), r.at.Add(zone+logStep+logSlack)) {
			at := e.Pos.Time.UTC().Add(-zone)
			switch {
			case account == "" || e.account != account:
			case e.ID == 4769 && logon.Logon.Package == "Kerberos" && e.Ticket.Status == 0 && e.Ticket.Client.Addr() == r.client.Addr() &&
				strings.EqualFold(strings.TrimSuffix(e.Ticket.Service, "$"), server):
				r.add(e, []analysis.EventLink{analysis.ByAddress, analysis.ByUser, analysis.BySPN}, analysis.Inferred)
			case e.ID == 4776 && logon.Logon.Package == "NTLM" && (e.Validation.Status == 0) == (logon.ID == 4624) && r.near(at):
				r.add(e, []analysis.EventLink{analysis.ByUser}, analysis.Inferred)
			}
		}
	}
}

// between returns the events of a stretch of time.
func (c *computer) between(from, to time.Time) []*loggedEvent {
	i, _ := slices.BinarySearchFunc(c.events, from, func(e *loggedEvent, at time.Time) int { return e.Pos.Time.UTC().Compare(at) })
	j := i
	for j < len(c.events) && !c.events[j].Pos.Time.UTC().After(to) {
		j++
	}
	return c.events[i:j]
}

// finish fills in mechanism and user from the events, if these agree.
func (r *loggedRow) finish() {
	slices.SortStableFunc(r.h.Events, func(a, b *analysis.LoggedEvent) int {
		if d := stage(a) - stage(b); d != 0 {
			return d
		}
		return a.Pos.Time.Compare(b.Pos.Time)
	})
	found, user := analysis.Mechanism(""), ""
	var by, who *analysis.LoggedEvent
	for _, e := range r.h.Events {
		if e.ID != 4624 && e.ID != 4625 {
			continue
		}
		name := analysis.EventUser(e.Event)
		if m := mechanismOf(e.Logon.Package); by == nil {
			found, by = m, e
		} else if m != found {
			found = ""
		}
		switch {
		case who == nil:
			user, who = name, e
		case analysis.AccountName(name) != analysis.AccountName(user):
			user = ""
		}
	}
	if found != "" && r.h.Mechanism == analysis.Other {
		r.h.Mechanism = found
		r.h.MechanismFrom = fmt.Sprintf("%s by %s", analysis.EventPlace(by.Event), links(by))
	}
	if user != "" && r.h.User == "" {
		r.h.User, r.h.UserFrom, r.h.UserEvidence = user, fmt.Sprintf("inferred: %s by %s", analysis.EventPlace(who.Event), links(who)), analysis.Inferred
	}
}

// mechanismOf returns the mechanism for the package of a logon, empty where that does not say it.
func mechanismOf(name string) analysis.Mechanism {
	switch name {
	case "Kerberos":
		return analysis.Kerberos
	case "NTLM":
		return analysis.NTLM
	}
	return ""
}
