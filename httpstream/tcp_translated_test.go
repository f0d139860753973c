package httpstream

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	outsideClient = netip.MustParseAddrPort("203.0.113.5:61234")
	insideServer  = netip.MustParseAddrPort("10.1.1.20:8080")
)

// forwarded returns the segments of a tape, each with its copy on the other side of a router.
func forwarded(segments []Segment, client, server netip.AddrPort, hops uint8) []Segment {
	var all []Segment
	for _, s := range segments {
		copied := s
		copied.TTL -= hops
		if s.Src == clientAddr {
			copied.Src, copied.Dst = client, server
			all = append(all, s, copied)
		} else {
			copied.Src, copied.Dst = server, client
			copied.TTL, s.TTL = s.TTL, copied.TTL
			all = append(all, copied, s)
		}
	}
	return all
}

// beginAtRandom has both ends begin with numbers as real ones do.
func beginAtRandom(segments []Segment) {
	for i := range segments {
		s := &segments[i]
		s.Seq += 0x5eed0000
		if s.Flags&FlagACK != 0 {
			s.Ack += 0x5eed0000
		}
	}
}

// inBatches puts what is between clientAddr and serverAddr in front, as a capture of two interfaces
// may have it.
func inBatches(segments []Segment) []Segment {
	all := slices.Clone(segments)
	slices.SortStableFunc(all, func(a, b Segment) int {
		inside := func(s *Segment) int {
			return 1 - toInt(s.Src == clientAddr && s.Dst == serverAddr || s.Src == serverAddr && s.Dst == clientAddr)
		}
		return inside(&a) - inside(&b)
	})
	return all
}

// TestTranslated has a logon on both sides of a router that translates addresses.
func TestTranslated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		client, server netip.AddrPort
		midway         bool
		change         func([]Segment) []Segment
		hops           uint8
		conns          int
		ended          bool // it is over when the first copy comes, and was passed on
		small          bool // both ends begin with small numbers
	}{
		{name: "source", client: outsideClient, server: serverAddr, hops: 1, conns: 1},
		{name: "source, TTL kept", client: outsideClient, server: serverAddr, conns: 1},
		{name: "destination", client: clientAddr, server: insideServer, hops: 1, conns: 1},
		{name: "both", client: outsideClient, server: insideServer, hops: 1, conns: 1},
		{name: "source, midway", client: outsideClient, server: serverAddr, hops: 1, midway: true, conns: 1},
		{name: "both, midway", client: outsideClient, server: insideServer, hops: 1, midway: true, conns: 1},
		{name: "in batches", client: outsideClient, server: insideServer, hops: 1, change: inBatches, conns: 1, ended: true},
		{name: "in batches, TTL kept: a generator with fixed numbers", client: outsideClient, server: insideServer, change: inBatches, conns: 2},
		{name: "a generator with small numbers, hosts that are apart", client: outsideClient, server: insideServer, hops: 1, small: true, conns: 2},
		{name: "in batches, midway", client: outsideClient, server: insideServer, hops: 1, midway: true, change: inBatches, conns: 1, ended: true},
		{name: "one SYN lost", client: outsideClient, server: insideServer, hops: 1, conns: 1, change: func(all []Segment) []Segment { return slices.Delete(all, 1, 2) }},
		{name: "from the ACK on", client: outsideClient, server: insideServer, hops: 1, conns: 1, change: func(all []Segment) []Segment { return all[4:] }},
		{name: "other bytes", client: outsideClient, server: insideServer, hops: 1, midway: true, conns: 2, change: func(all []Segment) []Segment {
			for i := range all {
				if s := &all[i]; s.Src == outsideClient && len(s.Payload) > 0 {
					s.Payload = []byte(strings.Replace(string(s.Payload), "HTTP/1.1", "HTTP/1.0", 1))
				}
			}
			return all
		}},
		{name: "three sides", client: outsideClient, server: serverAddr, hops: 1, conns: 1, change: func(all []Segment) []Segment {
			var three []Segment
			for _, s := range all {
				three = append(three, s)
				if s.Src == outsideClient {
					s.Dst, s.TTL = insideServer, s.TTL-1
					three = append(three, s)
				} else if s.Dst == outsideClient {
					first := s
					first.Src, first.TTL = insideServer, s.TTL+1
					three = append(three[:len(three)-1], first, s)
				}
			}
			return three
		}},
		{name: "a second later", client: outsideClient, server: insideServer, hops: 1, conns: 2, change: func(all []Segment) []Segment {
			all = inBatches(all)
			for i := range all {
				if i >= len(all)/2 {
					all[i].At.Time = all[i].At.Time.Add(time.Second)
				}
			}
			return all
		}},
		{name: "another number of the server", client: outsideClient, server: insideServer, hops: 1, conns: 2, change: func(all []Segment) []Segment {
			for i := range all {
				switch s := &all[i]; {
				case s.Src == insideServer:
					s.Seq += 77
				case s.Dst == insideServer && s.Flags&FlagACK != 0:
					s.Ack += 77
				}
			}
			return all
		}},
	} {
		tape := newTape()
		if !tt.midway {
			tape.open()
		}
		tape.logon()
		tape.close()
		if !tt.small {
			beginAtRandom(tape.segments)
		}
		all := forwarded(tape.segments, tt.client, tt.server, tt.hops)
		if tt.change != nil {
			all = tt.change(all)
		}
		w := newWire()
		for i := range all {
			all[i].At.Frame = i + 1
			w.a.Segment(&all[i])
			w.a.Keep()
		}
		want := slices.Repeat(logonRead, tt.conns)
		t.Log(tt.name)
		slices.SortStableFunc(w.exchanges, func(a, b *Exchange) int { return a.Pos().Stream - b.Pos().Stream })
		w.expect(t, want...)
		if len(w.conns) != tt.conns || w.counters.Connections != tt.conns {
			t.Errorf("%s: %d connections, %d counted", tt.name, len(w.conns), w.counters.Connections)
			continue
		}
		if c := w.conns[0]; tt.conns == 1 && (c.Client != clientAddr || c.Server != serverAddr || tt.ended == slices.Contains(c.Translated, Translated{tt.client, tt.server})) {
			t.Errorf("%s: %s to %s, translated %v", tt.name, c.Client, c.Server, c.Translated)
		}
	}
}

// TestScanIsNotTranslated has many SYNs with one number, which different hosts answer.
func TestScanIsNotTranslated(t *testing.T) {
	t.Parallel()
	w := newWire()
	for i := range 100 {
		server := netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 80)
		at := Pos{Frame: 2*i + 1, Time: epoch.Add(time.Duration(i) * time.Millisecond)}
		w.a.Segment(&Segment{At: at, Src: clientAddr, Dst: server, Seq: 0x5eed0077, Flags: FlagSYN, TTL: uint8(100 - i)})
		at.Frame++
		w.a.Segment(&Segment{At: at, Src: server, Dst: clientAddr, Seq: uint32(i+1) << 20, Ack: 0x5eed0078, Flags: FlagSYN | FlagACK, TTL: 64})
	}
	w.a.Close()
	if w.counters.Connections != 100 || len(w.conns) != 100 {
		t.Errorf("%d connections counted, %d passed on", w.counters.Connections, len(w.conns))
	}
}

// TestTranslatedAtRest has a logon on both sides of a router, while its first side rests whenever it can.
func TestTranslatedAtRest(t *testing.T) {
	t.Parallel()
	for _, midway := range []bool{true, false} {
		c := newTape()
		if !midway {
			c.open()
		}
		c.logon()
		beginAtRandom(c.segments)
		var read []string
		counters := &Counters{}
		a := NewAssembler(Sink{Rest: true, Exchange: func(x *Exchange) bool { read = append(read, summary(x)); return false }}, nil, counters)
		for i, s := range inBatches(forwarded(c.segments, outsideClient, insideServer, 1)) {
			s.At.Frame = i + 1
			a.maxAwake = 0
			for range a.live.n {
				a.restIdle()
			}
			a.maxAwake = maxAwake
			a.Segment(&s)
		}
		a.Close()
		if !slices.Equal(read, logonRead) || counters.Connections != 1 {
			t.Errorf("midway: %v: %d connections, %q", midway, counters.Connections, read)
		}
	}
}

// TestManyTranslated holds that idle connections which a router shows twice rest, and those that wait for a
// response, and that none is given up.
func TestManyTranslated(t *testing.T) {
	t.Parallel()
	const maxBusy, many = 50, 150 // connections
	a := NewAssembler(Sink{Rest: true}, nil, &Counters{})
	a.maxAwake, a.maxBusy = 10, maxBusy
	at, frame := epoch, 0
	play := func(n int, say ...int) {
		tape := newTape()
		tape.open()
		for _, i := range say {
			tape.say(i)
		}
		beginAtRandom(tape.segments)
		port := uint16(1024 + n)
		for _, s := range forwarded(tape.segments, netip.AddrPortFrom(outsideClient.Addr(), port), insideServer, 1) {
			if at = at.Add(time.Millisecond); s.Src == clientAddr {
				s.Src = netip.AddrPortFrom(clientAddr.Addr(), port)
			}
			if s.Dst == clientAddr {
				s.Dst = netip.AddrPortFrom(clientAddr.Addr(), port)
			}
			frame++
			s.At.Frame, s.At.Time, s.Seq, s.Ack = frame, at, s.Seq+uint32(n)<<20, s.Ack+uint32(n)<<20
			if s.Flags&FlagACK == 0 {
				s.Ack = 0
			}
			a.Segment(&s)
		}
	}
	for i := range many {
		play(i, 0, 1)
	}
	if n := a.counters.Dropped[flowDropped]; n > 0 || a.atRest.n < many-20 || a.counters.Connections != many {
		t.Errorf("%d of %d idle ones are given up, %d of %d rest", n, many, a.atRest.n, a.counters.Connections)
	}
	for i := range many {
		play(many+i, 0)
	}
	if n := a.counters.Dropped[flowDropped]; n > 0 || a.waiting.n < many-20 || a.live.n > 20 {
		t.Errorf("%d given up, %d rest and %d are awake where requests wait", n, a.waiting.n, a.live.n)
	}
}
