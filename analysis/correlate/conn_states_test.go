package correlate_test

import (
	"testing"

	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestManyOpenConns holds that of very many connections with authentication that stay open those idle for longest
// are forgotten, and counted.
func TestManyOpenConns(t *testing.T) {
	const conns = 40_000
	c := &feeder{trace: correlate.NewTrace(correlate.Options{}), at: newFeeder().at}
	busy := c.conn()
	c.exchange(busy, 200, "Basic YTpi", "")
	for i := range conns {
		c.exchange(c.conn(), 401, "", "Negotiate")
		if i%1000 == 0 {
			c.exchange(busy, 200, "", "") // which is not kept
		}
	}
	c.trace.Conn(busy)
	counters := &httpstream.Counters{}
	r := c.trace.Report(counters)
	if h := r.Handshakes[0]; h.FollowOnCount != conns/1000 {
		t.Errorf("%d requests follow on, want %d: a connection that is in use was forgotten", h.FollowOnCount, conns/1000)
	}
	if n := counters.Dropped["open connections with authentication that were idle"]; n < conns/2 || n >= conns {
		t.Errorf("%d of %d connections were forgotten", n, conns)
	}
}
