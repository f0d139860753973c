package httpstream

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// readHTTP2 reads flights; those whose number lost has become a gap.
func readHTTP2(c *Conn, flights []flight, lost ...int) ([]*Exchange, *shared) {
	var got []*Exchange
	sh := &shared{counters: newCounters(), sink: Sink{Exchange: func(x *Exchange) bool { got = append(got, x); return true }}}
	r := sh.http2(c)
	var at Pos
	for i, f := range flights {
		at.Frame = i + 1
		gone := false
		for _, n := range lost {
			gone = gone || n == i
		}
		if gone {
			r.gap(f.from, &at, int64(len(f.b)))
		} else {
			r.data(f.from, &at, f.b)
		}
	}
	r.end(Client, &at)
	r.end(Server, &at)
	return got, sh
}

// outline says in one line a stream what became of it.
func outline(list []*Exchange) string {
	var b strings.Builder
	for _, x := range list {
		fmt.Fprintf(&b, "%d", x.H2Stream)
		if q := x.Request; q != nil {
			fmt.Fprintf(&b, " %s %s %s +%d", q.Method, q.Host, q.Target, q.BodyLen)
		}
		if len(x.Interim) > 0 {
			fmt.Fprintf(&b, " %v", x.Interim)
		}
		if p := x.Response; p != nil {
			fmt.Fprintf(&b, " -> %d +%d", p.Status, p.BodyLen)
		}
		if x.Reset != "" {
			fmt.Fprintf(&b, " %s", x.Reset)
		}
		for _, n := range x.Notes {
			fmt.Fprintf(&b, " (%s)", n.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var get = []string{":method: GET", ":scheme: https", ":authority: web.lab.test", ":path: /"}

// h2Talk returns a connection with most of what HTTP/2 has.
func h2Talk() []flight {
	c, s := newSpeakers()
	post := []string{":method: POST", ":scheme: https", ":authority: web.lab.test", ":path: /up", "authorization: Negotiate YIIabc"}
	long := s.fields(":status: 401", "www-authenticate: Negotiate", "www-authenticate: NTLM")
	return []flight{
		{Client, []byte(preface)},
		c.frame(frameSettings, 0, 0, nil),
		s.frame(frameSettings, 0, 0, nil),
		c.frame(frameWindowUpdate, 0, 0, code(1<<20)),
		c.headers(1, flagEndStream, append(get, "cookie: a=b")...),
		s.frame(frameHeaders, 0, 1, long[:3]),
		s.frame(frameContinuation, 0, 1, long[3:5]),
		s.frame(frameContinuation, flagEndHeaders, 1, long[5:]),
		c.headers(3, 0, post...),
		s.frame(frameData, flagPadded, 1, append([]byte{4}, "no body\x00\x00\x00\x00"...)),
		c.frame(frameData, 0, 3, make([]byte, 1000)),
		s.headers(3, 0, ":status: 100"),
		s.frame(frameData, flagEndStream, 1, nil),
		c.frame(frameData, flagEndStream, 3, make([]byte, 234)),
		s.frame(framePing, 0, 0, make([]byte, 8)),
		s.headers(3, 0, ":status: 200", "www-authenticate: Negotiate oYG"),
		s.frame(frameData, 0, 3, make([]byte, 500)),
		s.headers(3, flagEndStream, "grpc-status: 0"),
		c.headers(5, flagEndStream|flagPriority, get...),
		s.frame(frameRSTStream, 0, 5, code(0xd)),
		c.headers(7, flagEndStream, get...),
		c.headers(9, flagEndStream, get...),
		s.frame(framePushPromise, flagEndHeaders, 7, append(code(2), s.fields(":method: GET", ":scheme: https", ":authority: web.lab.test", ":path: /style.css")...)),
		s.headers(2, flagEndStream, ":status: 404"),
		s.frame(frameGoAway, 0, 0, append(code(7), code(0xd)...)),
		s.frame(0x0a, 0, 0, []byte("altsvc")),
	}
}

const h2Outline = `1 GET web.lab.test / +0 -> 401 +7
3 POST web.lab.test /up +1234 [100] -> 200 +500
5 GET web.lab.test / +0 HTTP_1_1_REQUIRED
2 GET web.lab.test /style.css +0 -> 404 +0 (the server promised this response; the client did not ask for it)
9 GET web.lab.test / +0 HTTP_1_1_REQUIRED (GOAWAY HTTP_1_1_REQUIRED: the server did not process this request)
7 GET web.lab.test / +0 HTTP_1_1_REQUIRED
`

func TestHTTP2(t *testing.T) {
	flights := h2Talk()
	for i, f := range flights { // HEADERS with PRIORITY have five bytes before the block
		if f.b[3] == byte(frameHeaders) && f.b[4]&flagPriority != 0 {
			b := append(bytes.Clone(f.b[:http2FrameLen]), 0, 0, 0, 0, 16)
			b = append(b, f.b[http2FrameLen:]...)
			b[2] += 5
			flights[i].b = b
		}
	}
	got, sh := readHTTP2(testConn(), flights)
	if d := cmp.Diff(h2Outline, outline(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[int]int{200: 1, 401: 1, 404: 1}, sh.counters.Responses); d != "" || sh.counters.Requests != 5 {
		t.Errorf("got %d requests, responses (-want +got):\n%s", sh.counters.Requests, d)
	}
	want := &Exchange{
		H2Stream: 1,
		Request: &Request{
			Pos: Pos{Frame: 5}, Done: Pos{Frame: 5}, Method: "GET", Target: "/", Proto: "HTTP/2", Host: "web.lab.test",
			HeadLen: 219, Header: Header{{Name: "cookie", Value: "a=b"}},
		},
		Response: &Response{
			Pos: Pos{Frame: 6}, Done: Pos{Frame: 10}, Proto: "HTTP/2", Status: 401, HeadLen: 151, BodyLen: 7,
			Header: Header{{Name: "www-authenticate", Value: "Negotiate"}, {Name: "www-authenticate", Value: "NTLM"}},
			Body:   []byte("no body"),
		},
	}
	if d := cmp.Diff(want, got[0], cmpopts.IgnoreFields(Exchange{}, "Conn"), cmpopts.EquateComparable(Time{}, File{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if sh.held != 0 {
		t.Errorf("%d bytes held at the end", sh.held)
	}

	var bytewise []flight
	for _, f := range flights {
		for i := range f.b {
			bytewise = append(bytewise, flight{f.from, f.b[i : i+1]})
		}
	}
	got, _ = readHTTP2(testConn(), bytewise)
	if d := cmp.Diff(h2Outline, outline(got)); d != "" {
		t.Errorf("byte by byte (-want +got):\n%s", d)
	}
}

// TestHTTP2Lost loses each frame in turn: nothing comes out that was not said.
func TestHTTP2Lost(t *testing.T) {
	c, s := newSpeakers()
	flights := []flight{{Client, []byte(preface)}, c.frame(frameSettings, 0, 0, nil), s.frame(frameSettings, 0, 0, nil)}
	for i := range uint32(6) {
		token := "authorization: Negotiate token" + string('a'+rune(i/2))
		flights = append(flights,
			c.headers(2*i+1, flagEndStream, append(get, token)...),
			s.headers(2*i+1, 0, ":status: 401", "www-authenticate: Negotiate", "server: number"+string('a'+rune(i/2))),
			s.frame(frameData, flagEndStream, 2*i+1, make([]byte, 100)))
	}
	whole, _ := readHTTP2(testConn(), flights)
	said := make(map[uint32]*Exchange)
	for _, x := range whole {
		said[x.H2Stream] = x
	}
	for i := range flights {
		got, sh := readHTTP2(testConn(), flights, i)
		for _, x := range got {
			full := said[x.H2Stream]
			if full == nil {
				t.Fatalf("frame %d lost: stream %d was never there", i, x.H2Stream)
			}
			if q := x.Request; q != nil {
				for _, f := range q.Header {
					if v := full.Request.Header.Value(f.Name); v != f.Value {
						t.Errorf("frame %d lost: stream %d: got %s %q, sent was %q", i, x.H2Stream, f.Name, f.Value, v)
					}
				}
				if q.Method != "GET" && len(x.Notes) == 0 {
					t.Errorf("frame %d lost: stream %d has method %q and no note", i, x.H2Stream, q.Method)
				}
			}
			if p := x.Response; p != nil && p.Status != 401 {
				t.Errorf("frame %d lost: stream %d: got status %d", i, x.H2Stream, p.Status)
			}
			if x.Response == nil && len(x.Notes) == 0 {
				t.Errorf("frame %d lost: stream %d has no response and no note", i, x.H2Stream)
			}
		}
		if sh.held != 0 {
			t.Errorf("frame %d lost: %d bytes held at the end", i, sh.held)
		}
	}
}

// TestHTTP2Midway begins a capture at each frame of a connection without TLS: it is known by its
// frames, and reads as after a loss of what came before.
func TestHTTP2Midway(t *testing.T) {
	flights := h2Talk()
	for i := range flights[:20] {
		want, _ := readHTTP2(&Conn{}, flights[i:])
		var got []*Exchange
		sh := &shared{counters: newCounters(), sink: Sink{Exchange: func(x *Exchange) bool { got = append(got, x); return true }}}
		r := sh.sniff(&Conn{})
		for j, f := range flights[i:] {
			r.data(f.from, &Pos{Frame: j + 1}, f.b)
		}
		r.end(Client, &Pos{})
		r.end(Server, &Pos{})
		for _, x := range got {
			if x.Request != nil && x.Request.Method == "" || !strings.Contains(outline(want), outline([]*Exchange{x})) {
				t.Errorf("from frame %d: %swant some of\n%s", i, outline([]*Exchange{x}), outline(want))
			}
		}
		if len(got) == 0 {
			t.Errorf("from frame %d nothing was read", i)
		}
	}
}

// TestHTTP2TableAfterLoss goes on with what entered the table since.
func TestHTTP2TableAfterLoss(t *testing.T) {
	_, s := newSpeakers()
	var d fieldDecoder
	d.reset()
	d.decode(s.fields(":status: 401", "server: old", "x-one: 1"))
	s.fields("server: lost") // and its block
	d.loseTable()
	for _, test := range []struct {
		lines   []string
		want    string
		unknown int
	}{
		{[]string{"server: new", "x-two: 2"}, "server: new, x-two: 2", 0},
		{[]string{":status: 401", "x-two: 2"}, "x-two: 2", 1},        // old, new
		{[]string{"x-one: 9", "x-two: 2"}, "x-two: 2", 1},            // an entry under an old name
		{[]string{"x-one: 9", "server: new"}, "server: new", 1},      // and a reference to it
		{[]string{":status: 200", "server: old"}, ":status: 200", 1}, // static
	} {
		list := d.decode(s.fields(test.lines...))
		var got []string
		for _, f := range list.fields {
			got = append(got, f.Name+": "+f.Value)
		}
		if strings.Join(got, ", ") != test.want || list.unknown != test.unknown {
			t.Errorf("%q: got %q and %d unknown, want %q and %d", test.lines, got, list.unknown, test.want, test.unknown)
		}
	}
}

func TestHTTP2Upgrade(t *testing.T) {
	_, s := newSpeakers()
	up := &Exchange{Request: &Request{Method: "GET", Target: "/old"}, Response: &Response{Status: 101}}
	c := testConn()
	c.Tunnel = up
	got, sh := readHTTP2(c, []flight{
		s.frame(frameSettings, 0, 0, nil),
		{Client, []byte(preface)},
		s.headers(1, flagEndStream, ":status: 401"),
	})
	if got, want := outline(got), "1 GET  /old +0 -> 401 +0\n"; got != want || sh.counters.Requests != 0 {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHTTP2Connect(t *testing.T) {
	cl, s := newSpeakers()
	inside := "GET / HTTP/1.1\r\nHost: inner\r\n\r\n"
	answer := "HTTP/1.1 204 No Content\r\n\r\n"
	got, sh := readHTTP2(testConn(), []flight{
		{Client, []byte(preface)},
		cl.headers(1, 0, ":method: CONNECT", ":authority: inner:80"),
		s.headers(1, 0, ":status: 200"),
		cl.frame(frameData, 0, 1, []byte(inside)[:9]),
		cl.frame(frameData, 0, 1, []byte(inside)[9:]),
		s.frame(frameData, flagEndStream, 1, []byte(answer)),
		cl.frame(frameData, flagEndStream, 1, nil),
	})
	if got, want := outline(got), "1 CONNECT inner:80 inner:80 +0 -> 200 +0\n0 GET inner / +0 -> 204 +0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(got) == 2 && got[1].Conn.Tunnel != got[0] || sh.counters.Requests != 2 {
		t.Errorf("got tunnel %v, %d requests", got[1].Conn.Tunnel, sh.counters.Requests)
	}
}

// TestHTTP2LateRequest holds that a response finds its request where the capture lacks bytes of the
// client, which are then read after what the server had answered.
func TestHTTP2LateRequest(t *testing.T) {
	t.Parallel()
	cl, s := newSpeakers()
	w := newWire()
	w.handshake()
	w.send(Client, preface+string(cl.headers(1, flagEndStream, get...).b))
	w.send(Server, string(s.headers(1, flagEndStream, ":status: 401").b))
	w.lose(Client, string(cl.headers(3, flagEndStream, get...).b))
	w.send(Client, string(cl.headers(5, flagEndStream, get...).b))
	w.send(Server, string(s.headers(3, flagEndStream, ":status: 204").b))
	w.send(Server, string(s.headers(5, flagEndStream, ":status: 200").b))
	w.close()
	w.a.Close()
	var got []string
	for _, x := range w.exchanges {
		got = append(got, fmt.Sprintf("%d %v %d", x.H2Stream, x.Request != nil, x.Response.Status))
	}
	slices.Sort(got)
	if want := []string{"1 true 401", "3 false 204", "5 true 200"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestHTTP2LargeTable holds that blocks are read whose encoder has a larger table than is kept:
// only entries that are too old are not known.
func TestHTTP2LargeTable(t *testing.T) {
	t.Parallel()
	_, s := newSpeakers()
	s.table.SetMaxDynamicTableSizeLimit(1 << 20)
	s.table.SetMaxDynamicTableSize(1 << 20)
	var d fieldDecoder
	d.reset()
	d.decode(s.fields("x-old: 1"))
	for range maxTable / (30 << 10) {
		s.fields() // an entry of its own for each name
		d.decode(s.fields("x-"+strings.Repeat("n", 10)+": "+strings.Repeat("v", 30<<10), "x-next: 1"))
		s.table.SetMaxDynamicTableSize(1 << 20)
	}
	d.decode(s.fields("x-a: "+strings.Repeat("a", 40<<10), "x-b: "+strings.Repeat("b", 20<<10)))
	if list := d.decode(s.fields(":status: 401", "x-old: 1", "x-next: 1")); len(list.fields) != 2 || list.unknown != 1 || list.fields[1].Name != "x-next" {
		t.Errorf("got %v, %d unknown", list.fields, list.unknown)
	}
}

// TestHTTP2LongBlock holds that a request is known whose field block is too long to be read.
func TestHTTP2LongBlock(t *testing.T) {
	t.Parallel()
	cl, s := newSpeakers()
	b := cl.fields(append(slices.Clone(get), "authorization: "+strings.Repeat("\x00", maxFieldBlock))...)
	flights := []flight{{Client, []byte(preface)}, cl.frame(frameHeaders, flagEndStream, 1, b[:100])}
	for b = b[100:]; len(b) > 0; {
		n := min(len(b), 16000)
		flags := uint8(0)
		if n == len(b) {
			flags = flagEndHeaders
		}
		flights = append(flights, cl.frame(frameContinuation, flags, 1, b[:n]))
		b = b[n:]
	}
	c := testConn()
	got, sh := readHTTP2(c, append(flights, s.headers(1, flagEndStream, ":status: 431")))
	const want = "1 GET web.lab.test / +0 -> 431 +0 (1 header fields of the client refer to a part of the compression table that is not in the capture) (1 header fields of the client are over the limit)\n"
	if outline(got) != want || sh.counters.Dropped[blockDropped] != 1 || !c.Unread[Client] {
		t.Errorf("got %q, dropped %v, unread %v", outline(got), sh.counters.Dropped, c.Unread)
	}
}

// TestHTTP2BytesThatAreNoFrame holds that bytes in place of a frame are said, and that the next segment
// that begins with a frame is read.
func TestHTTP2BytesThatAreNoFrame(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]string{
		"SETTINGS of odd length": "\x00\x00\x03\x04\x00\x00\x00\x00\x00abc",
		"HEADERS of stream 0":    "\x00\x00\x01\x01\x05\x00\x00\x00\x00\x82",
		"PING of 9 bytes":        "\x00\x00\x09\x06\x00\x00\x00\x00\x00123456789",
	} {
		c, s := newSpeakers()
		conn := testConn()
		got, sh := readHTTP2(conn, []flight{
			{Client, []byte(preface + b)},
			c.headers(1, flagEndStream, get...),
			s.headers(1, flagEndStream, ":status: 200"),
		})
		if len(got) != 1 || got[0].Request == nil || got[0].Response == nil || sh.counters.UnreadBytes != int64(len(b)) || !conn.Unread[Client] {
			t.Errorf("%s: %s, %d bytes not read", name, outline(got), sh.counters.UnreadBytes)
		}
	}
}

// TestHTTP2WebSocket holds that another protocol on a stream is no tunnel, and is counted.
func TestHTTP2WebSocket(t *testing.T) {
	t.Parallel()
	cl, s := newSpeakers()
	got, sh := readHTTP2(testConn(), []flight{
		{Client, []byte(preface)},
		cl.headers(1, 0, ":method: CONNECT", ":protocol: websocket", ":scheme: https", ":authority: a.test", ":path: /ws"),
		s.headers(1, 0, ":status: 200"),
		cl.frame(frameData, 0, 1, []byte(get1)),
		s.frame(frameData, flagEndStream, 1, []byte("\x81\x05hello")),
		cl.frame(frameData, flagEndStream, 1, nil),
	})
	if got := outline(got); got != "1 CONNECT a.test /ws +0 -> 200 +0\n" {
		t.Errorf("got %q", got)
	}
	if d := cmp.Diff(map[string]int{"WebSocket": 1}, sh.counters.UnreadTCP); d != "" {
		t.Error(d)
	}
}

func TestHTTP2Prefixes(t *testing.T) {
	flights := h2Talk()
	for i := range flights {
		for n := range flights[i].b {
			cut := append(flights[:i:i], flight{flights[i].from, flights[i].b[:n]})
			if _, sh := readHTTP2(testConn(), cut); sh.held != 0 {
				t.Fatalf("cut in flight %d at %d: %d bytes held at the end", i, n, sh.held)
			}
		}
	}
}

func FuzzHTTP2(f *testing.F) {
	var client, server []byte
	for _, x := range h2Talk() {
		if x.from == Client {
			client = append(client, x.b...)
		} else {
			server = append(server, x.b...)
		}
	}
	f.Add(client, server, uint16(0), uint8(0))
	f.Add(client, server, uint16(150), uint8(60))
	f.Add(client[40:], server[20:], uint16(60), uint8(3))
	f.Fuzz(func(t *testing.T, client, server []byte, hole uint16, size uint8) {
		i := min(int(hole), len(server))
		_, sh := readHTTP2(testConn(), []flight{
			{Client, client}, {Server, server[:i]},
			{Server, make([]byte, size)}, {Server, server[i:]},
		}, 2)
		if sh.held != 0 {
			t.Errorf("%d bytes held at the end", sh.held)
		}
	})
}

// TestHTTP2BlockWithoutEnd holds that a field block which never ends is counted.
func TestHTTP2BlockWithoutEnd(t *testing.T) {
	t.Parallel()
	cl, s := newSpeakers()
	got, sh := readHTTP2(testConn(), []flight{
		{Client, []byte(preface)},
		cl.frame(frameHeaders, flagEndStream, 1, cl.fields(get...)),
		cl.headers(3, flagEndStream, get...),
		s.headers(3, flagEndStream, ":status: 401"),
	})
	if len(got) != 1 || !got[0].Conn.Unread[Client] || sh.counters.UnreadBytes == 0 {
		t.Errorf("%d exchanges, %d bytes unread", len(got), sh.counters.UnreadBytes)
	}
}
