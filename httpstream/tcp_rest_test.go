package httpstream

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/internal/testcost"
)

// TestRest changes fields of an idle flow, its halves and its Conn: either the flow is the same
// when it wakes, or it does not rest.
func TestRest(t *testing.T) {
	a := NewAssembler(Sink{Rest: true}, nil, &Counters{})
	rested := 0
	check := func(change func(*flow)) {
		t.Helper()
		f := idleFlow()
		change(f)
		n, held := a.rest(f)
		if n == 0 {
			return
		}
		rested++
		a.flows.rest.push(a.resting(held), n)
		a.flows.add(f)
		s := a.flows.slotOf(&f.key)
		a.flows.leave(s.at)
		s.at = ofRest(n)
		key := f.key
		want := a.atRest.n + a.waiting.n - 1
		got := a.lookUp(&key)
		if n := a.atRest.n + a.waiting.n; n != want {
			t.Errorf("%d flows are still at rest, want %d", n, want)
		}
		f.list, f.prev, f.next, f.lastUsed = got.list, got.prev, got.next, got.lastUsed
		if !reflect.DeepEqual(got, f) {
			t.Errorf("woke as\n%+v %+v, want\n%+v %+v", *got, *got.conn, *f, *f.conn)
		}
		a.forget(got)
	}
	check(func(*flow) {})
	for i := range reflect.TypeFor[Conn]().NumField() {
		check(func(f *flow) { change(reflect.ValueOf(f.conn).Elem().Field(i)) })
	}
	before := rested
	for _, client := range []string{"198.51.100.7:1234", "[2001:db8::7]:65535", "[::ffff:198.51.100.7]:1", "[fe80::7%eth0]:1"} {
		check(func(f *flow) {
			balancer := f.conn.Client
			f.conn.Balancer, f.conn.Client = &balancer, netip.MustParseAddrPort(client)
		})
	}
	check(func(f *flow) {
		f.conn.Lost, f.conn.HeadsCut, f.conn.Conflict = [2]int64{1 << 40, 1}, [2]int32{2, 3}, true
	})
	if rested-before != 4 { // one has a zone
		t.Errorf("%d unusual flows rested", rested-before)
	}
	for _, of := range []func(*flow){
		func(f *flow) { f.stream++ }, func(f *flow) { f.client ^= 1 }, func(f *flow) { f.clientKnown = false },
		func(f *flow) { f.sawSYN = false }, func(f *flow) { f.sawReply = false }, func(f *flow) { f.aliases = 1 },
		func(f *flow) { f.spoke = false }, func(f *flow) { f.settled = false }, func(f *flow) { f.reset = true },
		func(f *flow) { f.resetSeq = 1 }, func(f *flow) { f.closed = epoch }, func(f *flow) { f.reader = discard{} },
		func(f *flow) { f.forwarded = &flowName{} }, func(f *flow) { f.half[0].later = 1 }, func(f *flow) { f.half[1].fin = 1 },
		func(f *flow) { f.half[1].hasFIN = true }, func(f *flow) { f.half[0].ended = true }, func(f *flow) { f.half[0].lowered = true },
		func(f *flow) { f.half[0] = half{} }, func(f *flow) { f.half[1].timestamp, f.half[1].hasTimestamp = 77, true },
		func(f *flow) { f.half[1].start, f.half[1].ttl = startFromAck, 255 }, func(f *flow) { f.half[1].contested = true },
	} {
		check(of)
	}
	waits := func(change func(*http1)) {
		t.Helper()
		check(func(f *flow) {
			f.reader = waitingReader(&a.shared, f.conn)
			change(f.reader.(*http1))
		})
	}
	for _, change := range []func(*http1){
		func(*http1) {}, func(h *http1) { h.queue, h.half[1].current = nil, nil }, func(h *http1) { h.queue = append(h.queue, h.queue[0]) },
		func(h *http1) { h.answered = 1 }, func(h *http1) { h.ended[1] = true }, func(h *http1) { h.lostBefore[0] = 1 },
		func(h *http1) { h.inner = discard{} }, func(h *http1) { h.tunnel = &Conn{} }, func(h *http1) { h.half[0].state = resync },
		func(h *http1) { h.half[0].bodyLeft, h.half[0].bodyLen, h.half[0].keepBody = 1<<40, 7, 8 },
		func(h *http1) { h.half[0].bodyUncertain, h.half[0].noMessage, h.half[0].afterGap = true, true, true },
		func(h *http1) { h.half[0].held, h.half[0].scanned, h.half[0].blanks = []byte("GET /"), 2, 1 },
		func(h *http1) { h.half[1].at, h.half[1].began = Pos{Frame: 7}, sendPoint{} }, func(h *http1) { h.half[0].arrived = make([]arrival, 1) },
		func(h *http1) { h.half[0].kdc = &kdcContent{} }, func(h *http1) { h.half[1].current = &pairing{} },
		func(h *http1) {
			h.queue[0].requestOver, h.queue[0].responseOver, h.queue[0].afterGap = true, true, true
		},
		func(h *http1) { h.queue[0].body = []byte("body") }, func(h *http1) { h.queue[0].responseSent = h.queue[0].requestSent },
		func(h *http1) { h.queue[0].x.Notes = []Note{{}} }, func(h *http1) { h.queue[0].x.Interim = []int{100} },
		func(h *http1) { h.queue[0].x.Request = nil }, func(h *http1) { h.queue[0].x.Response = nil },
		func(h *http1) { h.queue[0].x.Request.Host = "b.test" }, func(h *http1) { h.queue[0].x.Request.BodyLen = 1 << 40 },
		func(h *http1) { h.queue[0].x.Request.Method, h.queue[0].x.Request.Target = "LOCK", "" },
		func(h *http1) { h.queue[0].x.Request.Header[1].RedactedLen = 7 }, func(h *http1) { h.queue[0].x.Request.Header[1].Value = " x" },
		func(h *http1) { h.queue[0].x.Request.Header[1].Name = "X y" }, func(h *http1) { h.queue[0].x.Request.Header[1].Value = "" },
		func(h *http1) { h.queue[0].x.Response.HeadCut, h.queue[0].x.Response.Reason = true, "Odd" },
		func(h *http1) { h.queue[0].x.Response.Body = []byte("body") }, func(h *http1) { h.queue[0].x.Response.Pos.Stream = 9 },
	} {
		waits(change)
	}
	if rested < 38 {
		t.Errorf("only %d flows rested", rested)
	}
}

// TestRestAgain holds what is allocated when a flow rests and wakes: what it is written as, and the
// texts of its messages.
func TestRestAgain(t *testing.T) {
	const most = 8
	a := NewAssembler(Sink{Rest: true}, nil, &Counters{})
	a.maxAwake = 0
	f := idleFlow()
	f.reader = waitingReader(&a.shared, f.conn)
	k := f.key
	a.flows.add(f)
	f.moveTo(&a.live)
	n := testing.AllocsPerRun(100, func() {
		a.restIdle()
		if a.waiting.n != 1 {
			t.Fatal("it does not rest")
		}
		a.lookUp(&k)
	})
	if n > most {
		t.Errorf("%v allocations, want no more than %d", n, most)
	}
}

// waitingReader returns a reader of HTTP/1 that has a request and a part of its response.
func waitingReader(sh *shared, c *Conn) *http1 {
	at, sent := c.Start, sendPoint{true, Client, 100, 1 << 33}
	at.Frame += 3
	p := &pairing{requestSent: sent, held: 900}
	p.x = &Exchange{
		Conn: c,
		Request: &Request{
			Pos: at, Done: at, Method: "GET", Target: "/x y", Proto: "HTTP/1.1", Host: "a.test", HeadLen: 80,
			Header: Header{{Name: "HOST", Value: "a.test"}, {Name: "Cookie", Value: "a=b;\tc"}},
		},
		Response: &Response{Pos: at, Done: at, Proto: "HTTP/1.1", Status: 200, Header: Header{{Name: "X", Value: "y: z"}}},
	}
	h := &http1{shared: sh, conn: c, queue: []*pairing{p}}
	h.half[0] = http1Half{at: at, began: sent}
	h.half[1] = http1Half{state: inBody, at: at, bodyLeft: 50, current: p}
	return h
}

// change changes a field, where a test may.
func change(v reflect.Value) {
	if !v.CanSet() {
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *Pos:
		p.Frame += 1 << 40
		p.Stream++
	case *netip.AddrPort:
		*p = netip.AddrPortFrom(netip.MustParseAddr("::ffff:192.0.2.10"), 7)
	case *[2]int64:
		p[1] = 1 << 40
	case *[2]int32:
		p[1] = 7
	case *[2]bool:
		p[1] = true
	case *bool:
		*p = !*p
	case *int:
		*p++
	default:
		if v.Kind() == reflect.Pointer {
			v.Set(reflect.New(v.Type().Elem()))
		}
	}
}

// idleFlow returns a flow after an exchange.
func idleFlow() *flow {
	s := &Segment{Src: clientAddr, Dst: serverAddr}
	k, d := keyOf(s)
	file := FileOf("a.pcap", "a.pcap", Frames)
	at := func(frame int) Pos {
		return Pos{Frame: frame, Time: epoch.Add(time.Duration(frame) * time.Second), Stream: 3, File: file}
	}
	f := &flow{key: k, stream: 3, client: d, clientKnown: true, sawSYN: true, sawReply: true, spoke: true, settled: true}
	f.conn = &Conn{
		Stream: 3, Client: clientAddr, Server: serverAddr, Start: at(10), End: at(90), FirstRequest: at(13),
		Bytes: [2]int64{100, 1 << 33}, SYN: true, HTTP: true,
	}
	for i := range f.half {
		f.half[i] = half{
			next: 5 - uint32(i)*9, high: 5, acked: 5, base: 1<<32 - 90, seen: true, begun: true, hasAck: true, rightSum: true,
			start: startAcked, ttl: 64, last: delivered{1<<32 - 80, 1<<16 - 3, 64, 1<<31 + 7, 1<<30 + 9},
		}
	}
	return f
}

// TestRoomAtRest holds how much room a connection takes that is open, and idle or waits for the other
// end.
func TestRoomAtRest(t *testing.T) {
	request := "GET / HTTP/1.1\r\nHost: a.test\r\nUser-Agent: " + strings.Repeat("x", 200) + "\r\n\r\n"
	for _, test := range []struct {
		name            string
		port            uint16
		client, server  string
		most, mostConns int
	}{
		{"idle", 80, get1, ok5, 160, maxFlows},
		{"no response", 80, request, "", 540, 20_000},
		{"half of a head", 80, request[:100], "", 330, maxFlows},
		{"another protocol", 80, "", "220 mail.test ESMTP\r\n", 230, maxFlows},
		{"Kerberos", PortKerberos, "\x00\x00\x00\xff\x6a" + strings.Repeat("k", 50), "", 230, maxFlows},
	} {
		t.Run(test.name, func(t *testing.T) {
			roomAtRest(t, test.most, testcost.Count(20_000, test.mostConns), func(w *wire) {
				w.addr[Server] = netip.AddrPortFrom(serverAddr.Addr(), test.port)
				w.handshake()
				w.send(Client, test.client)
				w.send(Server, test.server)
			})
		})
	}
}

// roomAtRest plays n connections, each of which takes no more room than most. It looks at the heap: no other test
// may run at the same time.
func roomAtRest(t *testing.T, most, n int, play func(w *wire)) {
	t.Helper()
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	a := NewAssembler(Sink{Rest: true}, nil, &Counters{})
	a.maxAwake = 100
	w := newWire()
	w.a = a
	before := heap()
	for i := range n {
		w.sent = [2]int{}
		w.addr[0] = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 50000)
		play(w)
		a.Keep() // as whoever reads a capture does: what waits to be copied is no room of a flow at rest
	}
	room := heap() - before
	if got := a.atRest.n + a.waiting.n; got < n-200 {
		t.Errorf("%d of %d connections are at rest", got, n)
	}
	if each := room / int64(n); each > int64(most) {
		t.Errorf("a connection takes %d bytes, want no more than %d", each, most)
	}
	runtime.KeepAlive(a)
}

// TestCellsAtRest holds how many cells an idle connection takes late in a long capture, where it has large numbers.
func TestCellsAtRest(t *testing.T) {
	const most = 3
	w := newWire()
	w.a = NewAssembler(Sink{Rest: true}, nil, &Counters{})
	w.a.maxAwake = 1
	opened := 0
	exchange := func(port uint16) {
		w.sent, w.addr[Client] = [2]int{}, netip.AddrPortFrom(clientAddr.Addr(), port)
		w.handshake()
		w.send(Client, get1)
		w.send(Server, ok5)
		opened++
	}
	exchange(50000)
	w.a.streams, w.a.conns = maxFlows, maxFlows
	w.frame, w.now = 1<<20, w.now.Add(time.Hour)
	for range 10 {
		exchange(uint16(50000 + opened))
	}
	w.a.restIdle()
	cells, n := int(w.a.flows.rest.cells.last), w.a.atRest.n
	if n < opened-2 || cells > most*n {
		t.Errorf("%d of %d connections are at rest, in %d cells, want no more than %d each", n, opened, cells, most)
	}
}

// TestRestInUse plays connections with exchanges in turn, some segments twice, out of order or not at
// all, and holds that the same comes out of it whether idle ones rest or not.
func TestRestInUse(t *testing.T) {
	const post = "POST /p HTTP/1.1\r\nContent-Length: 8\r\nCookie: a=b\r\n\r\nfour"
	play := func(maxAwake int) (lines []string, slept int) {
		rnd := rand.New(rand.NewPCG(3, 4))
		counters := &Counters{}
		a := NewAssembler(Sink{
			Exchange: func(x *Exchange) bool {
				lines = append(lines, fmt.Sprintf("%v %v %+v", x.Pos(), x.Notes, *x.Conn))
				return false
			},
			Rest: true,
			Conn: func(c *Conn) { lines = append(lines, fmt.Sprintf("%+v", *c)) },
		}, nil, counters)
		a.maxAwake = maxAwake
		var wires []*wire
		for i := range 60 {
			w := newWire()
			w.a = a
			w.addr[0] = netip.AddrPortFrom(clientAddr.Addr(), uint16(2000+i))
			wires = append(wires, w)
		}
		frame, now := 0, epoch
		for range 3000 {
			w := wires[rnd.IntN(len(wires))]
			w.frame, w.now = frame, now
			switch n := rnd.IntN(25); {
			case w.sent == [2]int{} && n < 18:
				w.handshake()
				fallthrough
			case n < 14:
				w.send(Client, get1)
				w.send(Server, ok5)
			case n == 14:
				w.segment(Client, FlagACK, max(0, w.sent[0]-len(get1)), get2)
			case n == 15:
				w.lose(Server, ok5)
			case n == 16:
				w.segment(Client, FlagACK, w.sent[0]+10, get1[10:])
				w.segment(Client, FlagACK, w.sent[0]-len(get1), get1[:10])
			case n == 17:
				w.raw(Client, FlagACK, w.isn[0]+uint32(w.sent[0]), w.isn[1]+1+uint32(w.sent[1]), "x")
			case n == 18:
				w.close()
			case n == 19:
				w.isn[0] += 1 << 20
				w.sent = [2]int{}
			case n == 20:
				w.send(Client, get1[:len(get1)-3])
			case n == 21:
				w.send(Client, get1[len(get1)-3:])
			case n == 22:
				w.send(Client, post)
			case n == 23:
				w.send(Client, "more"+get2)
			default:
				w.send(Server, ok5[:len(ok5)-2])
			}
			slept = max(slept, a.atRest.n+a.waiting.n)
			frame, now = w.frame, w.now
		}
		a.Close()
		return append(lines, fmt.Sprintf("%+v", *counters)), slept
	}
	want, none := play(1 << 20)
	got, some := play(1)
	if none != 0 || some < 20 {
		t.Errorf("%d and %d flows were at rest at once", none, some)
	}
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Fatalf("line %d with rest is\n%s, want\n%s", i, got[i], want[i])
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("%d lines with rest, want %d", len(got), len(want))
	}
}

// TestMaxFlowsAtRest holds that of too many connections the one that is silent for longest is given up,
// whether it could rest or not.
func TestMaxFlowsAtRest(t *testing.T) {
	t.Parallel()
	play := func(maxAwake int) (read int) {
		a := NewAssembler(Sink{
			Exchange: func(*Exchange) bool { read++; return false },
			Rest:     true,
		}, nil, &Counters{})
		a.maxAwake, a.maxFlows = maxAwake, 50
		var wires []*wire
		for i := range 400 {
			w := newWire()
			w.a = a
			w.addr[0] = netip.AddrPortFrom(clientAddr.Addr(), uint16(2000+i))
			wires = append(wires, w)
			w.handshake()
			if i%4 == 0 { // what is in a tunnel does not rest
				w.send(Client, "CONNECT a.test:80 HTTP/1.1\r\n\r\n")
				w.send(Server, "HTTP/1.1 200 OK\r\n\r\n")
			}
			for _, o := range wires[max(0, i-20):] {
				o.send(Client, get1)
				o.send(Server, ok5)
			}
		}
		a.Close()
		return read
	}
	want := play(1 << 20)
	for _, maxAwake := range []int{30, 5, 1} {
		if got := play(maxAwake); got != want {
			t.Errorf("%d exchanges where %d may be awake, want %d", got, maxAwake, want)
		}
	}
}

// TestBusy holds that connections which cannot rest are given up where there are too many, those silent for longest
// first, and others are not.
func TestBusy(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.a.shared.sink.Rest = true
	w.a.maxAwake, w.a.maxBusy = 10, 50
	client := func(i int) {
		w.addr[Client] = netip.AddrPortFrom(clientAddr.Addr(), uint16(1024+i))
		w.sent = [2]int{}
		w.handshake()
	}
	for i := range 100 {
		client(i)
		w.send(Client, get1)
		w.send(Server, ok5)
	}
	for i := range 200 {
		client(100 + i)
		w.send(Client, get1+get2) // two that wait cannot rest
	}
	if n := w.a.live.n; n > 51 || w.counters.Dropped[flowDropped] < 140 || w.a.atRest.n < 90 {
		t.Errorf("%d are awake, %d at rest, %d given up", n, w.a.atRest.n, w.counters.Dropped[flowDropped])
	}
	for _, c := range w.conns {
		if c.Ending == Dropped && c.Client.Port() < 1124 {
			t.Errorf("%v is given up, which was idle", c.Client)
		}
	}
}
