package httpstream

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestChecksum holds sums that were computed by other means.
func TestChecksum(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src, dst                            string
		right, partial, partialWithNoLength uint16
	}{
		{"192.0.2.10", "192.0.2.20", 0x93ef, 0x8469, 0x8425},
		{"2001:db8::a", "2001:db8::14", 0xbc7e, 0x5bda, 0x5b96},
	} {
		s := Segment{Src: netip.AddrPortFrom(netip.MustParseAddr(c.src), 50000), Dst: netip.AddrPortFrom(netip.MustParseAddr(c.dst), 80)}
		s.Header = []byte("\xc3\x50\x00\x50\x00\x00\x03\xe9\x00\x00\x13\x89\x80\x18\x01\xf6\x00\x00\x00\x00\x01\x01\x08\x0a\x00\x00\x00\x4d\x00\x00\x00\x63")
		s.Payload = []byte(get1 + "odd")
		for field, want := range map[uint16]checksum{
			c.right: sumRight, c.right + 1: sumWrong, c.partial: sumUnknown, c.partialWithNoLength: sumUnknown, 0: sumUnknown,
		} {
			binary.BigEndian.PutUint16(s.Header[16:], field)
			if got := s.checksum(0, 0); got != want {
				t.Errorf("%s: checksum %#x is %d, want %d", c.src, field, got, want)
			}
		}
		s.Missing = 1
		if got := s.checksum(0, 0); got != sumUnknown {
			t.Errorf("%s: a segment that was cut is %d", c.src, got)
		}
		s.Missing, s.Header = 0, s.Header[:19]
		if got := s.checksum(0, 0); got != sumUnknown {
			t.Errorf("%s: a header that was cut is %d", c.src, got)
		}
	}
}

// TestHeldBack plays segments that the other end may not have taken.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	const decoy = "GET /decoy HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n"
	const answer = "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/10.0\r\nX-Powered-By: ASP.NET\r\nContent-Length: 5\r\n\r\nhello"
	forged := strings.Replace(denied, "Content", "X-Pad: "+strings.Repeat("x", cheapSum)+"\r\nContent", 1)
	const longer = decoy + "and more, so that the request ends before it does"
	for _, tt := range []struct {
		name      string
		play      func(w *wire)
		want      []string
		decoys    int
		conflicts int
		wrong     int
	}{
		{"a wrong checksum, and the request", func(w *wire) {
			w.decoy(0, decoy)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"longer than the request", func(w *wire) {
			w.decoy(0, longer)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"several of them", func(w *wire) {
			w.decoy(0, decoy)
			w.decoy(0, longer)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"after the request", func(w *wire) {
			w.send(Client, get1)
			w.decoy(0, decoy)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"few hops to live", func(w *wire) {
			w.ttl = 3
			w.segment(Client, FlagACK, 0, get1[:5]+"2"+get1[6:])
			w.ttl = 64
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"no response, and one", func(w *wire) {
			w.send(Client, get1)
			w.wrong(Server, 0, "noise where a response should begin")
			w.segment(Server, FlagACK, 0, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"requests, and a response", func(w *wire) {
			w.decoy(0, decoy)
			w.segment(Client, FlagACK, 0, get1)
			w.wrong(Server, 0, denied)
			w.segment(Server, FlagACK, 0, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 2, 0, 0},
		{"a response", func(w *wire) {
			w.send(Client, get1)
			w.ttl = 3
			w.segment(Server, FlagACK, 0, denied)
			w.ttl = 64
			w.segment(Server, FlagACK, 0, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"waiting for a lost segment", func(w *wire) {
			w.send(Client, get1)
			w.send(Server, ok5)
			w.decoy(len(get1)+10, decoy)
			w.segment(Client, FlagACK, len(get1)+10, get2[10:])
			w.segment(Client, FlagACK, len(get1), get2[:10])
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}, 1, 0, 0},
		{"the same bytes again", func(w *wire) {
			w.decoy(0, get1)
			w.segment(Client, FlagACK, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 0, 0, 0},
		{"no other copy, acknowledged", func(w *wire) {
			w.wrong(Client, 0, get1)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 0, 0, 0},
		{"no other copy, and right ones elsewhere", func(w *wire) {
			w.send(Client, get1)
			w.send(Server, ok5)
			w.wrong(Client, len(get1), get2)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}, 0, 0, 1},
		{"another route", func(w *wire) {
			w.ttl = 50
			w.send(Client, get1)
			w.send(Server, ok5)
			w.send(Client, get2)
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5"}, 0, 0, 0},
		{"the rest follows", func(w *wire) {
			w.wrong(Client, 0, get1[:20])
			w.segment(Client, FlagACK, 20, get1[20:])
			w.send(Server, ok5)
		}, []string{"GET /1 +0 > 200 +5"}, 0, 0, 0},
		{"the end of the capture", func(w *wire) { w.decoy(0, get1) }, []string{"GET /1 +0 > -"}, 0, 0, 0},
		{"the end of the connection", func(w *wire) {
			w.sum = sumWrong
			w.segment(Client, FlagACK|FlagFIN, 0, get1)
			w.sent[Client]++
			w.sum = sumRight
			w.send(Server, ok5)
			w.fin(Server)
		}, []string{"GET /1 +0 > 200 +5"}, 0, 0, 0},
		{"a forged response is the first", func(w *wire) {
			w.send(Client, get1)
			w.wrong(Server, 0, denied)
			w.segment(Server, FlagACK, 0, answer)
		}, []string{"GET /1 +0 > 200 +5"}, 1, 0, 0},
		{"a forged response that is long is the first", func(w *wire) {
			w.send(Client, get1)
			w.wrong(Server, 0, forged)
			w.segment(Server, FlagACK, 0, forged[:9]+"403"+forged[12:])
		}, []string{"GET /1 +0 > 401 +0"}, 0, 1, 0},
		{"a forged response after another one", func(w *wire) {
			w.send(Client, get1)
			w.wrong(Server, 0, forged)
			w.segment(Server, FlagACK, 0, forged[:9]+"403"+forged[12:])
			w.send(Client, get2)
			w.wrong(Server, len(forged), forged)
			w.segment(Server, FlagACK, len(forged), answer)
		}, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}, 1, 1, 0},
		{"a response again", func(w *wire) {
			w.send(Client, get1)
			w.send(Server, answer)
			w.segment(Server, FlagACK, 0, answer)
			w.segment(Server, FlagACK, 0, answer[:20])
		}, []string{"GET /1 +0 > 200 +5"}, 0, 0, 0},
		{"both sound", func(w *wire) {
			w.send(Client, decoy)
			w.segment(Client, FlagACK, 0, "PUT"+decoy[3:])
			w.send(Server, ok5)
		}, []string{"GET /decoy +0 > 200 +5"}, 0, 1, 0},
		{"all sums are wrong", func(w *wire) {
			for _, get := range []string{get1, get2} {
				w.wrong(Client, w.sent[Client], get)
				w.wrong(Server, w.sent[Server], ok5)
			}
			w.wrong(Client, w.sent[Client], get3)
		}, []string{"GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5", "GET /3 +0 > -"}, 0, 0, 0},
	} {
		w := newWire()
		w.sum, w.ttl = sumRight, 64
		w.handshake()
		tt.play(w)
		w.expect(t, tt.want...)
		if c := w.counters; c.Decoys != tt.decoys || c.Conflicts != tt.conflicts || c.WrongSums != tt.wrong || c.LostBytes != 0 || len(c.Places.Contradictions()) != min(tt.decoys, 1)+min(tt.conflicts, 1)+min(tt.wrong, 1) {
			t.Errorf("%s: %d decoys, %d conflicts, %d wrong sums, %d bytes lost, at %v", tt.name, c.Decoys, c.Conflicts, c.WrongSums, c.LostBytes, c.Places.Contradictions())
		}
		if doubt := tt.conflicts+tt.wrong > 0; w.conns[0].Conflict != doubt {
			t.Errorf("%s: in conflict: %v, want %v", tt.name, w.conns[0].Conflict, doubt)
		}
	}
}

// decoy sends bytes of the client that its other end never sees.
func (w *wire) decoy(offset int, b string) {
	sent := w.sent[Client]
	w.wrong(Client, offset, b)
	w.sent[Client] = sent
}

// wrong sends bytes with a wrong checksum.
func (w *wire) wrong(from Side, offset int, b string) {
	w.sum = sumWrong
	w.segment(from, FlagACK, offset, b)
	w.sum = sumRight
}

// TestOldTimestamps plays a logon whose segments have timestamps, with a decoy of an older one in
// front of each message.
func TestOldTimestamps(t *testing.T) {
	stamped := func(s *Segment, value uint32) {
		w := wire{sum: sumRight, stamp: value}
		w.addHeader(s)
	}
	for _, place := range messages[2:] {
		for _, size := range []int{20, 1400} {
			c := newTape()
			c.intrude = func(c *tape, at string) {
				if at == place {
					from := Side(slices.Index(messages, at) % 2)
					stamped(c.raw(from, FlagACK, c.next[from], c.next[from.Other()], strings.Repeat("z", size)), 100)
				}
			}
			c.open()
			c.logon()
			c.close()
			for i := range c.segments {
				if s := &c.segments[i]; s.Header == nil {
					stamped(s, 1000+uint32(i))
				}
			}
			if read, _, w := play(c.segments); !slices.Equal(read, logonRead) || w.counters.Decoys != 1 {
				t.Errorf("%d bytes in front of %s: %q, %d decoys", size, place, read, w.counters.Decoys)
			}
		}
	}
}

// TestReceivedAgain plays a first byte of which the other end says that it had it already.
func TestReceivedAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		block [2]uint32
		want  string
	}{
		"the byte again":      {[2]uint32{1001, 1002}, "GET /1 +0 > 200 +5"},
		"what lies above":     {[2]uint32{1010, 1020}, "- > 200 +5"},
		"what came before it": {[2]uint32{900, 1001}, "- > 200 +5"},
		"no block":            {[2]uint32{}, "- > 200 +5"},
	} {
		w := newWire()
		w.send(Client, "X")
		w.sack = tt.block
		w.segment(Server, FlagACK, 0, "")
		w.sack = [2]uint32{}
		w.segment(Client, FlagACK, 1, get1[:3]) // which does not show that a message begins
		w.segment(Client, FlagACK, 4, get1[3:])
		w.send(Server, ok5)
		w.a.Close()
		if got := summary(w.exchanges[0]); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// TestSentAgainWithMore holds back the beginning of a request, because all checksums of its side
// are wrong, as a network card leaves them: it comes again together with more.
func TestSentAgainWithMore(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, len(get1) - 1} {
		c := newTape()
		c.open()
		c.raw(Client, FlagACK, c.next[Client], c.next[Server], get1[:n])
		c.add(Client, FlagACK, get1)
		c.add(Server, FlagACK, denied)
		c.add(Client, FlagACK, get2)
		c.add(Server, FlagACK, ok5)
		c.close()
		for i := range c.segments {
			sum(&c.segments[i], c.segments[i].Src == serverAddr)
		}
		if read, _, _ := play(c.segments); !slices.Equal(read, []string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5"}) {
			t.Errorf("%d bytes first: %q", n, read)
		}
	}
}
