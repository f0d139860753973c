package httpstream

import (
	"slices"
	"strings"
	"testing"
)

// TestDecoysTogether plays a logon with several decoys at each place: one that comes before its turn, and one of
// each side where that is. None of them is read, nor hides anything.
func TestDecoysTogether(t *testing.T) {
	t.Parallel()
	reasons := map[string]func(*Segment){
		"wrong checksum": func(s *Segment) { sum(s, false) },
		"few hops":       func(s *Segment) { s.TTL -= 30 },
	}
	for why, spoil := range reasons {
		for _, b := range []string{"GET /spoof HTTP/1.1\r\nHost: b\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", strings.Repeat("z", 400)} {
			for _, by := range []uint32{0, 20, 100, 60000, far} {
				for _, place := range places[3 : len(places)-3] {
					for _, from := range []Side{Client, Server} {
						read, _, w := playWith(place, func(c *tape) {
							for _, o := range []struct {
								from Side
								by   uint32
							}{{from, by}, {from, 0}, {from.Other(), 0}} {
								spoil(c.raw(o.from, FlagACK, c.next[o.from]+o.by, c.next[o.from.Other()], b))
							}
						})
						if !slices.Equal(read, logonRead) || w.counters.Decoys == 0 {
							t.Errorf("%s, %.4s %d ahead of the %s at %s: %q, %d decoys", why, b, by, from, place, read, w.counters.Decoys)
						}
					}
				}
			}
		}
	}
}

// playWith plays a logon with what come adds at a place.
func playWith(place string, come func(*tape)) (read []string, said bool, w *wire) {
	c := newTape()
	c.mss = 200
	c.intrude = func(c *tape, at string) {
		if at == place {
			come(c)
		}
	}
	c.open()
	c.logon()
	c.close()
	return play(c.segments)
}

// TestDecoyWhileAnswersWait has a decoy in each segment of the answers that the capture shows before their requests,
// and so wait for these.
func TestDecoyWhileAnswersWait(t *testing.T) {
	t.Parallel()
	for why, spoil := range map[string]func(*Segment){
		"wrong checksum": func(s *Segment) { sum(s, false) },
		"few hops":       func(s *Segment) { s.TTL -= 30 },
	} {
		c := newTape()
		c.mss = 50
		c.open()
		c.say(0)
		c.say(1)
		requests, answers := c.segments[3:6], c.segments[6:]
		for n := range answers {
			if len(answers[n].Payload) == 0 {
				continue
			}
			decoy := answers[n]
			decoy.Payload = []byte(strings.Repeat("z", len(decoy.Payload)))
			spoil(&decoy)
			all := slices.Concat(c.segments[:3], answers[:n], []Segment{decoy}, answers[n:], requests)
			if read, _, w := play(inFileOrder(all)); !slices.Equal(read, logonRead[:1]) || w.counters.Decoys != 1 || w.counters.Conflicts != 0 {
				t.Errorf("%s in front of segment %d: %q, %d decoys, %d conflicts", why, n, read, w.counters.Decoys, w.counters.Conflicts)
			}
		}
	}
}

// TestDecoyInBody has a decoy in the middle of a body, which is longer than what is left of that.
func TestDecoyInBody(t *testing.T) {
	t.Parallel()
	for n := range 5 {
		for _, from := range []Side{Client, Server} {
			c := newTape()
			c.open()
			body := strings.Repeat("x", 500)
			for side, head := range []string{"POST /1 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 500\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"} {
				c.add(Side(side), FlagACK, head)
				for i := range 5 {
					if i == n && side == int(from) {
						sum(c.raw(from, FlagACK, c.next[from], c.next[from.Other()], strings.Repeat("z", 510)), false)
					}
					c.add(Side(side), FlagACK, body[:100])
				}
			}
			c.add(Client, FlagACK, get2)
			c.add(Server, FlagACK, ok5)
			c.close()
			if read, _, w := play(c.segments); !slices.Equal(read, []string{"POST /1 +500 > 200 +500", "GET /2 +0 > 200 +5"}) || w.counters.Decoys != 1 {
				t.Errorf("in segment %d of the %s: %q, %d decoys", n, from, read, w.counters.Decoys)
			}
		}
	}
}

// TestFINInPlaceOfData has FINs of both sides that somebody made up, one far ahead, and one in the place of data
// that follow.
func TestFINInPlaceOfData(t *testing.T) {
	t.Parallel()
	for _, from := range []Side{Client, Server} {
		for _, place := range places[3 : len(places)-3] {
			for _, by := range []uint32{1, 50, 150} {
				read, _, _ := playWith(place, func(c *tape) {
					c.raw(from.Other(), FlagFIN|FlagACK, c.next[from.Other()]+1<<20, c.next[from], "")
					c.raw(from, FlagFIN|FlagACK, c.next[from]+by, c.next[from.Other()], "")
				})
				if !slices.Equal(read, logonRead) {
					t.Errorf("%d ahead of the %s at %s: %q", by, from, place, read)
				}
			}
		}
	}
}
