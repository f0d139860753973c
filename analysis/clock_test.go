package analysis

import (
	"testing"
	"time"
)

func TestApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ahead time.Duration
		want  string
	}{
		{0, "equal to the client's"},
		{400 * time.Millisecond, "equal to the client's"},
		{-20*time.Minute - 300*time.Millisecond, "20 min behind the client's"},
		{time.Hour - 2*time.Second, "1 whole hour ahead of the client's"},
		{-3*time.Hour - 3*time.Second, "3 whole hours behind the client's"},
		{3*time.Hour + 4*time.Second, "3 h 4 s ahead of the client's"},
		{-(1597*24+5)*time.Hour - time.Minute, "1597 days behind the client's"},
	} {
		if got := ClockOffset(c.ahead, "the client's"); got != c.want {
			t.Errorf("%v: %q, want %q", c.ahead, got, c.want)
		}
	}
}
