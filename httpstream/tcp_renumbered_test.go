package httpstream

import (
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// renumberedWire plays a logon of which a capture has both sides of a firewall that changes the
// initial sequence numbers of some ends, and loses a copy of some segments.
func renumberedWire(change [2]uint32, lost func(n int) bool) (read []string, w *wire) {
	w = newWire()
	w.isn = [2]uint32{3_000_000_000, 1_000_000_000}
	n, inside := 0, false
	w.before = func(s *Segment) {
		if inside {
			return
		}
		from := Client
		if s.Src == w.addr[Server] {
			from = Server
		}
		copied := *s
		copied.Seq += change[from]
		if s.Flags&FlagACK != 0 {
			copied.Ack += change[from.Other()]
		}
		copied.TTL = max(s.TTL, 1) - 1
		if from == Server { // which is seen on its own side first
			*s, copied = copied, *s
		}
		if n++; !lost(2 * n) {
			first := *s
			inside = true
			w.a.Segment(&first)
			inside = false
		}
		if *s = copied; lost(2*n + 1) {
			s.Payload, s.Missing, s.Flags = nil, 0, s.Flags&^FlagSYN
		}
	}
	w.handshake()
	for i, m := range logon {
		w.send(Side(i%2), m)
	}
	w.close()
	w.a.Close()
	for _, x := range w.exchanges {
		read = append(read, summary(x))
	}
	return read, w
}

// TestRenumbered holds that a connection which a capture has on both sides of a firewall that changes
// sequence numbers counts once, whatever copy is lost.
func TestRenumbered(t *testing.T) {
	t.Parallel()
	for _, change := range [][2]uint32{{1 << 30, 77 << 20}, {1 << 31, 0}, {5 << 24, 3 << 30}, {0, 1 << 30}, {0, 1 << 31}, {9 << 20, 0}, {0, 9 << 20}, {1<<32 - 9<<20, 1<<32 - 5<<20}} {
		for lose := range 40 {
			if lose%testcost.Step(3) != 0 || lose > 1 && lose < 8 { // the SYNs of both sides have to be there
				continue
			}
			read, w := renumberedWire(change, func(n int) bool { return n == lose })
			if !slices.Equal(read, logonRead) || len(w.conns) != 1 || w.counters.Conflicts > 0 || w.conns[0].Lost != [2]int64{} {
				t.Errorf("%#x, without copy %d: %d connections, %s", change, lose, len(w.conns), strings.Join(read, "; "))
			}
		}
	}
}

// TestRenumberedMidway holds that a connection which a capture has on both sides of a firewall that changes
// sequence numbers counts once, too, where the capture begins later than the connection.
func TestRenumberedMidway(t *testing.T) {
	t.Parallel()
	midway := slices.Concat([]string{"- > 401 +10; its request is not in the capture"}, logonRead[1:])
	for _, change := range [][2]uint32{{1 << 30, 77 << 20}, {1 << 31, 0}, {5 << 24, 3 << 30}, {0, 1 << 30}, {1 << 31, 1 << 31}} {
		for from, want := range map[int][]string{3: logonRead, 5: midway, 6: midway} { // with the first request, its ACK, its response
			read, said, w := play(bothSides(from, change))
			if !slices.Equal(read, want) || said || len(w.conns) != 1 || w.conns[0].Conflict {
				t.Errorf("%#x from %d: %d connections, %q, %+v", change, from, len(w.conns), read, w.counters)
			}
		}
	}
}

// TestRenumberedWhileAnswersWait holds that a firewall's other side is found, too, by the copy of an answer which
// waits for more of the client: what its first part acknowledges has the numbers of the other side.
func TestRenumberedWhileAnswersWait(t *testing.T) {
	t.Parallel()
	for _, change := range []uint32{0xdff0c7ca, 0xc8ea25f3, 5 << 24} {
		all := bothSides(0, [2]uint32{change, 0})
		sides := make([][2]Segment, len(all)/2) // the one that the client is on, the other one
		for i := range sides {
			sides[i] = [2]Segment(all[2*i:])
		}
		all = []Segment{sides[0][1], sides[1][1]} // of the SYNs one side is not there
		const head = 6                            // the first segment of the first answer
		for i, side := range sides[2:] {
			switch i += 2; {
			case i == head:
				all = append(all, side[0], sides[i+1][1], side[1], sides[i+1][0])
			case i != head+1:
				all = append(all, side[0], side[1])
			}
		}
		read, _, w := play(inFileOrder(all))
		if !slices.Equal(read, logonRead) || len(w.conns) != 1 || w.counters.Conflicts > 0 || w.counters.Gaps > 0 {
			t.Errorf("%#x: %d connections, %q, %+v", change, len(w.conns), read, w.counters)
		}
	}
}

// bothSides returns a logon from a segment on, as both sides of a firewall show it.
func bothSides(from int, change [2]uint32) (all []Segment) {
	outer := newTape()
	outer.next = [2]uint32{3_000_000_000, 1<<32 - 100}
	outer.open()
	outer.logon()
	outer.close()
	for _, s := range outer.segments[from:] {
		other, side := s, toInt(isOf(Server)(s))
		other.TTL--
		other.Seq += change[side]
		other.Ack += change[side^1]
		all = append(all, s, other)
	}
	for i := range all {
		all[i].At.Time = epoch.Add(time.Duration(i) * time.Millisecond)
	}
	return all
}

// TestSameRequestOnSamePorts holds that a connection which begins as the one before it on its ports did is
// another one, though the capture shows no SYN of either.
func TestSameRequestOnSamePorts(t *testing.T) {
	t.Parallel()
	c := newTape()
	for range 2 {
		c.add(Client, FlagACK, get1)
		c.add(Server, FlagACK, ok5)
		c.add(Client, FlagACK, "")
		c.next = [2]uint32{3_000_000_000, 2_000_000_000}
	}
	read, _, w := play(c.segments)
	if want := []string{"GET /1 +0 > 200 +5", "GET /1 +0 > 200 +5"}; !slices.Equal(read, want) || w.counters.Connections != 2 {
		t.Errorf("%d connections, %q", w.counters.Connections, read)
	}
}

// TestSYNProxy plays a logon of which a capture has both sides of a firewall that answers the client's
// SYN itself, and then opens a connection to the server, with the client's number or one of its own.
func TestSYNProxy(t *testing.T) {
	t.Parallel()
	side := func(client, server uint32) []Segment {
		c := newTape()
		c.next = [2]uint32{client, server}
		c.open()
		c.logon()
		c.close()
		return c.segments
	}
	const handshake = 3
	for _, own := range []uint32{2_000_000_000, 3_000_000_000} {
		for early := range 3 { // segments of the client that the firewall gets while it opens the other side
			outer, inner := side(2_000_000_000, 1_000_000_000), side(own, 4_000_000_000)
			n := handshake
			all := slices.Concat(outer[:n], inner[:1], outer[n:n+early], inner[1:n])
			for i := n; i < len(outer); i++ {
				pair := []Segment{outer[i], inner[i]}
				if isOf(Server)(outer[i]) {
					slices.Reverse(pair)
				} else if i < n+early {
					pair = pair[1:]
				}
				all = append(all, pair...)
			}
			for i := range all {
				all[i].At.Time = epoch.Add(time.Duration(i) * time.Millisecond)
			}
			read, said, w := play(all)
			if !slices.Equal(read, logonRead) || said || len(w.conns) != 1 || w.conns[0].Conflict {
				t.Errorf("inside from %d, %d early: %d connections, %q, %+v", own, early, len(w.conns), read, w.counters)
			}
		}
	}
}

// TestMadeUpSYNs holds that SYNs which somebody makes up while a connection is opened neither hide nor add a
// message, whether a capture has one side of a firewall or both.
func TestMadeUpSYNs(t *testing.T) {
	t.Parallel()
	for _, change := range [][2]uint32{{0, 0}, {1 << 30, 0}, {1 << 31, 5 << 24}} {
		for _, away := range []uint32{1 << 20, 1 << 29, 5 << 28, 3 << 30, 1<<32 - 1<<20} {
			for n := range 4 {
				if change != [2]uint32{} && n > 2 { // fewer than maxNumbers
					continue
				}
				read, w := madeUpSYNs(change, away, n)
				if !slices.Equal(read, logonRead) || len(w.conns) != 1 {
					t.Errorf("%#x, %d made up, %#x away: %d connections, %q", change, n, away, len(w.conns), read)
				}
			}
		}
	}
}

// madeUpSYNs plays a logon with n SYNs of others behind those of its client.
func madeUpSYNs(change [2]uint32, away uint32, n int) ([]string, *wire) {
	outer := newTape()
	outer.next = [2]uint32{3_000_000_000, 1<<32 - 100}
	outer.open()
	outer.logon()
	outer.close()
	var all []Segment
	for i, s := range outer.segments {
		all = append(all, s)
		from := toInt(isOf(Server)(s))
		if s.TTL--; change != [2]uint32{} {
			s.Seq += change[from]
			if s.Flags&FlagACK != 0 {
				s.Ack += change[from^1]
			}
			all = append(all, s)
		}
		for j := range n {
			if i == 0 {
				s.Seq = outer.segments[0].Seq + away + uint32(j)*7_000_000
				all = append(all, s)
			}
		}
	}
	for i := range all {
		all[i].At.Time = epoch.Add(time.Duration(i) * time.Millisecond)
	}
	read, _, w := play(all)
	return read, w
}
