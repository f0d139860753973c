package httpstream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// inFileOrder gives segments the times of their places, a millisecond apart.
func inFileOrder(segments []Segment) []Segment {
	for i := range segments {
		segments[i].At.Time = epoch.Add(time.Duration(i) * time.Millisecond)
	}
	return segments
}

// TestShuffledBeginning shuffles the beginning of a connection.
func TestShuffledBeginning(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testcost.Count(60, 2000)) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		c := newTape()
		c.mss = []int{1460, 400, 100}[rnd.IntN(3)]
		c.next = [2]uint32{rnd.Uint32(), rnd.Uint32()}
		c.open()
		c.logon()
		c.close()
		all := slices.Clone(c.segments)
		n := min(len(all), 4+rnd.IntN(28))
		rnd.Shuffle(n, func(i, j int) { all[i], all[j] = all[j], all[i] })
		if read, _, _ := play(inFileOrder(all)); !slices.Equal(read, logonRead) {
			t.Errorf("seed %d, %d of %d segments: %q", seed, n, len(all), read)
		}
	}
}

// TestBackwards reverses the beginning, and puts it between others.
func TestBackwards(t *testing.T) {
	t.Parallel()
	for n := 2; n < 30; n++ {
		c := newTape()
		c.mss = 200
		c.open()
		c.logon()
		c.close()
		all := slices.Clone(c.segments)
		slices.Reverse(all[:min(n, len(all))])
		if read, _, _ := play(inFileOrder(all)); !slices.Equal(read, logonRead) {
			t.Errorf("%d segments backwards: %q", n, read)
		}
	}
}

// TestBeforeAnswer sends what somebody made up before the server has answered the SYN, with
// numbers near and far: no client takes it.
func TestBeforeAnswer(t *testing.T) {
	t.Parallel()
	for _, by := range []uint32{1, 5000, 400_000, 20 << 20, far, 1<<32 - 5000} {
		for _, flags := range []uint8{FlagACK, FlagACK | FlagFIN, FlagACK | FlagSYN} {
			for _, b := range []string{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n\r\nblocked", ""} {
				if flags&FlagSYN != 0 && b != "" {
					continue
				}
				c := newTape()
				c.intrude = func(c *tape, place string) {
					if place == "SYN/ACK" {
						c.raw(Server, flags, c.next[Server]+by, c.next[Client], b)
					}
				}
				c.open()
				c.logon()
				c.close()
				if read, said, _ := play(c.segments); !slices.Equal(read, logonRead) && !said {
					t.Errorf("%q with flags %#x, %#x ahead: %q, and nothing is said", b, flags, by, read)
				}
			}
		}
	}
}

// TestWrongAnswer sends a SYN/ACK that acknowledges another SYN.
func TestWrongAnswer(t *testing.T) {
	t.Parallel()
	for _, ack := range []uint32{0, 1000, 5000, 70000, far} {
		for _, place := range []string{"SYN/ACK", "ACK"} {
			c := newTape()
			c.intrude = func(c *tape, at string) {
				if at == place {
					c.raw(Server, FlagSYN|FlagACK, 0x30000000, ack, "")
				}
			}
			c.open()
			c.logon()
			c.close()
			if read, _, _ := play(c.segments); !slices.Equal(read, logonRead) {
				t.Errorf("ACK of %d at %s: %q", ack, place, read)
			}
		}
	}
}

// TestOpeningIsNoLonger holds that a connection that began before the capture is not held for
// long, nor much of it, and that what is held counts.
func TestOpeningIsNoLonger(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		after time.Duration
		more  int
	}{{"later", openingAge, 1}, {"many", 0, minOpening}} {
		w := newWire()
		w.send(Client, get1)
		w.send(Server, ok5)
		if len(w.exchanges) > 0 || w.a.shared.held == 0 {
			t.Errorf("%s: %d exchanges, %d bytes held", tt.name, len(w.exchanges), w.a.shared.held)
		}
		w.now = w.now.Add(tt.after)
		for range tt.more {
			w.segment(Client, FlagACK, w.sent[Client], "")
		}
		if got := fmt.Sprint(len(w.exchanges)); got != "1" {
			t.Errorf("%s: %s exchanges", tt.name, got)
		}
		w.expect(t, "GET /1 +0 > 200 +5")
	}
}

// TestKeep overwrites what segments were in, once their bytes are no longer valid, while some of
// them are still held: some were before, and some come later.
func TestKeep(t *testing.T) {
	t.Parallel()
	for all := range 4 {
		w := newWire()
		w.sum = sumRight
		var memory [][]byte
		w.before = func(s *Segment) { memory = append(memory, s.Header, s.Payload) }
		say := []string{get1, ok5, get2, ok5}
		for i, text := range say {
			w.send(Side(i%2), text)
			if i >= all {
				w.a.Keep()
				for _, b := range memory {
					clear(b)
				}
			}
		}
		w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5")
	}
}

// TestDataInSYN loses what a client says after a SYN with data that was accepted whole: the
// responses are there, and it is said what is missing.
func TestDataInSYN(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.raw(Client, FlagSYN, 1000, 0, get1)
	next := 1001 + uint32(len(get1))
	w.raw(Server, FlagSYN|FlagACK, 5000, next, "")
	w.raw(Server, FlagACK, 5001, next, ok5)
	w.raw(Server, FlagACK, 5001+uint32(len(ok5)), next+uint32(len(get2)), ok5)
	w.expect(t, "GET /1 +0 > 200 +5", "- > 200 +5")
	if w.counters.LostBytes != int64(len(get2)) {
		t.Errorf("%d bytes lost, want %d", w.counters.LostBytes, len(get2))
	}
}

// TestEndBehindReuse plays a beginning that holds two connections on the same ports, and a third behind the
// end of the second: what is held of the end is taken before what comes next there.
func TestEndBehindReuse(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.before = func(*Segment) {
		for range maxFree { // so that no flow is the next one again
			w.a.shared.pools.flows.put(&flow{})
		}
	}
	const first, second, third, fourth = 3_497_041_711, 1132, 635_553_970, 3_497_141_711
	w.raw(Client, FlagACK, first, 2_734_431_685, get1)
	w.raw(Server, FlagACK, 5073, second, denied)
	w.raw(Client, FlagACK, second, 5073+uint32(len(denied)), get2)
	w.raw(Server, FlagRST|FlagACK, 2_734_431_685, first+uint32(len(get1)), "")
	w.raw(Client, FlagACK, third, 3_851_265_252, "x")
	w.now = w.now.Add(5 * time.Second)
	w.raw(Server, FlagACK, 2_734_431_709, fourth, "y")
	w.raw(Client, FlagACK, fourth, 2_734_431_710, get3)
	w.expect(t, "GET /1 +0 > -", "- > 401 +0; its request is not in the capture", "GET /2 +0 > -", "GET /3 +0 > -")
}

// TestEndWhileAnotherBegins ends a capture while what is held of a beginning has a RST, and the first segments of
// the next connection on its ports, whose SYN is not in the capture.
func TestEndWhileAnotherBegins(t *testing.T) {
	t.Parallel()
	c := newTape()
	c.next = [2]uint32{3_000_000_000, 2_000_000_000}
	c.raw(Server, FlagACK, c.next[Server]-1, c.next[Client], "") // of the connection before
	c.raw(Client, FlagACK, c.next[Client], c.next[Server], "")
	c.open()
	for i := range logon {
		if c.say(i); i == 1 {
			c.raw(Client, FlagRST, c.next[Client]+1, 0, "") // which nobody takes
		}
	}
	c.next = [2]uint32{1_000_000_000, 4_000_000_000}
	c.say(0)
	c.say(1)
	if read, _, w := play(c.segments); !slices.Equal(read, slices.Concat(logonRead, logonRead[:1])) {
		t.Errorf("%q, %+v", read, w.counters)
	}
}
