package httpstream

import (
	"fmt"
	"testing"
	"time"
)

// TestCopiesInTunnels plays a connection of which each packet was captured several times,
// inside of tunnels and outside.
func TestCopiesInTunnels(t *testing.T) {
	for _, tunnels := range [][]uint64{{0, 7}, {7, 0}, {7, 8}, {0, 7, 8}, {7, 8, 0}} {
		for _, syn := range []bool{true, false} {
			w := newWire()
			each := func(from Side, flags uint8, b string) {
				offset := w.sent[from]
				for _, tunnel := range tunnels {
					w.tunnel = [2]uint64{tunnel, tunnel}
					w.segment(from, flags, offset, b)
				}
			}
			if syn {
				each(Client, FlagSYN, "")
				each(Server, FlagSYN|FlagACK, "")
				each(Client, FlagACK, "")
			}
			each(Client, FlagACK, get1)
			each(Server, FlagACK, ok5[:20])
			each(Server, FlagACK, ok5[20:])
			each(Client, FlagACK, get2)
			each(Server, FlagACK, ok5)
			each(Client, FlagACK|FlagFIN, "")
			w.sent[Client]++
			each(Server, FlagACK|FlagFIN, "")
			w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5")
			what := fmt.Sprintf("tunnels %v, SYN %v", tunnels, syn)
			if len(w.conns) != 1 || w.counters.Connections != 1 || w.counters.Conflicts > 0 || w.counters.BytesAfterEnd > 0 {
				t.Errorf("%s: %d connections, %d conflicts, %d bytes after the end", what, len(w.conns), w.counters.Conflicts, w.counters.BytesAfterEnd)
			}
			w.now = w.now.Add(2 * linger)
			w.a.makeRoom(&Segment{At: Pos{Time: w.now}})
			if w.a.flows.n != 0 || len(w.a.oneWay) != 0 {
				t.Errorf("%s: %d flows are remembered, %d by their tunnels", what, w.a.flows.n, len(w.a.oneWay))
			}
		}
	}
}

// Equal addresses in two networks are two connections if their numbers differ, or the one is
// over when the other begins.
func TestEqualAddressesInTunnels(t *testing.T) {
	for name, between := range map[string]func(w *wire){
		"other numbers": func(w *wire) { w.isn, w.sent = [2]uint32{0x40000000, 0x50000000}, [2]int{} },
		"later":         func(w *wire) { w.now, w.sent = w.now.Add(2*time.Second), [2]int{} },
	} {
		w := newWire()
		w.tunnel = [2]uint64{7, 7}
		w.handshake()
		w.send(Client, get1)
		w.send(Server, ok5)
		between(w)
		w.tunnel = [2]uint64{8, 8}
		w.handshake()
		w.send(Client, get1)
		w.send(Server, ok5)
		w.expect(t, "GET /1 +0 > 200 +5", "GET /1 +0 > 200 +5")
		if len(w.conns) != 2 {
			t.Errorf("%s: %d connections", name, len(w.conns))
		}
	}
}
