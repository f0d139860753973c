package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// maxEvents is how many rows of event logs a text lists: JSON has all.
const maxEvents = 30

// logComputers says for each computer whose event log was read how many events it has, and how far
// its clock is from the capture's.
func logComputers(s analysis.Summary) []string {
	var lines []string
	for i, c := range s.Computers {
		if i == perKind {
			return append(lines, "and "+plural.Count(len(s.Computers)-i, "more computer"))
		}
		text := fmt.Sprintf("%s: %s about logons, tickets and NTLM", dash(c.Name), plural.Count(c.Events, "event"))
		if s.Packets > 0 {
			text += fmt.Sprintf(", %d of them of this capture", c.Joined)
		}
		if c.ClockKnown {
			text += "; its clock is " + analysis.ClockOffset(c.Ahead, "the capture's")
		}
		lines = append(lines, text)
	}
	return lines
}

// eventLines says what event logs hold, and how much is left out. If there is a capture, only
// refusals, faults and the events of its handshakes are listed.
func eventLines(r *analysis.Report, c clock) (lines []string, left string) {
	rows := r.Events
	if r.Summary.Counters != nil && r.Summary.Packets > 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(e *analysis.EventRow) bool {
			return e.Joined == 0 && e.Fault == nil && !analysis.EventRefuses(e.Event)
		})
	}
	for _, e := range first(rows, maxEvents) {
		lines = append(lines, eventLine(e, c))
	}
	if n := len(r.Events) - len(lines); n > 0 {
		left = fmt.Sprintf("%s of other events: events of --format json.", plural.Count(n, "row"))
	}
	return lines, left
}

// eventLine returns a row as one sentence.
func eventLine(e *analysis.EventRow, c clock) string {
	text := c.show(e.Pos.Time)
	if e.Count > 1 {
		text += fmt.Sprintf(" - %s, %d times", c.show(e.Last.Time), e.Count)
	}
	text += ", " + analysis.EventPlace(e.Event) + ": " + e.Says
	if client := e.Client(); client.IsValid() {
		text += ", from " + client.String()
	}
	switch {
	case e.Joined > 0 && e.Joined == e.Count:
		text += "; in this capture"
	case e.Joined > 0:
		text += fmt.Sprintf("; %d of them in this capture", e.Joined)
	}
	return text
}

// noHandshake says what is known about logons if no handshake is listed: event logs may have some.
func noHandshake(r *analysis.Report) string {
	switch {
	case r.Summary.LogsAlone() && len(r.Events) > 0:
		return "There is no capture. The event logs have " + analysis.EventsCounted(r.Events) + "."
	case r.Summary.LogsAlone() && len(r.HostTexts) > 0:
		return "There is no capture, and what commands printed shows no logon."
	case r.Summary.LogsAlone() && len(r.Findings) > 0:
		return "There is no capture. What the logs show is among the findings."
	case r.Summary.LogsAlone():
		return "There is no capture, and the logs have nothing about logons, tickets or NTLM."
	case len(r.Events) > 0:
		return "No authentication over HTTP was seen. The event logs have " + analysis.EventsCounted(r.Events) + "."
	}
	return "No authentication was seen."
}

// events writes what event logs hold.
func (p *page) events(r *analysis.Report) {
	if len(r.Events) == 0 {
		return
	}
	p.title("EVENT LOGS")
	for _, line := range logComputers(r.Summary) {
		p.item(0, "", line)
	}
	lines, left := eventLines(r, p.clock)
	for _, line := range lines {
		p.item(0, "- ", line)
	}
	if left != "" {
		p.item(0, "", left)
	}
}

// events writes the same into a document.
func (m *markdown) events(r *analysis.Report) {
	if len(r.Events) == 0 {
		return
	}
	m.heading(2, "Event logs")
	for _, line := range logComputers(r.Summary) {
		m.item(prose(line))
	}
	lines, left := eventLines(r, m.clock)
	for _, line := range lines {
		m.item(prose(line))
	}
	if left != "" {
		m.line("\n%s", prose(left))
	}
}

// handshakeEvents returns the events of a handshake, and those of its exchanges with KDCs.
func handshakeEvents(h *analysis.Handshake) []*analysis.LoggedEvent {
	var all []*analysis.LoggedEvent
	for _, k := range h.KDC {
		all = append(all, k.Events...)
	}
	return append(all, h.Events...)
}

// loggedLine says what an event of a handshake says, and why it belongs to the handshake.
func loggedLine(e *analysis.LoggedEvent, c clock) string {
	var by []string
	for _, link := range e.By {
		by = append(by, string(link))
	}
	return fmt.Sprintf("%s (%s, %s by %s): %s", analysis.EventPlace(e.Event), c.in(e.Pos.Time).Format(time.DateTime),
		e.Evidence, strings.Join(by, ", "), analysis.EventSays(e.Event))
}

// logged writes the events of a handshake.
func (p *page) logged(h *analysis.Handshake) {
	all := handshakeEvents(h)
	if len(all) == 0 {
		return
	}
	p.title("EVENT LOGS")
	for _, e := range all {
		p.item(0, "- ", loggedLine(e, p.clock))
	}
}

// logged writes the same into a document.
func (m *markdown) logged(h *analysis.Handshake) {
	all := handshakeEvents(h)
	if len(all) == 0 {
		return
	}
	m.heading(3, "Event logs")
	for _, e := range all {
		m.item(prose(loggedLine(e, m.clock)))
	}
}

// Events returns the rows of event logs, for the page.
func (p *htmlPage) Events() []string {
	lines, _ := eventLines(p.report, p.clock)
	return lines
}

// EventsLeft says how many rows the page leaves out.
func (p *htmlPage) EventsLeft() string {
	_, left := eventLines(p.report, p.clock)
	return left
}

// Computers returns those whose event logs were read.
func (p *htmlPage) Computers() []string { return logComputers(p.report.Summary) }

// Logged returns the events of the handshake.
func (r htmlRow) Logged() []string {
	var lines []string
	for _, e := range handshakeEvents(r.Handshake) {
		lines = append(lines, loggedLine(e, r.page.clock))
	}
	return lines
}
