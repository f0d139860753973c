package httpstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// A disorder is what capturing does to the segments of a connection. It is lossy if not all of
// them are left.
type disorder struct {
	name  string
	lossy bool
	of    func(all []Segment) []Segment
}

func isOf(side Side) func(s Segment) bool {
	return func(s Segment) bool { return (s.Src == clientAddr) == (side == Client) }
}

// only keeps the segments for which keep reports true.
func only(keep func(s Segment) bool) func(all []Segment) []Segment {
	return func(all []Segment) []Segment {
		return slices.DeleteFunc(slices.Clone(all), func(s Segment) bool { return !keep(s) })
	}
}

// later puts what one side sends n segments later.
func later(side Side, n int) func(all []Segment) []Segment {
	return func(all []Segment) (out []Segment) {
		var late []Segment
		for _, s := range all {
			if !isOf(side)(s) {
				out = append(out, s)
				continue
			}
			if late = append(late, s); len(late) > n {
				out, late = append(out, late[0]), late[1:]
			}
		}
		return append(out, late...)
	}
}

// snapped cuts payloads to n bytes.
func snapped(n int) func(all []Segment) []Segment {
	return func(all []Segment) []Segment {
		out := slices.Clone(all)
		for i := range out {
			if s := &out[i]; len(s.Payload) > n {
				s.Missing, s.Payload = len(s.Payload)-n, s.Payload[:n]
			}
		}
		return out
	}
}

func disorders(segments int) []disorder {
	all := []disorder{
		{"each twice", false, func(all []Segment) (out []Segment) {
			for _, s := range all {
				out = append(out, s, s)
			}
			return out
		}},
		{"all twice", false, func(all []Segment) []Segment { return slices.Concat(all, all) }},
		{"data without ACKs between", false, only(func(s Segment) bool { return len(s.Payload) > 0 || s.Flags&(FlagSYN|FlagFIN) != 0 })},
		{"data alone", false, only(func(s Segment) bool { return len(s.Payload) > 0 })},
		{"no SYN", false, only(func(s Segment) bool { return s.Flags&FlagSYN == 0 })},
		{"no SYN of the client", false, only(func(s Segment) bool { return s.Flags&FlagSYN == 0 || isOf(Server)(s) })},
		{"no SYN of the server", false, only(func(s Segment) bool { return s.Flags&FlagSYN == 0 || isOf(Client)(s) })},
	}
	for _, side := range []Side{Client, Server} {
		for n := 1; n < segments; n += 1 + n/8 {
			all = append(all, disorder{fmt.Sprintf("the %s %d segments later", side, n), false, later(side, n)})
		}
	}
	for n := 2; n < 6; n++ {
		all = append(all, disorder{fmt.Sprintf("backwards in groups of %d", n), false, func(all []Segment) (out []Segment) {
			for group := range slices.Chunk(slices.Clone(all), n) {
				slices.Reverse(group)
				out = append(out, group...)
			}
			return out
		}})
	}
	for _, n := range []int{0, 1, 10, 16, 20, 60, 64, 100, 200, 300} {
		all = append(all, disorder{fmt.Sprintf("snapped to %d bytes", n), true, snapped(n)})
	}
	return all
}

// TestDisorder plays a logon in segments of several lengths, with numbers that wrap at several
// places, as capturing may show it.
func TestDisorder(t *testing.T) {
	t.Parallel()
	for _, mss := range []int{1460, 536, 7, 1} {
		numbers := []uint32{1000, 1<<32 - 1, 1<<32 - 16, 1<<31 - 1, 1<<32 - 512}
		for i := 0; i < len(numbers); i += testcost.Step(2) {
			c := newTape()
			c.mss, c.next = mss, [2]uint32{numbers[i], numbers[i] - 77}
			c.open()
			c.logon()
			c.close()
			for _, d := range disorders(len(c.segments)) {
				if mss == 1 && len(c.segments) > maxPieces && d.name != "each twice" && d.name != "no SYN" {
					continue // more are out of order than are kept
				}
				segments := slices.Clone(d.of(c.segments))
				for i := range segments { // in the order of the file, as the clock goes on
					segments[i].At.Time = epoch.Add(time.Duration(i) * time.Millisecond)
				}
				if read, said, _ := play(segments); !slices.Equal(read, logonRead) && !(d.lossy && said) {
					t.Errorf("mss %d, from %#x, %s: %q, said: %v", mss, numbers[i], d.name, read, said)
				}
			}
		}
	}
}

// TestOneMissing plays a logon without each of its segments: what is not read is said.
func TestOneMissing(t *testing.T) {
	t.Parallel()
	c := newTape()
	c.mss = 200
	c.open()
	c.logon()
	c.close()
	for i := range c.segments {
		if read, said, _ := play(slices.Delete(slices.Clone(c.segments), i, i+1)); !slices.Equal(read, logonRead) && !said {
			t.Errorf("without segment %d: %q, and nothing is said", i, read)
		}
	}
}

// TestLateSide has one side of a connection late, as where two machines captured it whose clocks
// differ, with its beginning and without.
func TestLateSide(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{10 * time.Millisecond, 310 * time.Millisecond, 3 * time.Second} {
		for late := range Side(2) {
			for _, whole := range []bool{true, false} {
				c := newTape()
				c.next = [2]uint32{1001, 5001}
				if whole {
					c.next = [2]uint32{1000, 5000}
					c.open()
				}
				c.logon()
				c.logon()
				c.close()
				for i := range c.segments {
					if s := &c.segments[i]; (s.Src == serverAddr) == (late == Server) {
						s.At.Time = s.At.Time.Add(by)
					}
				}
				slices.SortStableFunc(c.segments, func(a, b Segment) int { return a.At.Time.Compare(b.At.Time) })
				if read, _, _ := play(c.segments); !slices.Equal(read, slices.Concat(logonRead, logonRead)) {
					t.Errorf("%s late by %v, whole: %v: %q", late, by, whole, read)
				}
			}
		}
	}
}

// TestSwitchDisorder exchanges each two neighbours where a connection goes on in another protocol, or has
// all of the client last: the capture may show the answer before the request, or what follows before the
// answer.
func TestSwitchDisorder(t *testing.T) {
	t.Parallel()
	cl, s := newSpeakers()
	for want, messages := range map[string][]string{
		"GET / +0 > 204 +0, GET /1 +0 > 101 +0, GET /1 +0 > 401 +0": {
			"GET /1 HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
			preface + string(cl.frame(frameSettings, 0, 0, nil).b),
			string(s.frame(frameSettings, 0, 0, nil).b) + string(s.headers(1, flagEndStream, ":status: 401").b),
			string(cl.headers(3, flagEndStream, get...).b),
			string(s.headers(3, flagEndStream, ":status: 204").b),
		},
		"CONNECT b.test:80 +0 > 200 +0, CONNECT b.test:80 +0 > 407 +0, GET /1 +0 > 401 +0": {
			"CONNECT b.test:80 HTTP/1.1\r\nHost: b.test:80\r\n\r\n", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
			"CONNECT b.test:80 HTTP/1.1\r\nHost: b.test:80\r\n\r\n", "HTTP/1.1 200 Connection established\r\n\r\n", get1, denied,
		},
	} {
		c := newTape()
		c.open()
		for i, m := range messages {
			c.add(Side(i%2), FlagACK, m)
		}
		c.close()
		for i := range len(c.segments) {
			all := slices.Clone(c.segments)
			if i+1 < len(all) {
				all[i], all[i+1] = all[i+1], all[i]
			} else {
				all = later(Client, len(all))(all)
			}
			read, said, w := play(all)
			slices.Sort(read)
			if got := strings.Join(read, ", "); got != want || said || !slices.ContainsFunc(w.exchanges, func(x *Exchange) bool { return x.Conn.Tunnel != nil }) {
				t.Errorf("segment %d after the next: %q, and not %q, said: %v", i, got, want, said)
			}
		}
	}
}

// TestReusedBelow opens a connection on the ports of one that did not end, with lower numbers,
// and what its server sends comes before the answer to the SYN.
func TestReusedBelow(t *testing.T) {
	t.Parallel()
	for _, from := range []uint32{2_000_000, 0} { // and around the wrap
		c := newTape()
		c.next = [2]uint32{from, from + 5000}
		c.open()
		c.logon()
		begin := len(c.segments)
		c.next = [2]uint32{from - 100_000, from - 200_000}
		c.open()
		c.logon()
		c.close()
		for _, to := range []int{4, 6, 8} {
			all := slices.Clone(c.segments)
			answer := all[begin+1]
			all = slices.Insert(slices.Delete(all, begin+1, begin+2), begin+to, answer)
			if read, said, _ := play(inFileOrder(all)); !slices.Equal(read, slices.Concat(logonRead, logonRead)) {
				t.Errorf("from %d, the answer comes %d later: %q, said: %v", from, to-1, read, said)
			}
		}
	}
}

// TestLateSideThenReuse has one side of a connection late, and another connection on its ports, whose
// SYN is not in the capture, while the first one is still held.
func TestLateSideThenReuse(t *testing.T) {
	t.Parallel()
	for _, wait := range []time.Duration{0, time.Second, 2 * linger} {
		c := newTape()
		c.open()
		c.logon()
		c.close()
		for i := range c.segments {
			if isOf(Server)(c.segments[i]) {
				c.segments[i].At.Time = c.segments[i].At.Time.Add(20 * time.Millisecond)
			}
		}
		slices.SortStableFunc(c.segments, func(a, b Segment) int { return a.At.Time.Compare(b.At.Time) })
		c.now += wait + 20*time.Millisecond
		c.next = [2]uint32{3_000_000_000, 1_000_000_000}
		c.logon()
		if read, _, w := play(c.segments); !slices.Equal(read, slices.Concat(logonRead, logonRead)) || len(w.counters.Dropped) > 0 {
			t.Errorf("after %v: %q, given up: %v", wait, read, w.counters.Dropped)
		}
	}
}
