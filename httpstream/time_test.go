package httpstream

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	first := time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(2261, 12, 31, 23, 59, 59, 999999999, time.UTC)
	for _, u := range []time.Time{at, first, last, time.Unix(0, 0).UTC(), time.Unix(0, -1).UTC()} {
		if got := TimeOf(u); got.IsZero() || got.UTC() != u {
			t.Errorf("%v became %v", u, got)
		}
	}
	for _, u := range []time.Time{{}, first.Add(-1), last.Add(1), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := TimeOf(u); !got.IsZero() || !got.UTC().IsZero() {
			t.Errorf("%v became %v", u, got)
		}
	}
	if a, b := UnixTime(7, 2_000_000_001), UnixTime(9, 1); a != b {
		t.Errorf("two seconds of nanoseconds: %v, want %v", a, b)
	}
	for _, sec := range []int64{math.MaxInt64, math.MinInt64, 1 << 34, -1 << 34} {
		if got := UnixTime(sec, 0); !got.IsZero() {
			t.Errorf("%d seconds are %v", sec, got)
		}
	}
}

// A Time reckons as a time.Time does.
func TestTimeReckons(t *testing.T) {
	moments := []time.Time{
		{}, time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, -1), time.Unix(0, 0), time.Unix(0, 1),
		time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(2261, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for _, u := range moments {
		for _, v := range moments {
			a, b := TimeOf(u), TimeOf(v)
			if a.Before(b) != u.Before(v) || a.After(b) != u.After(v) || a.Compare(b) != u.Compare(v) || (a == b) != u.Equal(v) {
				t.Errorf("%v and %v are out of order", a, b)
			}
			if got, want := a.Sub(b), u.Sub(v); got != want && !u.IsZero() && !v.IsZero() {
				t.Errorf("%v after %v is %v, want %v", a, b, got, want)
			}
		}
		for _, d := range []time.Duration{0, 1, -1, time.Hour, -time.Hour, 24 * 365 * time.Hour} {
			if got, want := TimeOf(u).Add(d), TimeOf(u.Add(d)); got != want && !u.IsZero() && !want.IsZero() {
				t.Errorf("%v after %v is %v, want %v", d, u, got, want)
			}
		}
	}
	if got := (Time{}).Add(time.Hour); !got.IsZero() {
		t.Errorf("an hour after none is %v", got)
	}
	if got := TimeOf(time.Date(2261, 1, 1, 0, 0, 0, 0, time.UTC)).Add(math.MaxInt64); !got.IsZero() {
		t.Errorf("beyond the last moment is %v", got)
	}
	if got := TimeOf(moments[5]).Sub(Time{}); got < 290*365*24*time.Hour {
		t.Errorf("none was %v ago", got)
	}
}

func TestPosJSON(t *testing.T) {
	for text, want := range map[string]Pos{
		`{"frame":1,"stream":-1}`: {Frame: 1, Stream: -1},
		`{"frame":2,"time":"2026-03-01T12:00:00.5Z","stream":3,"file":"a.pcap"}`: {
			Frame: 2, Time: TimeOf(time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC)), Stream: 3, File: FileOf("a.pcap", "a.pcap", Frames)},
	} {
		var got Pos
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
		if b, err := json.Marshal(want); err != nil || string(b) != text {
			t.Errorf("%+v is %s, %v, want %s", want, b, err, text)
		}
	}
}
