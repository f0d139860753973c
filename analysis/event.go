package analysis

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/capture/eventlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A LoggedEvent is an event of a log that is about a handshake or an exchange with a KDC.
type LoggedEvent struct {
	*eventlog.Event
	// By is what the two have in common.
	By []EventLink `json:"by,omitempty"`
	// Evidence is proven if nothing else has the same: an address and port, or a user on a
	// computer at a time with only one logon. Otherwise it is inferred.
	Evidence Evidence `json:"evidence"`
}

// An EventLink is something that an event and what it is about have in common.
type EventLink string

// The links.
const (
	ByPort     EventLink = "address and port"
	ByAddress  EventLink = "address"
	ByUser     EventLink = "user"
	ByComputer EventLink = "computer"
	BySPN      EventLink = "SPN"
	ByPackage  EventLink = "package"
	ByTicket   EventLink = "ticket"
	ByTime     EventLink = "time"
)

// EventPlace says where an event is: "event 4625, record 12, of web.corp.test".
func EventPlace(e *eventlog.Event) string {
	place := fmt.Sprintf("event %d", e.ID)
	if e.Pos.Frame > 0 {
		place += fmt.Sprintf(", record %d", e.Pos.Frame)
	}
	if e.Computer != "" {
		place += ", of " + e.Computer
	}
	return place
}

// EventUser returns who an event says that it is about, as DOMAIN\user or user@REALM; empty if it
// names nobody.
func EventUser(e *eventlog.Event) string {
	user, domain := "", ""
	switch {
	case e.Logon != nil:
		user, domain = e.Logon.User, e.Logon.Domain
	case e.Ticket != nil:
		user, domain = e.Ticket.User, e.Ticket.Domain
	case e.Validation != nil:
		user = e.Validation.User
	case e.NTLM != nil:
		user, domain = e.NTLM.User, e.NTLM.Domain
	}
	switch {
	case user == "" || domain == "" || strings.ContainsAny(user, `@\`):
		return user
	case strings.Contains(domain, ".") || e.Ticket != nil:
		return user + "@" + domain
	}
	return domain + `\` + user
}

// EventClient returns the address of the client that an event names; port 0 if it names none.
func EventClient(e *eventlog.Event) netip.AddrPort {
	switch {
	case e.Logon != nil:
		return e.Logon.Client
	case e.Ticket != nil:
		return e.Ticket.Client
	case e.NTLM != nil:
		return e.NTLM.Client
	}
	return netip.AddrPort{}
}

// EventStatuses returns the errors that an event names.
func EventStatuses(e *eventlog.Event) []Code {
	var codes []Code
	windows := func(status uint32) {
		if status != 0 {
			codes = append(codes, Code{NTStatus, tokens.NTStatus(status).Name(), int64(status)})
		}
	}
	switch {
	case e.Logon != nil:
		windows(e.Logon.Status)
		if e.Logon.SubStatus != e.Logon.Status {
			windows(e.Logon.SubStatus)
		}
	case e.Validation != nil:
		windows(e.Validation.Status)
	case e.NTLM != nil && e.NTLM.Status >= 1<<31: // an error; below are notes such as "pending"
		windows(e.NTLM.Status)
	case e.Ticket != nil && e.Ticket.Status != 0:
		codes = append(codes, Code{KerberosError, tokens.ErrorCode(e.Ticket.Status).Name(), int64(e.Ticket.Status)})
	}
	return codes
}

// EventRefuses reports whether an event says that somebody was refused something.
func EventRefuses(e *eventlog.Event) bool {
	return e.ID == 4625 || slices.ContainsFunc(EventStatuses(e), func(c Code) bool {
		return c.Family != KerberosError || !tokens.ErrorCode(c.Value).AsksForMore()
	})
}

// statusWords writes the errors that an event names: "STATUS_LOGON_FAILURE (0xC000006D)".
func statusWords(e *eventlog.Event) string {
	var words []string
	for _, c := range EventStatuses(e) {
		if c.Family == KerberosError {
			words = append(words, tokens.ErrorCode(c.Value).String())
		} else {
			words = append(words, tokens.NTStatus(c.Value).String())
		}
	}
	return strings.Join(words, ", ")
}

// An EventRow is events that say the same of the same parties.
type EventRow struct {
	*eventlog.Event                // the first of them
	Says            string         `json:"says"`  // what they say, in one sentence
	Count           int            `json:"count"` // how many say it
	Last            httpstream.Pos `json:"last"`  // where the last of them is
	// Joined is how many of them are about a handshake of the capture, or an exchange with a KDC.
	Joined int `json:"joined,omitempty"`
}

// Client returns the address of the client that the events name, without the port, in which they
// differ.
func (r *EventRow) Client() netip.Addr { return EventClient(r.Event).Addr() }

// A LogComputer is a computer whose event log was read.
type LogComputer struct {
	Name   string `json:"name"`   // as its events have it
	Events int    `json:"events"` // about logons, tickets and NTLM
	// Joined is how many of them are about a handshake of the capture, or an exchange with a KDC.
	Joined int `json:"joined"`
	// Ahead is how far the clock of its events is ahead of the one that stamped the packets, in
	// nanoseconds, where pairs of the two show it. Events that say no time zone have that in it.
	Ahead      time.Duration `json:"ahead_ns,omitempty"`
	ClockKnown bool          `json:"clock_known,omitempty"` // whether any pair shows it
}
