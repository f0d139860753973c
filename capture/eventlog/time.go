package eventlog

import (
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
)

// jsonDate matches a time as PowerShell 5 writes it: milliseconds since 1970.
var jsonDate = lazyregexp.New(`^/Date\((-?[0-9]{1,15})`)

// parseTime sets the time of the event from a text, with a time zone or without.
func (e *Event) parseTime(text string) {
	if m := jsonDate().FindStringSubmatch(text); m != nil {
		if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			e.Pos.Time = httpstream.TimeOf(time.UnixMilli(n))
		}
		return
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		e.Pos.Time = httpstream.TimeOf(t)
		return
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			e.Pos.Time, e.IsLocalTime = httpstream.TimeOf(t), !strings.Contains(layout, "Z07:00")
			return
		}
	}
}

// A dateReader reads times whose day and month are in the order of an unknown locale. Events wait
// until one of them has a date that can be read in one way only.
type dateReader struct {
	take    func(*Event)
	waiting []waitingEvent
	// dayFirst is the order, once it is known.
	dayFirst, orderKnown bool
	ambiguous            int
}

// A waitingEvent is an event whose time is not parsed yet.
type waitingEvent struct {
	event *Event
	text  string
}

// add takes an event and its time.
func (d *dateReader) add(e *Event, text string) {
	text = strings.Replace(text, ", ", " ", 1) // between date and time, as Microsoft's portals write it
	if d.orderKnown || len(d.waiting) >= maxWaiting {
		d.set(e, text)
		d.take(e)
		return
	}
	d.waiting = append(d.waiting, waitingEvent{e, text})
	if a, b, _, ok := shortDate(text); ok && (a > 12) != (b > 12) {
		d.dayFirst, d.orderKnown = a > 12, true
		d.flush()
	}
}

// end gives the events that still wait to take. It returns how many events have a date that can
// be read in two ways.
func (d *dateReader) end() int {
	d.flush()
	return d.ambiguous
}

func (d *dateReader) flush() {
	for _, w := range d.waiting {
		d.set(w.event, w.text)
		d.take(w.event)
	}
	d.waiting = nil
}

// set sets the time of an event. Where the order is unknown, the month comes first before a time
// with AM or PM, as in the United States, and otherwise the day.
func (d *dateReader) set(e *Event, text string) {
	text = strings.Map(func(c rune) rune {
		if c == '\u202f' || c == '\u00a0' { // in front of AM and PM
			return ' '
		}
		return c
	}, strings.TrimSpace(text))
	first, second, rest, ok := shortDate(text)
	if !ok {
		e.parseTime(text)
		return
	}
	suffix := strings.ToUpper(rest[max(0, len(rest)-2):])
	hasAMPM := suffix == "AM" || suffix == "PM"
	month, day := first, second
	if d.orderKnown && d.dayFirst || !d.orderKnown && !hasAMPM {
		month, day = second, first
	}
	if !d.orderKnown && month != day {
		d.ambiguous++
	}
	layout := "2006 15:04:05"
	if hasAMPM {
		layout, rest = "2006 3:04:05 PM", strings.ToUpper(rest)
	}
	if t, err := time.Parse(layout, rest); err == nil && month >= 1 && month <= 12 && day >= 1 && day <= 31 {
		at := time.Date(t.Year(), time.Month(month), day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		e.Pos.Time, e.IsLocalTime = httpstream.TimeOf(at), true
	}
}

// shortDate reads the first two numbers of "11/23/2026 12:00:00 PM", and the rest from the year on.
func shortDate(text string) (first, second int, rest string, ok bool) {
	parts := strings.FieldsFunc(text[:min(len(text), 10)], func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == ' ' })
	if len(parts) < 3 {
		return 0, 0, "", false
	}
	first, errFirst := strconv.Atoi(parts[0])
	second, errSecond := strconv.Atoi(parts[1])
	year := strings.Index(text, parts[2])
	if errFirst != nil || errSecond != nil || first > 31 || second > 31 || len(parts[2]) != 4 || year < 0 {
		return 0, 0, "", false
	}
	return first, second, text[year:], true
}
