package httpstream

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// mixed is what the sides of mixed connections send: whole messages and parts of them, of several
// protocols.
var mixed = [2][]string{
	{
		get1, get2, "GET /1 HT", "abc", "\r\n\r\n",
		"CONNECT a.test:443 HTTP/1.1\r\n\r\n",
		"GET /s HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		"GET /h HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
		"POST /p HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
		"POST /KdcProxy HTTP/1.1\r\nContent-Length: 4\r\n\r\nask", "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
		preface, preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"\x00\x00\x20\x01\x04\x00\x00\x00\x01ab",
		"\x16\x03\x01\x00\x40\x01\x00\x01\x00", "\x05\x01\x00", "\x05\x01\x01", "\x01\x01\x00\x05\x60oken",
		"\x05\x01\x00\x01\xc0\x00\x02\x14\x00\x50", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get1,
		"\x00\x00\x00\x08\x6arequest", "\x00\x00\x00\x20\x6crequest",
	},
	{
		ok5, denied, "HTTP/1.1 20", "xyz", "\r\n\r\n", "220 mail.test ESMTP\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
		"HTTP/1.1 407 Denied\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n",
		"\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88",
		"\x16\x03\x01\x00\x40\x02\x00\x01\x00", "\x05\x00", "\x05\x01", "\x01\x01\x00\x05token",
		"\x05\x00\x00\x01\xc0\x00\x02\x14\x00\x50", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
		"HTTP/1.1 200 OK\r\nContent-Type: application/kerberos\r\nContent-Length: 5\r\n\r\nreply",
		"\x00\x00\x00\x06\x6breply", "\x00\x00\x00\x20\x6dreply",
	},
}

// sayMixed has a side send a part of mixed, in two segments now and then, or what the other side would send.
func (t *tape) sayMixed(r *rand.Rand) {
	from := Side(r.IntN(2))
	parts := mixed[from]
	if r.IntN(12) == 0 {
		parts = mixed[from.Other()]
	}
	b := parts[r.IntN(len(parts))]
	n := len(b)
	if r.IntN(3) == 0 {
		n = 1 + r.IntN(n)
	}
	t.add(from, FlagACK, b[:n])
	if n < len(b) {
		t.add(from, FlagACK, b[n:])
	}
}

// mixedConnections returns connections on the same ports, one after the other, that begin and end in
// several ways.
func mixedConnections(r *rand.Rand) []Segment {
	t := newTape()
	for range 1 + r.IntN(3) {
		if r.IntN(2) == 0 {
			t.next = [2]uint32{r.Uint32(), r.Uint32()}
		}
		if r.IntN(3) > 0 {
			t.open()
		}
		for range 1 + r.IntN(8) {
			t.sayMixed(r)
		}
		switch r.IntN(4) {
		case 0:
			t.close()
		case 1:
			t.add(Side(r.IntN(2)), FlagFIN|FlagACK, "")
		case 2:
			t.add(Side(r.IntN(2)), FlagRST|FlagACK, "")
		}
	}
	disturb(r, t)
	return t.segments
}

// disturb loses, repeats and exchanges some segments, and has some come late; now and then the port is that
// of a KDC, or the ports do not show who the client is.
func disturb(r *rand.Rand, t *tape) {
	for range r.IntN(4) {
		i, j := r.IntN(len(t.segments)), r.IntN(len(t.segments))
		switch r.IntN(3) {
		case 0:
			t.segments = slices.Delete(t.segments, i, min(i+1, len(t.segments)-1))
		case 1:
			t.segments[i], t.segments[j] = t.segments[j], t.segments[i]
		default:
			t.segments = append(t.segments, t.segments[i])
		}
	}
	server := serverAddr
	switch r.IntN(4) {
	case 0:
		server = netip.AddrPortFrom(serverAddr.Addr(), clientAddr.Port()+1)
	case 1:
		server = netip.AddrPortFrom(serverAddr.Addr(), PortKerberos)
	}
	at := epoch
	for i := range t.segments {
		s := &t.segments[i]
		at = at.Add(time.Millisecond)
		if r.IntN(6) == 0 {
			at = at.Add(time.Duration(r.IntN(5000)) * time.Millisecond)
		}
		s.At.Time = at
		if s.Src == serverAddr {
			s.Src = server
		} else {
			s.Dst = server
		}
	}
}

// TestNothingIsHeldAtTheEnd holds that nothing counts as held when a capture ends, whatever mix of
// protocols, losses and disorder it shows.
func TestNothingIsHeldAtTheEnd(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testcost.Count(2000, 50000)) {
		all := mixedConnections(rand.New(rand.NewPCG(seed, 1)))
		if _, _, w := play(all); w.a.shared.held != 0 {
			t.Errorf("seed %d: %d bytes count as held", seed, w.a.shared.held)
		}
	}
}

// TestPrefaceInParts holds that what was read of HTTP/2 is held no longer once it shows that the other
// side is the client.
func TestPrefaceInParts(t *testing.T) {
	t.Parallel()
	for n := 1; n < len(preface); n++ {
		w := newWire()
		w.send(Server, preface[:n])
		w.send(Server, preface[n:])
		w.send(Client, ok5) // from the higher port
		w.expect(t, "- > 200 +5")
	}
}
