package correlate

import (
	"net/netip"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestClocks holds when two readings are of one clock, and which of them counts.
func TestClocks(t *testing.T) {
	t.Parallel()
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(after time.Duration) httpstream.Pos {
		return httpstream.Pos{Time: httpstream.TimeOf(start.Add(after))}
	}
	c := newClocks(&httpstream.Counters{})
	c.read(a, start.Add(20*time.Minute-900*time.Millisecond), at(0), analysis.HTTPDate)
	c.read(a, start.Add(20*time.Minute+time.Second), at(time.Second), analysis.KRBErrorSTime) // more exact
	c.read(a, start.Add(20*time.Minute+time.Second), at(2*time.Second), analysis.HTTPDate)
	c.read(b, time.Time{}, at(0), analysis.KRBErrorSTime)                // no time at all
	c.read(b, start.AddDate(6000, 0, 0), at(0), analysis.NTLMClientTime) // nor one of a clock
	c.read(b, start.AddDate(-400, 0, 0), at(0), analysis.KRBErrorSTime)
	c.read(a, start.Add(time.Minute), at(time.Minute), analysis.HTTPDate) // it was set
	if len(c.list) != 2 || c.list[0].Ahead != 20*time.Minute || c.list[0].Source != analysis.KRBErrorSTime || c.list[1].Ahead != 0 {
		t.Fatalf("clocks %+v %+v", c.list[0], c.list[len(c.list)-1])
	}
	for _, want := range []struct{ after, ahead time.Duration }{{0, 20 * time.Minute}, {59 * time.Second, 20 * time.Minute}, {time.Hour, 0}} {
		if got := c.list.Of(a, at(want.after).Time); got.Ahead != want.ahead {
			t.Errorf("after %v the clock is %v ahead, want %v", want.after, got.Ahead, want.ahead)
		}
	}
	if c.list.Of(b, at(0).Time) != nil {
		t.Error("a clock that was never read")
	}
	if n := c.list.CountAgreeing(20*time.Minute, b, b, at(0).Time); n != 1 {
		t.Errorf("%d clocks agree with one that is 20 minutes ahead, want that of %v", n, a)
	}
	if n := c.list.CountAgreeing(time.Second, a, b, at(0).Time); n != 1 {
		t.Errorf("%d clocks agree with the packets' time, want the one that stamped them", n)
	}
}

// TestClocksOverLimit holds that there is a limit, and that what is over it is counted.
func TestClocksOverLimit(t *testing.T) {
	t.Parallel()
	var counters httpstream.Counters
	c := newClocks(&counters)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := netip.MustParseAddr("10.0.0.1")
	for i := range maxClocks + 3 {
		at := httpstream.Pos{Time: httpstream.TimeOf(start)}
		c.read(a, start.Add(time.Duration(i)*time.Hour), at, analysis.HTTPDate)
	}
	if len(c.list) != maxClocks || counters.Dropped["readings of clocks"] != 3 {
		t.Errorf("%d readings kept, %d counted as dropped", len(c.list), counters.Dropped["readings of clocks"])
	}
}
