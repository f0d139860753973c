package correlate_test

import (
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestConnGoesOn holds that handshakes are judged by their connections as they were when
// last seen, while the connections go on, within a tunnel too. There are so many that
// the judging goes on beside: with the race detector this finds what the two share.
func TestConnGoesOn(t *testing.T) {
	const conns = 2_000
	sees := &analysis.Check{Name: "sees", Severity: analysis.Info, Run: func(p *analysis.Pass) {
		for _, h := range p.Handshakes {
			c := h.Conn()
			outer := c.Tunnel.Conn
			p.Found(h, h.Start, "ended %v, %d bytes, lost %d, obstacle %q; outside encrypted %v, %d bytes",
				c.Ending != httpstream.Open, c.Bytes[0], c.Lost[0], c.TLS.Obstacle, outer.Encrypted(), outer.Bytes[0])
		}
	}}
	c := &feeder{trace: correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{sees}}), at: newFeeder().at}
	for i := range conns {
		outer := c.conn()
		outer.TLS = &httpstream.TLS{Opened: true}
		inner := *outer
		inner.TLS, inner.Ending = &httpstream.TLS{}, httpstream.Open
		inner.Tunnel = &httpstream.Exchange{Conn: outer}
		outer.Bytes[0] = 1
		c.exchange(&inner, 401, "", "Basic realm=a")
		inner.Bytes[0], inner.Lost[0], outer.Bytes[0] = 100, 7, 2
		c.exchange(&inner, 200, "Basic YTpi", "")
		inner.Bytes[0], inner.TLS.Obstacle = 1000, "the secrets changed"
		if i%2 == 1 {
			inner.Ending = httpstream.FIN
			c.trace.Conn(&inner)
		}
		inner.Bytes[0], inner.TLS.Obstacle, outer.Bytes[0] = 9, "", 9
	}
	want := map[string]int{
		`ended false, 100 bytes, lost 7, obstacle ""; outside encrypted true, 1 bytes`:                    conns / 2,
		`ended true, 1000 bytes, lost 7, obstacle "the secrets changed"; outside encrypted true, 1 bytes`: conns / 2,
	}
	for _, f := range c.trace.Report(&httpstream.Counters{}).Findings {
		if f.Count != want[f.Message] {
			t.Errorf("%d times: %s", f.Count, f.Message)
		}
		delete(want, f.Message)
	}
	for message, n := range want {
		t.Errorf("not %d times: %s", n, message)
	}
}
