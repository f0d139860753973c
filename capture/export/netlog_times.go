package export

import (
	"encoding/json"
	"time"

	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// maxNetLogTime is the year 5138, in milliseconds.
const maxNetLogTime = 1e14

// The years between which a NetLog can be: the first Chromium is of 2008, and a later year than these is of a
// clock that was not set, or of a number that is no time.
const firstNetLogYear, lastNetLogYear = 2008, 2100

// netlogTimes notes which times of a NetLog cannot be true.
type netlogTimes struct {
	last     int64      // of the last event, in milliseconds
	none     impossible // events whose time is none, or that have none
	back     impossible // events that are far before the one in front of them
	furthest int64      // how far at most, in milliseconds
	outside  impossible // events in a year in which no NetLog can be
	year     int        // of the first of them
}

// impossible counts events with an impossible time.
type impossible struct{ count, first int }

func (i *impossible) add(event int) {
	if i.count++; i.count == 1 {
		i.first = event
	}
}

// backInTime is how far an event may be before the one in front of it, in milliseconds: threads write
// into one log, and its clock never goes back.
const backInTime = 60_000

// of returns the time of an event by its number, the zero Time if it is none. offset is the origin of the
// clock, 0 if it is not known.
func (t *netlogTimes) of(event int, value json.Number, offset int64) httpstream.Time {
	ms, err := value.Float64()
	if err != nil || !(ms >= 0 && ms < maxNetLogTime) {
		t.none.add(event)
		return httpstream.Time{}
	}
	if back := t.last - int64(ms); t.last > 0 && back > backInTime {
		t.back.add(event)
		t.furthest = max(t.furthest, back)
	}
	t.last = int64(ms)
	if offset == 0 {
		return httpstream.Time{}
	}
	at := time.UnixMilli(int64(ms) + offset).UTC()
	if year := at.Year(); year < firstNetLogYear || year > lastNetLogYear {
		if t.outside.add(event); t.outside.count == 1 {
			t.year = year
		}
	}
	return httpstream.TimeOf(at)
}

// damage says which times cannot be true.
func (t *netlogTimes) damage(out *Out) {
	if t.none.count > 0 {
		out.Damage("NetLog: %s, first event %d: when that was is not known", eventsHave(t.none.count, "a time that is none"), t.none.first)
	}
	if t.back.count > 0 {
		out.Damage("NetLog: %s, first event %d, by up to %v: a browser's clock does not go back, so that the order of these events is not known", eventsHave(t.back.count, "a time before that of the event in front of it"), t.back.first, (time.Duration(t.furthest) * time.Millisecond).Round(time.Second))
	}
	if t.outside.count > 0 {
		out.Damage("NetLog: %s, first event %d, in the year %d: the machine's clock was wrong, or timeTickOffset is not the browser's; times between these events are right", eventsHave(t.outside.count, "a time that cannot be"), t.outside.first, t.year)
	}
}

// eventsHave says that so many events have something.
func eventsHave(n int, what string) string {
	return plural.Count(n, "event") + " of those that are read " + plural.Verb(n, "has ", "have ") + what
}
