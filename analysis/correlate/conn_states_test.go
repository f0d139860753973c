package correlate_test

import (
	"testing"

	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestManyOpenConns holds that of very many connections with authentication that stay open those idle for longest
// are forgotten, and counted, so that the reader can put them to rest.
func TestManyOpenConns(t *testing.T) {
	const conns = 40_000
	c := &feeder{trace: correlate.NewTrace(correlate.Options{}), at: newFeeder().at}
	busy := c.conn()
	c.exchange(busy, 200, "Basic YTpi", "")
	first := c.conn()
	for i := range conns {
		next := first
		if i > 0 {
			next = c.conn()
		}
		c.exchange(next, 401, "", "Negotiate")
		if i%1000 == 0 {
			c.exchange(busy, 200, "", "") // which is not kept
		}
	}
	if c.trace.Refers(first) {
		t.Error("the connection that is idle for longest is known")
	}
	if !c.trace.Refers(busy) {
		t.Error("a connection that is in use was forgotten")
	}
	counters := &httpstream.Counters{}
	c.trace.Report(counters)
	if n := counters.Dropped["open connections with authentication that were idle"]; n < conns/2 || n >= conns {
		t.Errorf("%d of %d connections were forgotten", n, conns)
	}
}
