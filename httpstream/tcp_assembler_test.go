package httpstream

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// The hazards of reassembly, each by its name.
func TestReassembly(t *testing.T) {
	tests := []struct {
		name       string
		play       func(w *wire)
		want       []string
		gaps       int
		lost       int64
		conflicts  int
		dropped    string
		conns, mid int // connections, and of them mid-stream; 0 stands for 1 and 0
	}{
		{name: "in order", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "sequence wrap", play: func(w *wire) {
			w.isn = [2]uint32{0xffffffff - 10, 0xffffffff - 20}
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "sequence wrap out of order and retransmitted", play: func(w *wire) {
			w.isn = [2]uint32{0xffffffff - 10, 0xffffffff - 20}
			w.handshake()
			w.segment(Client, FlagACK, 20, get1[20:])
			w.segment(Client, FlagACK, 5, get1[5:30])
			w.segment(Client, FlagACK, 0, get1[:8])
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "retransmission of delivered bytes", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Client, FlagACK, 0, get1)
			w.segment(Client, FlagACK, 0, strings.ToUpper(get2)) // other bytes: the first win
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}, conflicts: 1},
		{name: "retransmission that reaches further", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1[:10])
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "overlap while queued, first bytes win", play: func(w *wire) {
			w.handshake()
			w.segment(Client, FlagACK, 4, get1[4:])
			w.segment(Client, FlagACK, 4, "/9"+get1[6:])
			w.segment(Client, FlagACK, 0, get1[:4])
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}, conflicts: 1},
		{name: "long segment queued, then delivered", play: func(w *wire) {
			long := strings.Replace(get1, "Host:", "X: "+strings.Repeat("x", 3000)+"\r\nHost:", 1) // longer than a page of 1900 bytes
			w.handshake()
			w.segment(Client, FlagACK, 10, long[10:])
			w.segment(Client, FlagACK, 0, long[:10])
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "lost segment in a head", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.lose(Server, ok5[:20])
			w.send(Server, ok5[20:])
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{
			"GET /1 +0 > -; server side: 20 bytes are missing in the capture; its response is not in the capture",
			"GET /2 +0 > 200 +5",
		}, gaps: 1, lost: 20},
		{name: "lost segment inside a body is arithmetic", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789")
			w.lose(Server, "0123456789")
			w.send(Server, "0123456789")
			w.send(Client, get2)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +30", "GET /2 +0 > 200 +5"}, gaps: 1, lost: 10},
		{name: "lost last segment", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.lose(Server, ok5)
			w.segment(Client, FlagACK, w.sent[Client], "")
		}, want: []string{"GET /1 +0 > -; server side: 43 bytes are missing in the capture"}, gaps: 1, lost: 43},
		{name: "lost request, its response stays alone", play: func(w *wire) {
			w.handshake()
			w.lose(Client, get1)
			w.send(Server, denied)
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"- > 401 +0; its request is not in the capture", "GET /2 +0 > 200 +5"}, gaps: 1, lost: 33},
		{name: "response captured before its request", play: func(w *wire) {
			w.handshake()
			w.sent[Client] = len(get1)
			w.send(Server, denied)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}},
		{name: "acknowledgment captured before what it acknowledges", play: func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.sent[Server] = len(denied)
			w.segment(Client, FlagACK, len(get1), "")
			w.sent[Server] = 0
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, denied)
			w.segment(Server, FlagSYN|FlagACK, 0, "")
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}},
		{name: "late segment fills the hole before it is given up", play: func(w *wire) {
			w.handshake()
			w.lose(Client, get1)
			w.send(Server, ok5)
			w.send(Client, get2)
			w.now = w.now.Add(500 * time.Millisecond)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}},
		{name: "hole acknowledged and a second old is given up", play: func(w *wire) {
			w.handshake()
			w.lose(Client, get1)
			w.send(Server, ok5)
			w.send(Client, get2)
			w.now = w.now.Add(holeAge)
			w.send(Server, ok5)
			w.segment(Client, FlagACK, 0, get1) // too late
		}, want: []string{"- > 200 +5; its request is not in the capture", "GET /2 +0 > 200 +5"}, gaps: 1, lost: 33},
		{name: "snap length cuts a head", play: func(w *wire) {
			w.handshake()
			w.frame++
			w.a.Segment(&Segment{At: Pos{Frame: w.frame, Time: w.now}, Src: clientAddr, Dst: serverAddr,
				Seq: 1001, Ack: 5001, Flags: FlagACK, Payload: []byte(get1[:17]), Missing: len(get1) - 17})
			w.sent[Client] = len(get1)
			w.send(Server, ok5)
			w.send(Client, get2)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5; the client's head: 16 bytes are missing in the capture", "GET /2 +0 > 200 +5"}, lost: 16},
		{name: "port reuse on an open 4-tuple", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.isn, w.sent = [2]uint32{900, 77}, [2]int{} // below the old ones
			w.handshake()
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > -", "GET /2 +0 > 200 +5"}, conns: 2},
		{name: "port reuse after close", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.close()
			w.isn, w.sent = [2]uint32{900000, 800000}, [2]int{}
			w.handshake()
			w.send(Client, get2)
			w.send(Server, ok5)
			w.close()
		}, want: []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}, conns: 2},
		{name: "retransmitted SYN", play: func(w *wire) {
			w.segment(Client, FlagSYN, 0, "")
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "stale RST", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Server, FlagRST, -300000, "")
			w.segment(Server, FlagRST, 90_000_000, "")
			w.sent[Server] = 0
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "RST delivers what is queued", play: func(w *wire) {
			w.handshake()
			w.lose(Client, "x")
			w.send(Client, get1)
			w.send(Server, ok5)
			w.segment(Server, FlagRST, w.sent[Server], "")
			w.send(Client, get2) // under way when the server sent its RST
		}, want: []string{"GET /1 +0 > 200 +5", "GET /2 +0 > -"}, gaps: 1, lost: 1},
		{name: "RST from one side only", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.segment(Client, FlagRST, w.sent[Client], "")
			w.segment(Client, FlagRST, w.sent[Client], "")
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "FIN before last data", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5[:10])
			w.segment(Server, FlagFIN|FlagACK, len(ok5), "")
			w.segment(Server, FlagACK, 10, ok5[10:])
			w.fin(Client)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "FIN with the last data", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Server, FlagFIN|FlagACK, 0, "HTTP/1.0 200 OK\r\n\r\nhello")
			w.sent[Server]++
			w.fin(Client)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "no ghost stream for the last ACK", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.close()
			w.segment(Client, FlagACK, w.sent[Client], "")
			w.segment(Server, FlagFIN|FlagACK, w.sent[Server]-1, "")
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "keep-alive probe and zero-window probe", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.segment(Client, FlagACK, len(get1)-1, "\x00")
			w.segment(Client, FlagACK, len(get1)-1, "")
			w.send(Server, ok5[:20])
			w.segment(Server, FlagACK, 20, ok5[20:21])
			w.segment(Server, FlagACK, 20, ok5[20:])
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "mid-stream start", play: func(w *wire) {
			w.send(Server, "the end of a body")
			w.send(Client, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}, mid: 1},
		{name: "mid-stream start out of order", play: func(w *wire) {
			w.sent[Client] = len(get1)
			w.segment(Client, FlagACK, 10, get1[10:])
			w.segment(Client, FlagACK, 0, get1[:10])
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}, mid: 1},
		{name: "mid-stream, the server has the higher port", play: func(w *wire) {
			w.addr = [2]netip.AddrPort{serverAddr, clientAddr}
			w.send(Server, ok5)
			w.send(Client, get1)
			w.send(Server, ok5)
		}, want: []string{"- > 200 +5; its request is not in the capture", "GET /1 +0 > 200 +5"}, mid: 1},
		{name: "SYN/ACK lost, handshake out of order", play: func(w *wire) {
			w.segment(Server, FlagSYN|FlagACK, 0, "")
			w.segment(Client, FlagSYN, 0, "")
			w.send(Client, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "another connection after close whose SYN was lost", play: func(w *wire) {
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			w.close()
			w.isn, w.sent = [2]uint32{0x40000000, 0x50000000}, [2]int{}
			w.send(Client, get2)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}, conns: 2, mid: 1},
		{name: "data in the SYN (TCP Fast Open)", play: func(w *wire) {
			w.segment(Client, FlagSYN, 0, get1)
			w.segment(Server, FlagSYN|FlagACK, 0, "")
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}},
		{name: "segment of an earlier connection far outside the window", play: func(w *wire) {
			w.handshake()
			w.segment(Client, FlagACK, 1<<30, get2)
			w.sent[Client] = 0
			w.send(Client, get1)
			w.send(Server, ok5)
		}, want: []string{"GET /1 +0 > 200 +5"}, dropped: staleDropped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			tt.play(w)
			w.expect(t, tt.want...)
			w.expectLost(t, tt.gaps, tt.lost)
			if w.counters.Conflicts != tt.conflicts || len(w.counters.Places.Contradictions()) != min(tt.conflicts, 1) {
				t.Errorf("got %d conflicts at %v, want %d", w.counters.Conflicts, w.counters.Places.Contradictions(), tt.conflicts)
			}
			if got, want := w.counters.Connections, max(1, tt.conns); got != want {
				t.Errorf("got %d connections, want %d", got, want)
			}
			if got, want := w.counters.MidStream, tt.mid; got != want {
				t.Errorf("got %d connections mid-stream, want %d", got, want)
			}
			if got := w.counters.Dropped[tt.dropped]; tt.dropped != "" && got == 0 || tt.dropped == "" && len(w.counters.Dropped) > 0 {
				t.Errorf("dropped: %v", w.counters.Dropped)
			}
		})
	}
}

// TestStreamNumbers holds that a connection has one number wherever it was seen, as in
// Wireshark, which knows neither capture points nor tunnels.
func TestStreamNumbers(t *testing.T) {
	var streams []int
	a := NewAssembler(Sink{}, nil, &Counters{})
	frame := 0
	segment := func(port uint16, seq uint32, origin int, tunnel uint64) {
		frame++
		s := Segment{
			At:  Pos{Frame: frame, Time: epoch.Add(time.Duration(frame) * time.Millisecond)},
			Src: netip.AddrPortFrom(clientAddr.Addr(), port), Dst: serverAddr,
			Seq: seq, Flags: FlagSYN, Origin: origin, Tunnel: tunnel,
		}
		a.Segment(&s)
		streams = append(streams, s.At.Stream)
	}
	segment(50000, 1, 0, 0) // 0
	segment(50001, 1, 1, 0) // 1, at another capture point
	segment(50000, 1, 1, 0) // 0 again, there
	segment(50000, 1, 0, 7) // 0 again, in a tunnel
	segment(50000, 9, 1, 0) // 2: the ports are used again, first seen at the other point
	segment(50000, 9, 0, 0) // 2
	segment(50002, 1, 0, 0) // 3
	if want := []int{0, 1, 0, 0, 2, 2, 3}; !slices.Equal(streams, want) {
		t.Errorf("streams %v, want %v", streams, want)
	}
}
