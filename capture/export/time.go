package export

import (
	"math"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// harTime reads a time as programs write it into a HAR: ISO 8601 in its variants, or the
// time since 1970 in seconds, milliseconds or microseconds. It is the zero Time if it is
// none of these.
func harTime(s string) httpstream.Time {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return epochTime(n)
	}
	if date, clock, ok := strings.Cut(s, " "); ok && len(date) == len("2006-01-02") {
		s = date + "T" + strings.ReplaceAll(clock, " ", "")
	}
	iso := strings.Replace(s, ",", ".", 1)
	for _, clock := range []string{"15:04:05.999999999", "15:04"} {
		for _, zone := range []string{"Z07:00", "Z0700", "Z07", ""} {
			if t, err := time.Parse("2006-01-02T"+clock+zone, iso); err == nil {
				return httpstream.TimeOf(t)
			}
		}
	}
	if ms, ok := strings.CutPrefix(s, "/Date("); ok { // Microsoft's JSON
		n, _ := strconv.ParseFloat(strings.TrimSuffix(ms, ")/"), 64)
		return epochTime(n)
	}
	s, _, _ = strings.Cut(s, " (") // the name of the zone behind JavaScript's
	for _, layout := range []string{"Mon Jan 02 2006 15:04:05 GMT-0700", time.RFC1123, time.RFC1123Z} {
		if t, err := time.Parse(layout, s); err == nil {
			return httpstream.TimeOf(t)
		}
	}
	return httpstream.Time{}
}

// epochTime returns the time of a number since 1970. Its unit shows in its size: the numbers
// of one unit from 1973 on are larger than those of a greater unit for the next thousands
// of years.
func epochTime(n float64) httpstream.Time {
	switch {
	case !(n > 0 && n < 1e17):
		return httpstream.Time{}
	case n >= 1e14:
		n /= 1e6
	case n >= 1e11:
		n /= 1e3
	}
	sec, frac := math.Modf(n)
	return httpstream.TimeOf(time.Unix(int64(sec), int64(math.Round(frac*1e6))*1e3))
}
