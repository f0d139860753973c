package httpstream

import (
	"math"
	"time"
)

// A Time is the time of a packet, to the nanosecond, from the year 1678 to 2261.
// The zero Time is none. Every message and every connection holds several: it is a third
// as long as a time.Time, and points to nothing.
type Time struct {
	since uint64 // nanoseconds since 1970, minus the smallest int64
}

const epochNanos = 1 << 63 // 1970 in a Time

// TimeOf returns t as a Time; none for the zero t, and for one outside of these years.
func TimeOf(t time.Time) Time {
	if year := t.Year(); year < 1678 || year > 2261 {
		return Time{}
	}
	return UnixTime(t.Unix(), int64(t.Nanosecond()))
}

// UnixTime returns the moment so many seconds and nanoseconds after 1970 in UTC; none if
// it is outside of the years of a Time. The nanoseconds may be some hours.
func UnixTime(sec, nsec int64) Time {
	const most = math.MaxInt64/int64(time.Second) - 24*60*60
	if sec > most || sec < -most {
		return Time{}
	}
	return Time{uint64(sec*int64(time.Second)+nsec) + epochNanos}
}

// IsZero reports whether t is none.
func (t Time) IsZero() bool { return t.since == 0 }

// Before reports whether t is earlier than u. None is earlier than any other.
func (t Time) Before(u Time) bool { return t.since < u.since }

// After reports whether t is later than u.
func (t Time) After(u Time) bool { return t.since > u.since }

// Compare returns -1 if t is earlier than u, 1 if it is later, 0 if it is the same.
func (t Time) Compare(u Time) int {
	switch {
	case t.Before(u):
		return -1
	case t.After(u):
		return 1
	}
	return 0
}

// Sub returns how much later than u t is, or the longest duration there is if that is
// too long for one.
func (t Time) Sub(u Time) time.Duration {
	d := time.Duration(t.since - u.since)
	switch {
	case t.Before(u) && d > 0:
		return math.MinInt64
	case u.Before(t) && d < 0:
		return math.MaxInt64
	}
	return d
}

// Add returns the moment d after t. It is none if t is none, or outside of the years of a Time.
func (t Time) Add(d time.Duration) Time {
	u := Time{t.since + uint64(d)}
	if t.IsZero() || u.Before(t) != (d < 0) {
		return Time{}
	}
	return u
}

// UTC returns t in UTC; the zero time.Time for none.
func (t Time) UTC() time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(0, int64(t.since-epochNanos)).UTC()
}

// MarshalText writes t as RFC 3339 has it.
func (t Time) MarshalText() ([]byte, error) { return t.UTC().MarshalText() }

// UnmarshalText reads what MarshalText writes.
func (t *Time) UnmarshalText(b []byte) error {
	var u time.Time
	if err := u.UnmarshalText(b); err != nil {
		return err
	}
	*t = TimeOf(u)
	return nil
}

func (t Time) String() string { return t.UTC().String() }
