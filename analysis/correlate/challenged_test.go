package correlate_test

import (
	"net/netip"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestChallengesOfOthers holds that credentials find their challenge on another connection however many
// other clients were challenged in between: these are not searched.
func TestChallengesOfOthers(t *testing.T) {
	c := newFeeder()
	first := c.at.Time
	connOf := func(client netip.Addr, port uint16) *httpstream.Conn {
		conn := c.conn()
		conn.Client = netip.AddrPortFrom(client, port)
		return conn
	}
	own := netip.MustParseAddr("10.1.0.1")
	c.exchange(connOf(own, 50_000), 401, "", "Basic realm=a")
	other := own
	for i := range 1000 {
		other = other.Next()
		c.at.Time = first.Add(time.Duration(i) * time.Millisecond)
		c.exchange(connOf(other, 50_000), 401, "", "Basic realm=a")
	}
	c.exchange(connOf(own, 50_001), 200, "Basic YTpi", "")
	for _, h := range c.trace.Report(&httpstream.Counters{}).Handshakes {
		if h.ClientAddr() == own && (h.Outcome != analysis.Succeeded || len(h.Legs) != 2) {
			t.Errorf("%s with %d legs", h.Outcome, len(h.Legs))
		}
	}
}
