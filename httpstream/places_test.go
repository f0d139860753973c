package httpstream

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlaces holds where each kind of loss is said to be first.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const request = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
	tests := []struct {
		name string
		send func(*wire)
		want Places
	}{
		{"nothing is lost", func(w *wire) { w.handshake(); w.send(Client, request); w.close() }, Places{}},
		{"a hole is where the packet behind it is", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.lose(Server, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
			w.send(Server, "body")
			w.close()
		}, Places{Gaps: Pos{Frame: 6}, LostBytes: Pos{Frame: 6}}},
		{"the earlier one of two holes, whatever is found first", func(w *wire) {
			w.handshake()
			w.lose(Server, "HTTP/1.1 200 OK\r\n")
			w.segment(Server, FlagACK, w.sent[Server], "\r\n") // 5, taken for lost at the end
			w.lose(Client, request)
			w.send(Client, request) // 7
			w.segment(Server, FlagRST|FlagACK, w.sent[Server], "")
		}, Places{Gaps: Pos{Frame: 5}, LostBytes: Pos{Frame: 5}}},
		{"bytes in place of a message are where they begin", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.send(Server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			w.send(Server, "no message\r\n")
			w.send(Server, "and no message\r\n\r\n")
			w.close()
		}, Places{UnreadBytes: Pos{Frame: 6}}},
		{"bytes before the first message", func(w *wire) {
			w.handshake()
			w.send(Client, "what is this\r\n")
			w.send(Client, request)
			w.send(Server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			w.close()
		}, Places{UnreadBytes: Pos{Frame: 4}}},
		{"bytes with a RST", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.segment(Server, FlagRST|FlagACK, w.sent[Server], "why it ends")
		}, Places{BytesAfterEnd: Pos{Frame: 5}}},
		{"bytes after the end", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.fin(Server)
			w.segment(Client, FlagACK, w.sent[Client], "")
			w.send(Server, "more")
			w.close()
		}, Places{BytesAfterEnd: Pos{Frame: 7}}},
		{"two copies", func(w *wire) {
			w.handshake()
			w.send(Client, request)
			w.segment(Client, FlagACK, 0, "PUT / HTTP/1.1\r\nHost: b.example\r\n\r\n")
			w.close()
		}, Places{Conflicts: Pos{Frame: 5}}},
		{"no beginning", func(w *wire) {
			w.send(Client, request)
			w.close()
		}, Places{MidStream: Pos{Frame: 1}}},
		{"of another protocol", func(w *wire) {
			w.handshake()
			w.send(Client, "\x00\x01\x02 of no known protocol")
			w.close()
		}, Places{UnreadTCP: map[string]Pos{"port 80": {Frame: 1}}}},
	}
	for _, tt := range tests {
		w := newWire()
		tt.send(w)
		w.a.Close()
		if d := cmp.Diff(tt.want, w.counters.Places, byFrame()); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
	}
}

// TestPlacesOfDropped holds that the place of what a limit drops is where the limit was reached.
func TestPlacesOfDropped(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.handshake()
	w.segment(Client, FlagACK, 1<<30, "far outside of the window")
	w.segment(Client, FlagACK, 1<<30, "far outside of the window")
	w.a.Close()
	if d := cmp.Diff(map[string]Pos{staleDropped: {Frame: 4}}, w.counters.Places.Dropped, byFrame()); d != "" {
		t.Errorf("%v (-want +got):\n%s", w.counters.Dropped, d)
	}
}

// TestPlaceOfDecoy holds that a decoy is where it came, and not where what it stands for did: in order and before
// its turn.
func TestPlaceOfDecoy(t *testing.T) {
	t.Parallel()
	const decoy = "GET /0 HTTP/1.1\r\nHost: z.test\r\n\r\n"
	for name, lost := range map[string]int{"in order": 0, "before its turn": len(get1)} {
		w := newWire()
		w.ttl = 64
		w.handshake()
		w.ttl = 3
		w.segment(Client, FlagACK, lost, decoy)
		w.ttl = 64
		w.segment(Client, FlagACK, lost, get2)
		if lost > 0 {
			w.segment(Client, FlagACK, 0, get1)
		}
		w.send(Server, ok5)
		w.close()
		if at := w.counters.Places.Decoys.Frame; w.counters.Decoys != 1 || at != 4 {
			t.Errorf("%s: %d decoys, from frame %d on", name, w.counters.Decoys, at)
		}
	}
}

// TestPlaceAtAnEnd holds that what shows only at the end of a connection is not where another one had data last.
func TestPlaceAtAnEnd(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.handshake()
	w.send(Client, preface+"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	w.send(Client, "\x00\x00") // of the header of a frame
	other := newWire()
	other.a, other.frame, other.now = w.a, w.frame, w.now
	other.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), clientAddr.Port()+1)
	other.handshake()
	other.send(Client, get1)
	w.frame, w.now = other.frame, other.now
	w.close()
	w.a.Close()
	if at := w.counters.Places.UnreadBytes.Frame; w.counters.UnreadBytes != 2 || at != 10 {
		t.Errorf("%d bytes that were not read, from frame %d on", w.counters.UnreadBytes, at)
	}
}

// TestPlacesOfTwoStages holds that the earlier place counts where two stages of a run count the same.
func TestPlacesOfTwoStages(t *testing.T) {
	t.Parallel()
	var sum, more Counters
	sum.Undecodable("a", Pos{Frame: 3})
	sum.Undecodable("b", Pos{Frame: 4})
	more.Undecodable("b", Pos{Frame: 2})
	more.Drop("c", 1, Pos{})
	more.Places.Cut = Pos{Frame: 9}
	sum.Add(&more)
	want := Places{Undecoded: map[string]Pos{"a": {Frame: 3}, "b": {Frame: 2}}, Cut: Pos{Frame: 9}}
	if d := cmp.Diff(want, sum.Places, byFrame()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
