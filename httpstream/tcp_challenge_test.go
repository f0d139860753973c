package httpstream

import (
	"slices"
	"testing"
	"time"
)

// TestChallengedSYN plays SYN on the ports of a connection that is in use: whether there is
// another connection shows by what both ends do then.
func TestChallengedSYN(t *testing.T) {
	const isn = 0x40000000 // of the other connection
	again := func(w *wire) { w.isn, w.sent = [2]uint32{isn, 0x50000000}, [2]int{} }
	syn := func(w *wire) { w.raw(Client, FlagSYN, isn, 0, "") }
	challenge := func(w *wire) { w.segment(Server, FlagACK, w.sent[Server], "") }
	tests := []struct {
		name    string
		play    func(w *wire)
		endings []Ending
		stream  int // of the last segment
	}{
		{"challenged, and both go on", func(w *wire) {
			syn(w)
			challenge(w)
		}, []Ending{Open}, 1},
		{"several of them", func(w *wire) {
			syn(w)
			challenge(w)
			w.raw(Client, FlagSYN, isn+1<<20, 0, "")
			challenge(w)
			syn(w)
		}, []Ending{Open}, 3},
		{"taken", func(w *wire) {
			again(w)
			w.handshake()
		}, []Ending{Reused, Open}, 1},
		{"taken, and the answer is lost", func(w *wire) {
			syn(w)
			again(w)
			w.segment(Client, FlagACK, 0, "")
		}, []Ending{Reused, Open}, 1},
		{"sent again, then taken", func(w *wire) {
			syn(w)
			syn(w)
			again(w)
			w.handshake()
		}, []Ending{Reused, Open}, 1},
		{"challenged, the old connection is reset, and taken", func(w *wire) {
			syn(w)
			challenge(w)
			w.segment(Client, FlagRST, w.sent[Client], "")
			again(w)
			w.handshake()
		}, []Ending{RST, Open}, 1},
		{"a minute later", func(w *wire) {
			w.now = w.now.Add(2 * linger)
			again(w)
			w.handshake()
		}, []Ending{Reused, Open}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			w.handshake()
			w.send(Client, get1)
			w.send(Server, ok5)
			tt.play(w)
			w.send(Client, get2)
			w.send(Server, ok5)
			w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5")
			checkEndings(t, w.conns, tt.endings)
			if got := w.streams[len(w.streams)-1]; got != tt.stream {
				t.Errorf("the last segment is of stream %d, want %d", got, tt.stream)
			}
			if w.counters.Gaps > 0 || len(w.counters.Dropped) > 0 {
				t.Errorf("%d gaps, dropped %v", w.counters.Gaps, w.counters.Dropped)
			}
		})
	}
}

// A SYN that nobody answers is a connection of its own where the one before does not go on.
func TestUnansweredSYN(t *testing.T) {
	w := newWire()
	w.handshake()
	w.send(Client, get1)
	w.send(Server, ok5)
	w.isn, w.sent = [2]uint32{0x40000000, 0x50000000}, [2]int{}
	for range 3 {
		w.now = w.now.Add(time.Second)
		w.segment(Client, FlagSYN, 0, "")
	}
	w.expect(t, "GET /1 +0 > 200 +5")
	checkEndings(t, w.conns, []Ending{Reused, Open})
	if len(w.conns) == 2 && !w.conns[1].SYNOnly {
		t.Error("the second connection was answered")
	}
	if want := []int{0, 0, 0, 0, 0}; !slices.Equal(w.streams[:5], want) {
		t.Errorf("streams %v", w.streams)
	}
}

// TestMadeUpAnswerAfterRST holds that a SYN with an ACK begins no connection behind a RST that nobody takes, if it
// acknowledges data.
func TestMadeUpAnswerAfterRST(t *testing.T) {
	t.Parallel()
	for _, place := range places[5 : len(places)-3] {
		for _, from := range []Side{Client, Server} {
			for _, by := range []uint32{0, 1000, far} {
				read, _, w := playWith(place, func(c *tape) {
					c.raw(from, FlagRST, c.next[from]+60000, 0, "")
					c.raw(Server, FlagSYN|FlagACK, c.next[Server]+by, c.next[Client], "")
				})
				if !slices.Equal(read, logonRead) || len(w.conns) != 1 {
					t.Errorf("%d ahead, behind the RST of the %s at %s: %d connections, %q", by, from, place, len(w.conns), read)
				}
			}
		}
	}
}

// TestRSTBehindNextRequest has the RST that ends a connection behind the first segment of the next one on its
// ports, whose SYN is not in the capture.
func TestRSTBehindNextRequest(t *testing.T) {
	t.Parallel()
	for by := range 4 {
		for _, from := range []Side{Client, Server} {
			c := newTape()
			c.next = [2]uint32{3_000_000_000, 2_000_000_000}
			c.open()
			c.logon()
			last := c.next
			c.next = [2]uint32{1_000_000_000, 4_000_000_000}
			begin := len(c.segments)
			c.logon()
			c.raw(from, FlagRST|FlagACK, last[from], last[from.Other()], "")
			rst := c.segments[len(c.segments)-1]
			all := slices.Insert(c.segments[:len(c.segments)-1], begin+by, rst)
			if read, said, _ := play(inFileOrder(all)); !slices.Equal(read, slices.Concat(logonRead, logonRead)) {
				t.Errorf("%d segments behind, from the %s: %q, said: %v", by, from, read, said)
			}
		}
	}
}
