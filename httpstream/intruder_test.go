package httpstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// An intruder is what comes between the segments of a connection: of its ends, of somebody who
// wants to deceive them or whoever listens, or of the network.
type intruder struct {
	name string
	come func(t *tape, from Side)
}

const far = 0x50000000

var offsets = []struct {
	name string
	by   uint32
}{{"next", 0}, {"100 ahead", 100}, {"60000 ahead", 60000}, {"one behind", 1<<32 - 1}, {"far", far}, {"1 MB behind", 1<<32 - 1<<20}}

// harmless returns intruders that change nothing, wherever they come.
func harmless() (all []intruder) {
	add := func(name string, come func(t *tape, from Side)) { all = append(all, intruder{name: name, come: come}) }
	flags := map[string]uint8{"keep-alive": FlagACK, "URG": FlagACK | 0x20, "ECN": FlagACK | 0xc0, "no flags": 0, "FIN PSH URG": 0x29}
	for name, f := range flags {
		add(name, func(t *tape, from Side) { t.raw(from, f, t.next[from]-1, t.next[from.Other()], "") })
	}
	for _, b := range []string{"\x00", "G", "H"} {
		add(fmt.Sprintf("keep-alive with %q", b), func(t *tape, from Side) {
			for range 2 {
				t.raw(from, FlagACK, t.next[from]-1, t.next[from.Other()], b)
			}
			t.raw(from.Other(), FlagACK, t.next[from.Other()], t.next[from], "")
		})
	}
	for _, o := range offsets {
		for name, f := range map[string]uint8{"RST": FlagRST, "RST/ACK": FlagRST | FlagACK, "FIN": FlagFIN | FlagACK, "FIN alone": FlagFIN, "SYN/ACK": FlagSYN | FlagACK, "SYN": FlagSYN} {
			add(name+" "+o.name, func(t *tape, from Side) { t.raw(from, f, t.next[from]+o.by, t.next[from.Other()], "") })
		}
		add("SYN that is challenged "+o.name, func(t *tape, from Side) {
			t.raw(from, FlagSYN, t.next[from]+o.by, 0, "")
			t.raw(from.Other(), FlagACK, t.next[from.Other()], t.next[from], "")
		})
	}
	for _, by := range []uint32{1, 1000, 70000, 0x20000000, 1<<32 - 1000, far} {
		add(fmt.Sprintf("ACK ahead by %#x", by), func(t *tape, from Side) { t.raw(from, FlagACK, t.next[from], t.next[from.Other()]+by, "") })
	}
	again := func(reverse bool) func(t *tape, from Side) {
		return func(t *tape, from Side) {
			before := slices.Clone(t.segments)
			if reverse {
				slices.Reverse(before)
			}
			for _, s := range before {
				if (s.Src == clientAddr) == (from == Client) {
					t.raw(from, s.Flags, s.Seq, s.Ack, string(s.Payload))
				}
			}
		}
	}
	add("all again", again(false))
	add("all again, backwards", again(true))
	for _, d := range []time.Duration{time.Hour, -time.Hour, -time.Second} {
		add("the clock is set by "+d.String(), func(t *tape, from Side) { t.now += d })
	}
	return all
}

// decoys returns data that the other end does not take.
func decoys() (all []intruder) {
	for _, o := range offsets {
		for _, b := range []string{"GET /spoof HTTP/1.1\r\nHost: b\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", strings.Repeat("z", 1400)} {
			add := func(name string, come func(t *tape, from Side, seq uint32)) {
				all = append(all, intruder{name: fmt.Sprintf("%.4s %s, %s", b, o.name, name), come: func(t *tape, from Side) { come(t, from, t.next[from]+o.by) }})
			}
			add("wrong checksum", func(t *tape, from Side, seq uint32) {
				sum(t.raw(from, FlagACK, seq, t.next[from.Other()], b), false)
			})
			add("few hops", func(t *tape, from Side, seq uint32) { t.raw(from, FlagACK, seq, t.next[from.Other()], b).TTL -= 30 })
			add("few hops and FIN", func(t *tape, from Side, seq uint32) {
				t.raw(from, FlagFIN|FlagACK, seq, t.next[from.Other()], b).TTL -= 30
			})
			add("no ACK", func(t *tape, from Side, seq uint32) { t.raw(from, 0, seq, 0, b) })
			add("an ACK of what was not sent", func(t *tape, from Side, seq uint32) { t.raw(from, FlagACK, seq, t.next[from.Other()]+far/2, b) })
		}
	}
	return all
}

// TestIntruders plays a logon with each intruder at each place, of either side. Where the
// numbers of the connection are known, those that change nothing must change nothing. Data that
// the other end does not take are left out, or else it is said that something differs.
func TestIntruders(t *testing.T) {
	t.Parallel()
	const opening = 3 // places at which nothing shows yet whose numbers are right
	for _, k := range harmless() {
		for i, place := range places {
			for _, from := range []Side{Client, Server} {
				read, said := intruded(k, place, from)
				if !slices.Equal(read, logonRead) && (!said || i >= opening) {
					t.Errorf("%s of the %s at %s: %q, said: %v", k.name, from, place, read, said)
				}
			}
		}
	}
	all := decoys()
	for i := 0; i < len(all); i += testcost.Step(7) {
		for _, place := range places[opening:] {
			for _, from := range []Side{Client, Server} {
				if read, said := intruded(all[i], place, from); !slices.Equal(read, logonRead) && !said {
					t.Errorf("%s of the %s at %s: %q, and nothing is said", all[i].name, from, place, read)
				}
			}
		}
	}
}

// intruded plays a logon with k at a place.
func intruded(k intruder, place string, from Side) (read []string, said bool) {
	c := newTape()
	c.intrude = func(c *tape, at string) {
		if at == place {
			k.come(c, from)
		}
	}
	c.open()
	c.logon()
	c.close()
	read, said, _ = play(c.segments)
	return read, said
}
