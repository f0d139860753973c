package httpstream

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"negotrace/internal/testcost"
)

// TestHeldCountsWhatIsKept plays many connections that each keep something waiting, and compares
// what counts as held with the memory that is in use, besides that of connections without work.
func TestHeldCountsWhatIsKept(t *testing.T) {
	const idle = 2 << 10
	connections := testcost.Count(200, 400)
	token := strings.Repeat("TlRM", 500)
	fields := func(w *wire) string {
		c, _ := newSpeakers()
		b := preface + string(c.frame(frameSettings, 0, 0, nil).b)
		lines := append([]string{}, get...)
		for i := range 60 {
			lines = append(lines, fmt.Sprintf("x-%d: %s", i, strings.Repeat("v", 20)))
		}
		return b + string(c.headers(1, flagEndStream, lines...).b)
	}
	for name, play := range map[string]func(w *wire){
		"requests without responses": func(w *wire) {
			for range 20 {
				w.send(Client, "GET / HTTP/1.1\r\nAuthorization: NTLM "+token+"\r\n\r\n")
			}
		},
		"many short lines": func(w *wire) { w.send(Client, "GET / HTTP/1.1\r\n"+strings.Repeat("a:\n", 3000)+"\r\n") },
		"segments in disorder": func(w *wire) {
			for i := range 200 {
				w.segment(Client, FlagACK, 2*i+1, "x")
			}
		},
		"segments of other connections": func(w *wire) {
			w.send(Client, get1)
			w.send(Server, ok5)
			for i := range uint32(maxForeign) {
				w.raw(Client, FlagACK, far+i, far, "x")
			}
		},
		"a line that may be a request":  func(w *wire) { w.send(Client, "FOO "+strings.Repeat("x", 1000)) },
		"a segment that may be a decoy": func(w *wire) { w.raw(Client, 0, w.isn[Client]+1, 0, "x") },
		"tunnels": func(w *wire) {
			w.send(Client, "CONNECT a.test:443 HTTP/1.1\r\n\r\n")
			w.send(Server, "HTTP/1.1 200 OK\r\n\r\n")
		},
		"tables of HTTP/2":     func(w *wire) { w.send(Client, fields(w)) },
		"a byte behind a hole": func(w *wire) { w.segment(Client, FlagACK, 1, "x") },
		"TLS without an answer": func(w *wire) {
			w.send(Client, "\x16\x03\x01\x00\x40\x01\x00\x01\x00")
		},
		"Kerberos": func(w *wire) {
			w.addr[Server] = netip.AddrPortFrom(serverAddr.Addr(), PortKerberos)
			w.handshake()
			w.send(Client, "\x00\x00\xff\xff\x6a"+strings.Repeat("k", 20000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire()
			w.a.shared.sink = Sink{}
			before := inUse()
			for i := range connections {
				w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
				w.sent = [2]int{}
				w.handshake()
				play(w)
			}
			used := inUse() - before - int64(connections*idle)
			if held := w.a.shared.held; used > 2*held {
				t.Errorf("%d bytes are in use, %d count as held", used, held)
			}
			if name != "many short lines" && w.counters.Dropped[heldDropped] > 0 {
				t.Error("the test plays more than may be held")
			}
			w.a.Close()
			if w.a.shared.held != 0 {
				t.Errorf("%d bytes count as held at the end", w.a.shared.held)
			}
		})
	}
}

// TestHeldByConnections holds that of connections which cannot rest so much counts as held that all which may be
// there at once take little.
func TestHeldByConnections(t *testing.T) {
	const connections = 2000
	c, _ := newSpeakers()
	for name, play := range map[string]func(w *wire){
		"tunnel": func(w *wire) {
			w.send(Client, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n")
			w.send(Server, "HTTP/1.1 200 OK\r\n\r\n")
		},
		"HTTP/2": func(w *wire) {
			w.send(Client, preface+string(c.frame(frameSettings, 0, 0, nil).b)+"\x00\x00\x04\x01\x05\x00\x00\x00\x01\x82\x86\x84\x87")
		},
		"TLS": func(w *wire) { w.send(Client, "\x16\x03\x01\x00\x40\x01\x00\x01\x00") },
	} {
		a := NewAssembler(Sink{Rest: true}, nil, newCounters())
		a.maxAwake = 100
		w := newWire()
		w.a = a
		before := inUse()
		for i := range connections {
			w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
			w.sent = [2]int{}
			w.handshake()
			play(w)
		}
		used := inUse() - before
		if all := maxHeld / a.shared.held * used; all > 64<<20 {
			t.Errorf("%s: as many connections as may be there take %d MB", name, all>>20)
		}
		runtime.KeepAlive(a)
	}
}

// inUse returns how much of the heap is in use.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestIdleConnectionsStay holds that connections which hold nothing are not given up where others
// hold too much.
func TestIdleConnectionsStay(t *testing.T) {
	w := newWire()
	client := func(i int) {
		w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
		w.sent = [2]int{}
	}
	client(0)
	w.handshake()
	w.send(Client, get1)
	w.send(Server, ok5)
	sent := w.sent
	for i := 1; w.counters.Dropped[heldDropped] < 10; i++ {
		client(i)
		w.handshake()
		w.send(Client, "GET / HTTP/1.1\r\nX: "+strings.Repeat("x", 50<<10))
	}
	client(0)
	w.sent = sent
	w.send(Client, get2)
	w.send(Server, ok5)
	if n := w.counters.Responses[200]; n != 2 {
		t.Errorf("%d responses on the connection that was idle, want 2", n)
	}
}

// TestLongLineByBytes holds how often a line is looked at that grows byte by byte.
func TestLongLineByBytes(t *testing.T) {
	looks := 0
	for n := range maxHead {
		if isLookedAt(n, n+1) {
			looks += n + 1
		}
	}
	if looks > 64*maxHead {
		t.Errorf("%d bytes are looked at of a line of %d", looks, maxHead)
	}
}

// TestGoAwayAgain holds that a GOAWAY which ends no stream does not look at those that are open.
func TestGoAwayAgain(t *testing.T) {
	c, s := newSpeakers()
	sh := &shared{counters: newCounters()}
	r := sh.http2(testConn())
	at := Pos{Frame: 1}
	for i := range uint32(1000) {
		f := c.headers(2*i+1, flagEndStream, get...)
		r.data(Client, &at, f.b)
	}
	away := s.frame(frameGoAway, 0, 0, append(code(1<<31-1), code(0)...)).b
	r.data(Server, &at, away)
	if n := testing.AllocsPerRun(100, func() { r.data(Server, &at, away) }); n != 0 {
		t.Errorf("%v allocations for each", n)
	}
}

// TestRefusedTunnelEnds holds that what a client sent behind a CONNECT, and ended, is read or counted as not read
// when that is refused, and is held no longer.
func TestRefusedTunnelEnds(t *testing.T) {
	t.Parallel()
	const connect = "CONNECT a.test:443 HTTP/1.1\r\n\r\n"
	const refused = "CONNECT a.test:443 +0 > 407 +0"
	for behind, test := range map[string]struct {
		want   []string
		unread int64
	}{
		"abc":           {[]string{refused}, 3},
		"GET /x HT":     {[]string{refused}, 9},
		get1:            {[]string{refused, "GET /1 +0 > -"}, 0},
		connect + "abc": {[]string{refused, "CONNECT a.test:443 +0 > -"}, 3},
		"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab": {[]string{refused, "POST / +2 > -; the body of the client ends early"}, 0},
	} {
		w := newWire()
		w.handshake()
		w.send(Client, connect+behind)
		w.fin(Client)
		w.send(Server, "HTTP/1.1 407 P\r\nContent-Length: 0\r\n\r\n")
		w.fin(Server)
		w.expect(t, test.want...)
		if w.counters.UnreadBytes != test.unread {
			t.Errorf("%q: %d bytes not read, want %d", behind, w.counters.UnreadBytes, test.unread)
		}
	}
}

// TestHeldRecord holds that a record for which there is no room is held no longer than its connection is read.
func TestHeldRecord(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.handshake()
	w.send(Client, string(madeRecord(recordHandshake, madeClientHello())))
	w.a.shared.held += maxHeld
	w.send(Client, "\x17\x03\x03\x40\x00abc")
	w.a.Close()
	if n := w.a.shared.held - maxHeld; n != 0 || w.counters.Dropped[heldDropped] == 0 {
		t.Errorf("%d bytes are held, dropped: %v", n, w.counters.Dropped)
	}
}
