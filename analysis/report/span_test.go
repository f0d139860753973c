package report

import (
	"testing"
	"time"

	"negotrace/httpstream"
)

// TestSpan holds that a moment and a stretch of time have each date once.
func TestSpan(t *testing.T) {
	t.Parallel()
	from := httpstream.TimeOf(time.Date(2024, 7, 11, 8, 29, 29, 207e6, time.UTC))
	for _, c := range []struct {
		dated bool
		to    httpstream.Time
		want  string
	}{
		{false, from, "at 2024-07-11 08:29:29.207 UTC"},
		{true, from, "at 2024-07-11 08:29:29.207 UTC"},
		{false, from.Add(time.Second), "from 2024-07-11 08:29:29.207 to 08:29:30.207 UTC"},
		{true, from.Add(24 * time.Hour), "from 2024-07-11 08:29:29.207 to 2024-07-12 08:29:29.207 UTC"},
	} {
		if got := (clock{location: time.UTC, dated: c.dated}).span(from, c.to); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
