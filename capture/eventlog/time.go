package eventlog

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"negotrace/httpstream"
)

// psDate is how PowerShell 5 writes a moment: milliseconds since 1970.
var psDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^/Date\((-?[0-9]{1,15})`) })

// setTime sets the time of the event from a text, which may say no time zone.
func (e *Event) setTime(text string) {
	if m := psDate().FindStringSubmatch(text); m != nil {
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
			e.Pos.Time, e.IsLocal = httpstream.TimeOf(t), !strings.Contains(layout, "Z07:00")
			return
		}
	}
}

// dates reads moments with the day and the month in the order that is usual somewhere. Events
// wait until one of them can be read in one way only.
type dates struct {
	take    func(*Event)
	waiting []dated
	// dayFirst is the order, once it is known.
	dayFirst, known bool
	ambiguous       int
}

// A dated event is one whose moment is still a text.
type dated struct {
	event *Event
	text  string
}

// add takes an event of a moment.
func (d *dates) add(e *Event, text string) {
	if d.known || len(d.waiting) >= maxWaiting {
		d.set(e, text)
		d.take(e)
		return
	}
	d.waiting = append(d.waiting, dated{e, text})
	if a, b, _, ok := shortDate(text); ok && (a > 12) != (b > 12) {
		d.dayFirst, d.known = a > 12, true
		d.flush()
	}
}

// end gives the events that still wait, and returns how many have a moment that can be read in
// two ways.
func (d *dates) end() int {
	d.flush()
	return d.ambiguous
}

func (d *dates) flush() {
	for _, w := range d.waiting {
		d.set(w.event, w.text)
		d.take(w.event)
	}
	d.waiting = nil
}

// set sets the time of an event. Where nothing says which comes first, the month does before a
// time with AM or PM, as in the United States, and the day otherwise.
func (d *dates) set(e *Event, text string) {
	text = strings.Map(func(c rune) rune {
		if c == '\u202f' || c == '\u00a0' { // in front of AM and PM
			return ' '
		}
		return c
	}, strings.TrimSpace(text))
	first, second, rest, ok := shortDate(text)
	if !ok {
		e.setTime(text)
		return
	}
	half := strings.ToUpper(rest[max(0, len(rest)-2):])
	isHalf := half == "AM" || half == "PM"
	month, day := first, second
	if d.known && d.dayFirst || !d.known && !isHalf {
		month, day = second, first
	}
	if !d.known && month != day {
		d.ambiguous++
	}
	layout := "2006 15:04:05"
	if isHalf {
		layout, rest = "2006 3:04:05 PM", strings.ToUpper(rest)
	}
	if t, err := time.Parse(layout, rest); err == nil && month >= 1 && month <= 12 && day >= 1 && day <= 31 {
		at := time.Date(t.Year(), time.Month(month), day, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		e.Pos.Time, e.IsLocal = httpstream.TimeOf(at), true
	}
}

// shortDate reads the first two numbers of "11/23/2026 12:00:00 PM", and what is behind them.
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
