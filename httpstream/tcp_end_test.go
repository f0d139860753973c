package httpstream

import (
	"net/netip"
	"testing"
	"time"
)

// TestEndOfConnections plays what shows whether a connection ends, goes on or is another
// one: SYN, RST and FIN that one end, both or neither believe.
func TestEndOfConnections(t *testing.T) {
	const isnC, isnS = 1000, 5000 // of newWire
	whole := []string{"GET /1 +0 > 200 +5"}
	both := []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}
	exchange := func(w *wire, request string) {
		w.send(Client, request)
		w.send(Server, ok5)
	}
	tests := []struct {
		name     string
		play     func(w *wire)
		want     []string
		endings  []Ending // of the connections
		afterEnd int64
	}{
		{"a SYN is challenged, and comes again", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagACK, 900_000, 800_000, "") // of the connection that the server remembers
			w.raw(Client, FlagRST, 800_000, 0, "")
			w.handshake()
			exchange(w, get1)
		}, whole, []Ending{Open}, 0},
		{"a SYN is challenged, and another one follows", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagACK, 900_000, 800_000, "")
			w.raw(Client, FlagRST, 800_000, 0, "")
			w.isn[Client] = 7000
			w.handshake()
			exchange(w, get1)
		}, whole, []Ending{Reused, Open}, 0},
		{"a SYN is refused, and the same one is accepted", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagRST|FlagACK, 0, isnC+1, "")
			w.now = w.now.Add(500 * time.Millisecond)
			w.handshake()
			exchange(w, get1)
		}, whole, []Ending{Open}, 0},
		{"a SYN is refused", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagRST|FlagACK, 0, isnC+1, "")
		}, nil, []Ending{RST}, 0},
		{"a SYN is refused by a spoofed RST and FIN, then accepted", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagRST|FlagACK, 0, isnC+1, "")
			w.raw(Server, FlagFIN|FlagACK, 0, isnC+1, "")
			w.segment(Server, FlagSYN|FlagACK, 0, "")
			exchange(w, get1)
		}, whole, []Ending{Open}, 0},
		{"a RST to an earlier SYN", func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.raw(Server, FlagRST|FlagACK, 0, 333, "")
			w.segment(Server, FlagSYN|FlagACK, 0, "")
			exchange(w, get1)
		}, whole, []Ending{Open}, 0},
		{"both ends go on after a RST of the server", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.segment(Server, FlagRST, w.sent[Server], "")
			exchange(w, get2)
		}, both, []Ending{Open}, 0},
		{"both ends go on after a RST of the client", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.segment(Client, FlagRST|FlagACK, w.sent[Client], "")
			exchange(w, get2)
		}, both, []Ending{Open}, 0},
		{"both ends go on after a RST in the middle of a head", func(w *wire) {
			w.handshake()
			w.send(Client, get1[:10])
			w.segment(Client, FlagRST, w.sent[Client], "")
			w.send(Client, get1[10:])
			w.send(Server, ok5)
		}, whole, []Ending{Open}, 0},
		{"the response was under way when the client sent its RST", func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Client, FlagRST, w.sent[Client], "")
			w.send(Server, ok5[:30])
			w.send(Server, ok5[30:])
			w.segment(Client, FlagRST, w.sent[Client], "")
		}, whole, []Ending{RST}, 0},
		{"data from before the RST come late", func(w *wire) {
			w.handshake()
			w.segment(Client, FlagRST, len(get1), "")
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, whole, []Ending{RST}, 0},
		{"both ends ignore a FIN", func(w *wire) {
			w.handshake()
			w.segment(Client, FlagFIN|FlagACK, 0, "")
			exchange(w, get1)
			exchange(w, get2)
		}, both, []Ending{Open}, 0},
		{"both ends ignore a FIN of the server", func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Server, FlagFIN|FlagACK, 0, "")
			w.send(Server, ok5)
			exchange(w, get2)
			w.close()
		}, both, []Ending{FIN}, 0},
		{"both ends ignore a FIN between data to come", func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Server, FlagFIN|FlagACK, 20, "")
			w.sent[Server] = 0
			w.send(Server, ok5)
			exchange(w, get2)
		}, both, []Ending{Open}, 0},
		{"a RST says why", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.segment(Server, FlagRST, w.sent[Server], "go away")
		}, whole, []Ending{RST}, int64(len("go away"))},
		{"the FIN of a half that is closed first", func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.fin(Client)
			w.send(Server, ok5)
			w.fin(Server)
		}, whole, []Ending{FIN}, 0},
		{"data behind a FIN that was acknowledged", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.fin(Client)
			w.segment(Server, FlagACK, w.sent[Server], "")
			w.segment(Client, FlagACK, len(get1)+1, get2)
		}, whole, []Ending{FIN}, int64(len(get2))},
		{"data in the place of a FIN that nobody acknowledged", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.segment(Client, FlagFIN|FlagACK, w.sent[Client], "")
			w.segment(Client, FlagACK, w.sent[Client], get2)
		}, whole, []Ending{FIN}, int64(len(get2))},
		{"the same ports again after FIN, without a SYN", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.close()
			w.now = w.now.Add(20 * time.Second)
			w.isn, w.sent = [2]uint32{isnC + 4000, isnS + 4000}, [2]int{}
			exchange(w, get2)
		}, both, []Ending{FIN, Open}, 0},
		{"the same ports again after RST, without a SYN", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.segment(Client, FlagRST, w.sent[Client], "")
			w.now = w.now.Add(20 * time.Second)
			w.isn, w.sent = [2]uint32{0x40000000, 0x50000000}, [2]int{}
			exchange(w, get2)
		}, both, []Ending{RST, Open}, 0},
		{"retransmissions after the end", func(w *wire) {
			w.handshake()
			exchange(w, get1)
			w.close()
			w.segment(Server, FlagACK, 0, ok5)
			w.segment(Client, FlagACK, 0, get1)
			w.segment(Server, FlagFIN|FlagACK, len(ok5), "")
		}, whole, []Ending{FIN}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			tt.play(w)
			w.expect(t, tt.want...)
			checkEndings(t, w.conns, tt.endings)
			if got := w.counters.BytesAfterEnd; got != tt.afterEnd {
				t.Errorf("%d bytes after the end, want %d", got, tt.afterEnd)
			}
			if n := w.counters.Gaps; n != 0 {
				t.Errorf("%d gaps", n)
			}
		})
	}
}

func checkEndings(t *testing.T, conns []*Conn, want []Ending) {
	t.Helper()
	if len(conns) != len(want) {
		t.Fatalf("%d connections, want %d", len(conns), len(want))
	}
	for i, c := range conns {
		if c.Ending != want[i] || (c.Ending == Open) != (c.EndedAt == Pos{}) {
			t.Errorf("connection %d ends %q at %v, want %q", i, c.Ending, c.EndedAt, want[i])
		}
	}
}

// TestResetOfUnseenServer holds that a RST of a server whose segments are not in the capture is
// believed near to what the client has acknowledged only.
func TestResetOfUnseenServer(t *testing.T) {
	t.Parallel()
	const isnC, isnS = 1000, 5000 // of newWire
	for _, tt := range []struct {
		name   string
		flags  uint8
		seq    uint32
		ending Ending
		gaps   int
	}{
		{"where the client expects it", FlagRST, isnS + 1, RST, 0},
		{"behind bytes under way", FlagRST, isnS + 9000, RST, 0},
		{"far ahead", FlagRST, 900_000_000, Open, 1},
		{"as a SYN would be refused", FlagRST | FlagACK, 0, Open, 1},
	} {
		for _, wait := range []time.Duration{0, time.Second} { // the beginning is held for a moment
			w := newWire()
			w.raw(Client, FlagSYN, isnC, 0, "")
			w.raw(Client, FlagACK, isnC+1, isnS+1, get1)
			w.now = w.now.Add(wait)
			w.raw(Server, tt.flags, tt.seq, isnC+1, "")
			w.raw(Client, FlagACK, isnC+1+uint32(len(get1)), isnS+100, "")
			w.a.Close()
			if len(w.exchanges) != 1 || w.exchanges[0].Response != nil || w.counters.Gaps != tt.gaps {
				t.Errorf("%s, after %s: %s, %d gaps", tt.name, wait, outline(w.exchanges), w.counters.Gaps)
			}
			checkEndings(t, w.conns, []Ending{tt.ending})
		}
	}
}

// TestRefusalNotTaken holds that a client which goes on behind a RST for its SYN did not take it, also
// where the segments of its server are not in the capture.
func TestRefusalNotTaken(t *testing.T) {
	t.Parallel()
	const isnC, isnS = 1000, 5000 // of newWire
	w := newWire()
	w.raw(Client, FlagSYN, isnC, 0, "")
	w.raw(Server, FlagRST|FlagACK, 0, isnC+1, "")
	w.raw(Client, FlagACK, isnC+1, isnS+1, "")
	w.raw(Client, FlagACK, isnC+1, isnS+1, get1)
	w.raw(Client, FlagACK, isnC+1+uint32(len(get1)), isnS+100, "")
	w.expect(t, "GET /1 +0 > -; server side: 99 bytes are missing in the capture")
	w.expectLost(t, 1, 99)
	checkEndings(t, w.conns, []Ending{Open})
}

// TestKeepAliveFirst plays connections whose first packet in the capture is a keep-alive
// with a byte of garbage, and some that only look so.
func TestKeepAliveFirst(t *testing.T) {
	const isnC, isnS = 1000, 5000
	hello := "\x16\x03\x01\x00\x2d\x01"
	tests := []struct {
		name string
		play func(w *wire)
		want []string
	}{
		{"a request follows", func(w *wire) { w.raw(Client, FlagACK, isnC, isnS+1, "\x00") }, nil},
		{"it is acknowledged", func(w *wire) {
			w.raw(Client, FlagACK, isnC, isnS+1, "\x00")
			w.raw(Server, FlagACK, isnS+1, isnC+1, "")
		}, nil},
		{"it comes twice", func(w *wire) {
			w.raw(Client, FlagACK, isnC, isnS+1, "\x00")
			w.raw(Client, FlagACK, isnC, isnS+1, "\x00")
		}, nil},
		{"of the server", func(w *wire) { w.raw(Server, FlagACK, isnS, isnC+1, "\x00") }, nil},
		{"the byte is a letter", func(w *wire) { w.raw(Client, FlagACK, isnC, isnS+1, "G") }, nil},
	}
	for _, tt := range tests {
		w := newWire()
		tt.play(w)
		w.send(Client, get1)
		w.send(Server, ok5)
		w.expect(t, "GET /1 +0 > 200 +5")
	}
	w := newWire()
	w.raw(Client, FlagACK, isnC, isnS+1, "\x00")
	w.send(Client, hello)
	w.a.Close()
	if len(w.conns) != 1 || w.conns[0].TLS == nil {
		t.Error("the TLS record behind a keep-alive was not found")
	}
	w = newWire() // it is no keep-alive
	w.send(Client, get1[:1])
	w.send(Client, get1[1:])
	w.send(Server, ok5)
	w.expect(t, "GET /1 +0 > 200 +5")
	w = newWire() // sent anew with what follows
	w.send(Client, get1[:1])
	w.segment(Client, FlagACK, 0, get1)
	w.send(Server, ok5)
	w.expect(t, "GET /1 +0 > 200 +5")
}

// TestDecoy plays segments with bytes that differ from those delivered before.
func TestDecoy(t *testing.T) {
	for name, second := range map[string]string{"first copy first": get2, "the same bytes": get1} {
		w := newWire()
		w.handshake()
		w.send(Client, get1)
		w.segment(Client, FlagACK, 0, second)
		w.send(Server, ok5)
		w.segment(Client, FlagACK, len(get1)-1, "\x00") // a keep-alive is no conflict
		w.expect(t, "GET /1 +0 > 200 +5")
		conflicts := 0
		if second != get1 {
			conflicts = 1
		}
		if w.counters.Conflicts != conflicts || w.conns[0].Conflict != (conflicts > 0) || w.conns[0].Complete() != (conflicts == 0) {
			t.Errorf("%s: %d conflicts, want %d; connection %+v", name, w.counters.Conflicts, conflicts, w.conns[0])
		}
	}
}

// TestTwoTunnels plays connections whose directions are in tunnels of their own.
func TestTwoTunnels(t *testing.T) {
	tests := []struct {
		name   string
		tunnel [2]uint64
		conns  int
	}{
		{"two tunnels", [2]uint64{7, 8}, 1},
		{"requests in a tunnel", [2]uint64{7, 0}, 1},
		{"responses in a tunnel", [2]uint64{0, 7}, 1},
		{"one tunnel", [2]uint64{7, 7}, 1},
	}
	for _, tt := range tests {
		for _, syn := range []bool{true, false} {
			w := newWire()
			w.tunnel = tt.tunnel
			if syn {
				w.handshake()
			}
			for _, request := range []string{get1, get2} {
				w.send(Client, request)
				w.send(Server, ok5)
			}
			w.close()
			w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5")
			if len(w.conns) != 1 || w.counters.Connections != 1 {
				t.Errorf("%s: %d connections", tt.name, len(w.conns))
			}
		}
	}
	w := newWire() // each segment in three tunnels, in other pieces, and midway
	w.isn = [2]uint32{1 << 20, 1 << 30}
	for _, request := range []string{get1, get2} {
		for _, tunnel := range []uint64{7, 0, 8} {
			for side, b := range []string{Client: request, Server: ok5} {
				w.tunnel, w.sent[side] = [2]uint64{tunnel, tunnel}, w.sent[side]-len(b)*toInt(tunnel != 7)
				for n := 9 + int(tunnel); len(b) > 0; b = b[n:] {
					n = min(n, len(b))
					w.send(Side(side), b[:n])
				}
			}
		}
	}
	w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5")
	if w.counters.Connections != 1 {
		t.Errorf("%d connections in three tunnels", w.counters.Connections)
	}
	w = newWire() // the SYN in another tunnel, behind what follows it
	w.tunnel = [2]uint64{7, 7}
	w.segment(Client, FlagACK, 0, "")
	w.tunnel = [2]uint64{8, 8}
	w.segment(Client, FlagSYN, 0, "")
	for _, tunnel := range []uint64{7, 8} {
		w.tunnel = [2]uint64{tunnel, tunnel}
		w.segment(Client, FlagACK, 0, get1)
		w.segment(Server, FlagACK, 0, ok5)
	}
	w.expect(t, "GET /1 +0 > 200 +5")
	w = newWire() // the same addresses in two networks, captured one direction each
	w.tunnel = [2]uint64{7, 8}
	w.send(Client, get1)
	w.raw(Server, FlagACK, 5001, 0x70000000, ok5)
	w.expect(t, "GET /1 +0 > -", "- > 200 +5")
	w = newWire() // forgotten together
	w.tunnel = [2]uint64{7, 8}
	w.handshake()
	w.send(Client, get1)
	w.send(Server, ok5)
	w.close()
	w.now = w.now.Add(2 * linger)
	w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), 50001)
	w.segment(Client, FlagSYN, 0, "")
	if n := w.a.flows.n; n != 1 || len(w.a.oneWay) != 1 {
		t.Errorf("%d flows are remembered, %d by their tunnels", n, len(w.a.oneWay))
	}
}

// TestInAndOutsideOfTunnel plays a capture that has each packet twice: in a tunnel and outside.
func TestInAndOutsideOfTunnel(t *testing.T) {
	for _, syn := range []bool{true, false} {
		for _, tunnels := range [][2]uint64{{0, 7}, {7, 0}, {7, 8}} {
			c := newTape()
			if syn {
				c.open()
			}
			c.logon()
			c.close()
			w := newWire()
			for i, s := range c.segments {
				s.At.Frame = i + 1
				for _, s.Tunnel = range tunnels {
					twice := s
					w.a.Segment(&twice)
				}
			}
			w.expect(t, logonRead...)
			if n := w.counters.Connections; n != 1 {
				t.Errorf("%d connections in the tunnels %v", n, tunnels)
			}
		}
	}
}

// TestSuccessor plays a second connection on the ports of one that did not end in the capture,
// without its SYN, and what only looks so.
func TestSuccessor(t *testing.T) {
	const away = 900_000_000
	another := func(w *wire, wait time.Duration) {
		w.isn[Client], w.isn[Server], w.sent = w.isn[Client]+away, w.isn[Server]+2*away, [2]int{}
		w.now = w.now.Add(wait)
	}
	exchange := func(w *wire, request string) {
		w.send(Client, request)
		w.send(Server, ok5)
	}
	both := []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}
	tests := []struct {
		name  string
		play  func(w *wire)
		want  []string
		conns int
		stale int
	}{
		{"a minute later", func(w *wire) { another(w, time.Minute); exchange(w, get2) }, both, 2, 0},
		{"at once", func(w *wire) { another(w, 0); exchange(w, get2) }, both, 2, 0},
		{"its request in pieces, one of them twice", func(w *wire) {
			another(w, 0)
			w.segment(Client, FlagACK, 0, get2[:9])
			w.segment(Client, FlagACK, 9, get2[9:])
			w.segment(Client, FlagACK, 0, get2[:9])
			w.sent[Client] = len(get2)
			w.send(Server, ok5)
		}, both, 2, 0},
		{"its beginning is acknowledged before it is answered", func(w *wire) {
			another(w, 0)
			w.send(Client, get2)
			w.segment(Server, FlagACK, 0, "")
			w.send(Server, ok5)
		}, both, 2, 0},
		{"a segment that nobody answers", func(w *wire) {
			w.raw(Client, FlagACK, w.isn[Client]+away, w.isn[Server]+away, "GET /spoofed HTTP/1.1\r\n\r\n")
			exchange(w, get2)
		}, both, 1, 1},
		{"segments of both halves that do not fit", func(w *wire) {
			w.raw(Client, FlagACK, w.isn[Client]+away, w.isn[Server]+away, "GET /spoofed HTTP/1.1\r\n\r\n")
			w.raw(Server, FlagACK, w.isn[Server]+2*away, w.isn[Client]+away, ok5)
			exchange(w, get2)
		}, both, 1, 2},
		{"more of them than are held", func(w *wire) {
			for i := range 2 * maxForeign {
				w.raw(Client, FlagACK, w.isn[Client]+away+uint32(i), w.isn[Server]+away, "x")
			}
			exchange(w, get2)
		}, both, 1, 2 * maxForeign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			w.handshake()
			exchange(w, get1)
			tt.play(w)
			w.expect(t, tt.want...)
			if n := w.counters.Dropped[staleDropped]; len(w.conns) != tt.conns || n != tt.stale {
				t.Errorf("%d connections, %d segments outside the window; want %d, %d", len(w.conns), n, tt.conns, tt.stale)
			}
			if w.a.shared.held != 0 {
				t.Errorf("%d bytes are still counted as held", w.a.shared.held)
			}
		})
	}
}

// TestSuccessorInOneDirection holds that where one direction was captured alone, what comes
// after a long silence with numbers far away is another connection.
func TestSuccessorInOneDirection(t *testing.T) {
	w := newWire()
	w.raw(Client, FlagACK, 1000, 5000, get1)
	w.now = w.now.Add(2 * linger)
	w.raw(Client, FlagACK, 900_000_000, 1_900_000_000, get2)
	w.expect(t, "GET /1 +0 > -", "GET /2 +0 > -")
	if len(w.conns) != 2 {
		t.Errorf("%d connections, want 2", len(w.conns))
	}
}
