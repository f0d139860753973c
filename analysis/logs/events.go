package logs

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unique"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
)

// Events are the events about logons, tickets and NTLM. They are read before the capture,
// and its handshakes are then looked up in them.
type Events struct {
	first     httpstream.Time // of the capture, as far as it is known before it is read
	computers []*computer     // in the order of their first events
	byName    map[string]*computer
	kept      int
	sorted    bool
	rows      eventRows
	records   map[eventRecord]httpstream.Time // that came, as many as are remembered
	copies    int                             // of events that came before
	hosts     *Hosts                          // nil for none
	counters  *httpstream.Counters
}

// A computer is one that logged events.
type computer struct {
	name       string        // as its events have it
	local      bool          // its events have local time
	precision  time.Duration // how exact their times are
	events     []*loggedEvent
	faults     []*loggedEvent // of events
	byPort     map[netip.AddrPort][]*loggedEvent
	kdcClients map[netip.Addr]bool // clients whose exchanges with it, a KDC, the capture has
	clock      eventClock
	compared   int // pairs of an event and a handshake that were looked at for the clock
}

// A loggedEvent is an event, and whether it was joined with something of the capture.
type loggedEvent struct {
	*eventlog.Event
	computer *computer
	account  string // whom it is about, without a domain, in small letters
	row      *analysis.EventRow
	joined   bool
	// exchanged reports whether the capture has the exchange with the KDC.
	exchanged bool
}

// An eventRecord identifies an event, but for its time.
type eventRecord struct {
	computer   string // in small letters
	record, id int
}

// NewEvents returns Events that are none yet. first is the time of the first packet or exchange, as far
// as it is known before it is read. hosts name computers; nil for none. What is over a limit is
// counted in counters.
func NewEvents(first httpstream.Time, hosts *Hosts, counters *httpstream.Counters) *Events {
	return &Events{first: first, hosts: hosts, byName: map[string]*computer{}, records: map[eventRecord]httpstream.Time{}, rows: newEventRows(counters), counters: counters}
}

// Add takes an event.
func (s *Events) Add(e *eventlog.Event) {
	intern(e)
	if s.isCopy(e) {
		s.copies++
		return
	}
	row := s.rows.add(e)
	if e.Pos.Time.IsZero() {
		s.counters.Drop("events without a time", 1, e.Pos)
		return
	}
	name := strings.ToLower(e.Computer)
	c := s.byName[name]
	if c == nil {
		if len(s.computers) == maxComputers {
			s.counters.Drop("events of further computers", 1, e.Pos)
			return
		}
		c = &computer{name: e.Computer, precision: time.Second, kdcClients: map[netip.Addr]bool{}}
		s.byName[name], s.computers = c, append(s.computers, c)
	}
	c.local = c.local || e.IsLocalTime
	if e.Pos.Time.UTC().Nanosecond() != 0 {
		c.precision = 0
	}
	c.events = append(c.events, &loggedEvent{Event: e, computer: c, account: analysis.AccountName(analysis.EventUser(e)), row: row})
	if s.kept++; s.kept >= 2*maxEvents {
		s.limit()
	}
}

// isCopy reports whether an event was seen before, in another export. If one of the two exports
// has local time, the times differ by a time zone.
func (s *Events) isCopy(e *eventlog.Event) bool {
	if e.Pos.Frame == 0 || e.Pos.Time.IsZero() {
		return false
	}
	key := eventRecord{strings.ToLower(e.Computer), e.Pos.Frame, e.ID}
	at, known := s.records[key]
	if !known {
		if len(s.records) < maxRecords {
			s.records[key] = e.Pos.Time
		}
		return false
	}
	apart := e.Pos.Time.Sub(at).Abs()
	return apart <= maxLogAhead && (apart-apart.Round(zoneStep)).Abs() <= time.Second
}

// intern makes events share equal strings.
func intern(e *eventlog.Event) {
	texts := []*string{&e.Provider, &e.Channel, &e.Computer}
	if l := e.Logon; l != nil {
		texts = append(texts, &l.User, &l.Domain, &l.Process, &l.Package, &l.LmPackage, &l.Workstation, &l.TargetServer, &l.TargetSPN)
	}
	if t := e.Ticket; t != nil {
		texts = append(texts, &t.User, &t.Domain, &t.Service)
	}
	for _, text := range texts {
		*text = unique.Make(*text).Value()
	}
}

// limit keeps the events that are nearest to the beginning of the capture; without a capture,
// the newest.
func (s *Events) limit() {
	if s.kept <= maxEvents {
		return
	}
	near := s.first
	var all []*loggedEvent
	for _, c := range s.computers {
		for _, e := range c.events {
			if s.first.IsZero() && e.Pos.Time.After(near) {
				near = e.Pos.Time
			}
		}
		all = append(all, c.events...)
		c.events = nil
	}
	slices.SortStableFunc(all, func(a, b *loggedEvent) int {
		return cmp.Compare(a.Pos.Time.Sub(near).Abs(), b.Pos.Time.Sub(near).Abs())
	})
	s.counters.Drop("events far from the capture", len(all)-maxEvents, all[min(maxEvents, len(all)-1)].Pos)
	for _, e := range all[:maxEvents] {
		e.computer.events = append(e.computer.events, e)
	}
	s.kept, s.sorted = maxEvents, false
}

// index sorts and indexes the events, when all are there.
func (s *Events) index() {
	if s.sorted {
		return
	}
	s.limit()
	s.sorted = true
	for _, c := range s.computers {
		slices.SortStableFunc(c.events, func(a, b *loggedEvent) int {
			return cmp.Or(a.Pos.Time.Compare(b.Pos.Time), cmp.Compare(a.Pos.Frame, b.Pos.Frame))
		})
		c.byPort, c.faults = map[netip.AddrPort][]*loggedEvent{}, nil
		for _, e := range c.events {
			if e.Fault != nil {
				c.faults = append(c.faults, e)
			}
			if client := analysis.EventClient(e.Event); client.Port() != 0 {
				c.byPort[client] = append(c.byPort[client], e)
			}
		}
	}
}

// firstLabel returns the name of a host without its domain, in small letters; an address stays
// as it is.
func firstLabel(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	host, _, _ = strings.Cut(host, ".")
	return strings.ToLower(host)
}

// Computers returns the computers as a report lists them.
func (s *Events) Computers() []analysis.LogComputer {
	var all []analysis.LogComputer
	for _, c := range s.computers {
		k := analysis.LogComputer{Name: c.name, Events: len(c.events)}
		for _, e := range c.events {
			if e.joined {
				k.Joined++
			}
		}
		if c.clock.known && !c.clock.assumed && k.Joined > 0 {
			k.ClockKnown, k.Ahead = true, c.clock.ahead
			if zone := k.Ahead.Round(zoneStep); (k.Ahead - zone).Abs() <= c.clock.within {
				k.Ahead = zone // as far as is known
			}
		}
		all = append(all, k)
	}
	return all
}
