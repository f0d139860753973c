package report

import (
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A clock shows times in one zone.
type clock struct {
	location *time.Location
	dated    bool // the capture spans more than one day
}

func newClock(s *analysis.Summary, zone *time.Location) clock {
	c := clock{location: zone}
	c.dated = c.in(s.First.Time).Format(time.DateOnly) != c.in(s.Last.Time).Format(time.DateOnly)
	return c
}

// in returns a time in the zone.
func (c clock) in(t httpstream.Time) time.Time { return t.UTC().In(c.location) }

const timeOnly = "15:04:05.000"

// show shows a time, with its date if the capture spans more than one day; a dash for none.
func (c clock) show(t httpstream.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case c.dated:
		return c.in(t).Format(time.DateOnly + " " + timeOnly)
	}
	return c.in(t).Format(timeOnly)
}

// zone names the zone as it was at t.
func (c clock) zone(t httpstream.Time) string { return c.in(t).Format("MST") }

// span shows a stretch of time with its date and zone.
func (c clock) span(from, to httpstream.Time) string {
	if from == to {
		return "at " + c.at(from)
	}
	format := timeOnly + " MST"
	if c.dated {
		format = time.DateOnly + " " + format
	}
	return "from " + c.in(from).Format(time.DateOnly+" "+timeOnly) + " to " + c.in(to).Format(format)
}

// at shows a time with its date and zone.
func (c clock) at(t httpstream.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return c.in(t).Format(time.DateOnly + " " + timeOnly + " MST")
}

// dateTime returns a time with its date, also if the clock leaves out equal dates; "" for none.
func (c clock) dateTime(t httpstream.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.in(t).Format(time.DateOnly + " " + timeOnly)
}

// onWall shows a time of a log that names no time zone: it is in none that could be shown.
func onWall(t httpstream.Time) string {
	return t.UTC().Format(time.DateOnly+" "+timeOnly) + ", by the server's clock (the log names no time zone)"
}
