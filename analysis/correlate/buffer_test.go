package correlate

import (
	"testing"

	"negotrace/httpstream"
)

// TestWindowOfTunnels holds that fewer connections inside of tunnels are kept than others: with each the exchange is
// kept that opened it.
func TestWindowOfTunnels(t *testing.T) {
	t.Parallel()
	most := func(c httpstream.Conn) (n int) {
		e := &engine{buffer: newBuffer(), segment: segmentSize}
		for range 2 * connShare * segmentSize {
			e.buffer.addConn(&c)
			e.buffer.addSegment(e.segment, httpstream.Pos{})
			if len(e.buffer.segments) == 2 {
				return len(e.buffer.conns)
			}
		}
		return 0
	}
	if n := most(httpstream.Conn{}); n != connShare*segmentSize {
		t.Errorf("a segment has %d connections", n)
	}
	if n := most(httpstream.Conn{Tunnel: &httpstream.Exchange{}}); n != segmentSize {
		t.Errorf("a segment has %d connections inside of tunnels", n)
	}
}
