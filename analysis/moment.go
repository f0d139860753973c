package analysis

import (
	"fmt"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A Moment is a time as somebody names it. Which it is may depend on when the capture
// begins. The zero Moment is none.
type Moment struct {
	at     httpstream.Time // none if it depends
	after  *time.Duration  // after the first packet
	clock  *time.Duration  // of the day of the first packet, since midnight
	zone   *time.Location  // of clock
	ending bool            // it ends something: a clock time before the first packet is the next day's
}

// ParseMoment reads a time of RFC 3339, with or without its zone, a time of day (HH:MM or
// HH:MM:SS) or how long after the first packet it is (90s, +2m). The zone is for times
// without one. ending is set for the end of a stretch of time.
func ParseMoment(text string, zone *time.Location, ending bool) (Moment, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return Moment{at: httpstream.TimeOf(t)}, nil
		}
	}
	for _, layout := range []string{"15:04:05.999999999", "15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			sinceMidnight := t.Sub(t.Truncate(24 * time.Hour))
			return Moment{clock: &sinceMidnight, zone: zone, ending: ending}, nil
		}
	}
	if d, err := time.ParseDuration(strings.TrimPrefix(text, "+")); err == nil && d >= 0 {
		return Moment{after: &d}, nil
	}
	return Moment{}, fmt.Errorf("%q is no time: write 2026-03-02T09:15:00Z, 09:15, 09:15:30, or 90s after the first packet", text)
}

// IsZero reports whether m is none.
func (m Moment) IsZero() bool { return m.at.IsZero() && m.after == nil && m.clock == nil }

// In returns when it is in a capture with that first packet.
func (m Moment) In(first httpstream.Time) httpstream.Time {
	switch {
	case m.after != nil:
		return first.Add(*m.after)
	case m.clock != nil && !first.IsZero():
		return httpstream.TimeOf(m.onDay(first.UTC()))
	}
	return m.at
}

// onDay returns the time of day on the day of the first packet, or on the next day: where
// it would be more than half a day before, or would end something before it begins.
func (m Moment) onDay(first time.Time) time.Time {
	const late = 12 * time.Hour
	at := func(days int) time.Time {
		y, month, d := first.In(m.zone).Date()
		h, minute, rest := int(*m.clock/time.Hour), int(*m.clock/time.Minute)%60, *m.clock%time.Minute
		return time.Date(y, month, d+days, h, minute, 0, int(rest), m.zone)
	}
	if same := at(0); !same.Before(first) || !m.ending && first.Sub(same) <= late {
		return same
	}
	return at(1)
}
