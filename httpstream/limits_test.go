package httpstream

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

// Each limit drops what goes beyond it, says so, and leaves the rest as
// it was.
func TestLimits(t *testing.T) {
	tests := []struct {
		limit string
		play  func(w *wire)
		want  []string
	}{
		{headDropped, func(w *wire) {
			w.send(Client, "GET /1 HTTP/1.1\r\nHost: a\r\nAuthorization: Negotiate "+strings.Repeat("A", maxHead)+"\r\n\r\n")
			w.send(Server, denied)
			w.send(Client, get2)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 401 +0; the client's head: head is longer than 128 KiB, its rest was not read", "GET /2 +0 > 200 +5"}},
		{lineDropped, func(w *wire) {
			w.send(Client, get1)
			w.send(Server, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"+strings.Repeat("x", maxChunkLine))
			w.send(Client, get2)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +0; server side, in the body: a line between chunks is longer than 4 KiB", "GET /2 +0 > 200 +5"}},
		{queueDropped, func(w *wire) {
			w.lose(Client, get1)
			for range maxPieces + 2 {
				w.sent[Client]++ // so that no piece touches another
				w.send(Client, get2)
			}
		}, nil},
		{pendingDropped, func(w *wire) {
			for range maxPending + 1 {
				w.send(Client, get1)
			}
		}, nil},
		{recordDropped, func(w *wire) {
			w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:88")
			w.isn[Client]++
			w.handshake()
			w.send(Client, "\x00\x02\x00\x01"+strings.Repeat("k", maxRecord+1)+"\x00\x00\x00\x01\x6a")
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.limit, func(t *testing.T) {
			w := newWire()
			w.handshake()
			tt.play(w)
			w.a.Close()
			if w.counters.Dropped[tt.limit] == 0 {
				t.Errorf("not counted: %v", w.counters.Dropped)
			}
			if tt.want != nil {
				w.expect(t, tt.want...)
			}
		})
	}
}

// Of more connections than may be followed the closed ones go first, then those that
// are no more than a SYN or a single segment, then the one silent for longest; one with work on it stays.
func TestFlowLimit(t *testing.T) {
	const answer = "HTTP/1.1 204 No Content\r\n\r\n" // so that nothing of them is held
	for _, tt := range []struct {
		name    string
		payload []byte // that follows each SYN
		alone   bool   // it is all that there is
		conns   int
		limit   string
	}{
		{"SYNs", nil, false, testcost.Count(2000, maxEmbryonic), embryonicDropped},
		{"segments", []byte("GET / HTTP/1.1\r\n\r\n"), true, testcost.Count(2000, maxEmbryonic), embryonicDropped},
		{"connections", []byte("GET / HTTP/1.1\r\n\r\n"), false, testcost.Count(5000, maxFlows), flowDropped},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			if w.a.maxFlows != maxFlows || w.a.maxEmbryonic != maxEmbryonic {
				t.Fatalf("the limits are %d and %d", w.a.maxFlows, w.a.maxEmbryonic)
			}
			w.a.maxFlows, w.a.maxEmbryonic = testcost.Count(5000, maxFlows), testcost.Count(2000, maxEmbryonic)
			w.handshake()
			w.send(Client, get1)
			for i := range tt.conns + 10 {
				if i == tt.conns/2 {
					w.send(Server, ok5)
				}
				var b [4]byte
				binary.BigEndian.PutUint32(b[:], 10<<24|uint32(i))
				w.frame++
				s := Segment{At: Pos{Frame: w.frame, Time: w.now}, Src: netip.AddrPortFrom(netip.AddrFrom4(b), 999), Dst: serverAddr, Seq: 1, Flags: FlagSYN}
				if tt.alone {
					s.Flags, s.Payload = FlagACK, tt.payload
				}
				w.a.Segment(&s)
				if tt.payload != nil && !tt.alone {
					w.frame++
					s.At.Frame, s.Seq, s.Flags, s.Payload = w.frame, 2, FlagACK, tt.payload
					w.a.Segment(&s)
					s.Src, s.Dst, s.Seq, s.Ack, s.Payload = s.Dst, s.Src, 0, 2+uint32(len(tt.payload)), []byte(answer)
					w.a.Segment(&s)
				}
			}
			w.send(Client, get2)
			w.send(Server, ok5)
			w.a.Close()
			if n := w.counters.Responses[200]; n != 2 {
				t.Errorf("%d responses on the connection with work on it, want 2", n)
			}
			first := 0 // the one with work on it counts among the others
			if tt.limit == flowDropped {
				first = 1
			}
			if got, want := w.counters.Dropped[tt.limit], 10+first; got != want {
				t.Errorf("dropped %d connections, want %d: %v", got, want, w.counters.Dropped)
			}
			if len(w.conns) != 1+tt.conns+10 {
				t.Errorf("%d connections were passed on", len(w.conns))
			}
		})
	}
}

// Closed connections are remembered for a while, but not any number of them.
func TestClosedLimit(t *testing.T) {
	w := newWire()
	for i := range maxClosed + 100 {
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 16), byte(i >> 8)}), uint16(1000+i&0xff))
		at := Pos{Frame: 2*i + 1, Time: w.now}
		w.a.Segment(&Segment{At: at, Src: client, Dst: serverAddr, Seq: 1, Flags: FlagSYN})
		w.a.Segment(&Segment{At: at, Src: serverAddr, Dst: client, Ack: 2, Flags: FlagRST | FlagACK})
	}
	if n := w.a.flows.n; n < maxClosed || n > maxClosed+maxResetting+2 {
		t.Errorf("%d connections are remembered, the limit is %d", n, maxClosed)
	}
	if len(w.counters.Dropped) > 0 {
		t.Errorf("dropped %v", w.counters.Dropped)
	}
}

// What all connections hold together is bounded too.
func TestHeldLimit(t *testing.T) {
	w := newWire()
	part := "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 50<<10)
	n := maxHeld/len(part) + 10
	for i := range n {
		w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
		w.sent = [2]int{}
		w.handshake()
		w.send(Client, part)
		if w.a.shared.held > maxHeld {
			t.Fatalf("%d bytes held", w.a.shared.held)
		}
	}
	if w.counters.Dropped[heldDropped] == 0 {
		t.Error("not counted")
	}
	w.a.Close()
	if w.counters.Requests != n || len(w.exchanges) != n {
		t.Errorf("got %d requests, %d exchanges of %d", w.counters.Requests, len(w.exchanges), n)
	}
}

func TestRecords(t *testing.T) {
	record := func(s string) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s
	}
	w := newWire()
	w.addr[Server] = netip.MustParseAddrPort("192.0.2.20:88")
	w.handshake()
	for _, b := range record("\x6aAS-REQ") + record("\x6cTGS-REQ") {
		w.send(Client, string(b))
	}
	w.send(Server, record("\x6bAS-REP"))
	w.lose(Server, record("\x6dlost"))
	w.send(Server, "not the beginning")
	w.send(Server, record("\x7eKRB-ERROR")+record("\x6bAS-REP"))
	w.close()
	w.expect(t)
	want := []string{`client 4 "jAS-REQ"`, `client 15 "lTGS-REQ"`, `server 27 "kAS-REP"`, `server 30 "~KRB-ERROR"`, `server 30 "kAS-REP"`}
	if strings.Join(w.records, "\n") != strings.Join(want, "\n") {
		t.Errorf("got records %q, want %q", w.records, want)
	}
	if len(w.conns) != 1 || w.conns[0].HTTP || w.conns[0].Lost[Server] != 9 {
		t.Errorf("got connections %+v", w.conns)
	}
}

// In order and inside a body nothing is allocated.
func TestBodyAllocatesNothing(t *testing.T) {
	for _, framing := range []string{"Content-Length: 1000000000000", "Transfer-Encoding: chunked", "Connection: close"} {
		w := newWire()
		w.handshake()
		w.send(Client, get1)
		w.send(Server, "HTTP/1.1 200 OK\r\n"+framing+"\r\n\r\n")
		if strings.HasPrefix(framing, "Transfer") {
			w.send(Server, "fffffffff\r\n")
		}
		s := Segment{At: Pos{Frame: 10, Time: w.now}, Src: serverAddr, Dst: clientAddr, Flags: FlagACK,
			Seq: w.isn[Server] + 1 + uint32(w.sent[Server]), Payload: make([]byte, 1448)}
		n := testing.AllocsPerRun(1000, func() {
			w.a.Segment(&s)
			s.Seq += uint32(len(s.Payload))
		})
		if n != 0 {
			t.Errorf("%s: %v allocations a segment", framing, n)
		}
		if got := w.counters.LostBytes; got != 0 {
			t.Errorf("%s: %d bytes lost", framing, got)
		}
	}
}
