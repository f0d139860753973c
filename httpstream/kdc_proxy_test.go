package httpstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// readKDCProxy reads flights on one connection and lists what was for a KDC or from it. A
// flight without bytes is a gap of three.
func readKDCProxy(t *testing.T, reader func(*shared) reader, flights []flight) []string {
	t.Helper()
	var got []string
	sh := &shared{counters: &Counters{}, sink: Sink{KDCProxy: func(_ *Conn, from Side, at Pos, coding string, b []byte) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", from, at.Frame, b[:min(len(b), 40)], coding)))
	}}}
	r, at := reader(sh), Pos{}
	for _, f := range flights {
		at.Frame++
		if f.b == nil {
			r.gap(f.from, &at, 3)
		} else {
			r.data(f.from, &at, f.b)
		}
	}
	r.end(Client, &at)
	r.end(Server, &at)
	if sh.held != 0 {
		t.Errorf("%d bytes are held at the end", sh.held)
	}
	return got
}

func http1On(sh *shared) reader { return sh.sniff(testConn()) }

func TestKDCProxyContent(t *testing.T) {
	t.Parallel()
	ask := func(path, kind, body string) flight {
		return flight{Client, fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: p.test\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, kind, len(body), body)}
	}
	say := func(status int, body string) flight {
		return flight{Server, fmt.Appendf(nil, "HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)}
	}
	const kerberos = "application/kerberos"
	long := ask("/KdcProxy", kerberos, strings.Repeat("x", maxRecord+1))
	cut := ask("/KdcProxy", kerberos, "request")
	for _, test := range []struct {
		name    string
		flights []flight
		want    []string
	}{
		{"by path", []flight{ask("/KdcProxy", "", "ask"), say(200, "answer")}, []string{"client 1 ask", "server 2 answer"}},
		{"by path in another case, whole URL", []flight{ask("https://p.test/kdcproxy?x", "", "ask")}, []string{"client 1 ask"}},
		{"by media type", []flight{ask("/kdc", kerberos, "ask"), say(200, "answer")}, []string{"client 1 ask", "server 2 answer"}},
		{"by media type in another case", []flight{ask("/kdc", "Application/Kerberos; x=y", "ask"), say(200, "answer")}, []string{"client 1 ask", "server 2 answer"}},
		{"one after the other", []flight{ask("/KdcProxy", kerberos, "a"), say(200, "b"), ask("/KdcProxy", kerberos, "c"), say(200, "d")},
			[]string{"client 1 a", "server 2 b", "client 3 c", "server 4 d"}},
		{"in pieces, chunked, to the close", []flight{
			{Client, []byte("POST /KdcProxy HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nas")}, {Client, []byte("k\r\n2\r\ned\r\n0\r\n\r\n")},
			{Server, []byte("HTTP/1.0 200 OK\r\n\r\nans")}, {Server, []byte("wer")}}, []string{"client 1 asked", "server 3 answer"}},
		{"packed", []flight{{Client, []byte("POST /KdcProxy HTTP/1.1\r\ncontent-encoding: gzip\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nask")},
			{Server, []byte("HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 6\r\n\r\nanswer")}}, []string{"client 1 ask gzip,br", "server 2 answer deflate"}},
		{"refused", []flight{ask("/KdcProxy", kerberos, "ask"), say(503, "no KDC")}, []string{"client 1 ask"}},
		{"empty", []flight{ask("/KdcProxy", kerberos, ""), say(200, "")}, nil},
		{"of another kind", []flight{ask("/KdcProxy/help", "text/plain", "ask"), say(200, "answer")}, nil},
		{"a GET", []flight{{Client, []byte("GET /KdcProxy HTTP/1.1\r\n\r\n")}, say(200, "answer")}, nil},
		{"cut by the end", []flight{{Client, cut.b[:len(cut.b)-4]}}, []string{"client 1 req"}},
		{"with a gap", []flight{{Client, cut.b[:len(cut.b)-5]}, {Client, nil}, {Client, []byte("st")}}, []string{"client 1 re"}},
		{"cut by another protocol", []flight{{Client, cut.b[:len(cut.b)-4]}, {Server, []byte("HTTP/1.1 101 OK\r\nUpgrade: x\r\n\r\n")}}, []string{"client 1 req"}},
		{"too long", []flight{long}, []string{"client 1 " + strings.Repeat("x", 40)}},
	} {
		if got := readKDCProxy(t, http1On, test.flights); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestKDCProxyReplyFirst plays replies that the capture shows before what they answer.
func TestKDCProxyReplyFirst(t *testing.T) {
	t.Parallel()
	const ask = "POST /KdcProxy HTTP/1.1\r\nContent-Length: 3\r\n\r\nask"
	const reply = "HTTP/1.1 200 OK\r\nContent-Type: application/kerberos\r\nContent-Length: 6\r\n\r\nanswer"
	for _, tt := range []struct {
		name    string
		request string
		shown   int // of the request, before the reply
		lost    bool
		want    []string
	}{
		{"before the request", ask, 0, false, []string{"client ask", "server answer"}},
		{"inside of its head", ask, 20, false, []string{"client ask", "server answer"}},
		{"inside of its body", ask, len(ask) - 2, false, []string{"client ask", "server answer"}},
		{"without a request", ask, 0, true, []string{"server answer"}},
		{"to something else", get1, 0, false, nil},
	} {
		var got []string
		w := newWire()
		w.a.shared.sink.KDCProxy = func(_ *Conn, from Side, _ Pos, _ string, b []byte) { got = append(got, fmt.Sprintf("%s %s", from, b)) }
		w.handshake()
		if tt.shown > 0 {
			w.send(Client, tt.request[:tt.shown])
		}
		w.sent[Client] = len(tt.request)
		w.send(Server, reply)
		if !tt.lost {
			w.segment(Client, FlagACK, tt.shown, tt.request[tt.shown:])
		}
		w.close()
		if w.a.Close(); !slices.Equal(got, tt.want) || w.a.shared.held != 0 {
			t.Errorf("%s: got %q, want %q, %d bytes held", tt.name, got, tt.want, w.a.shared.held)
		}
	}
}

func TestKDCProxyHTTP2(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	post := []string{":method: POST", ":scheme: https", ":authority: p.test", ":path: /KdcProxy"}
	flights := []flight{
		{Client, []byte(preface)}, c.frame(frameSettings, 0, 0, nil), s.frame(frameSettings, 0, 0, nil),
		c.headers(1, 0, post...), c.headers(3, 0, append(slices.Clone(get), "content-type: application/kerberos")...),
		c.frame(frameData, 0, 1, []byte("as")), c.frame(frameData, flagEndStream, 1, []byte("k")),
		c.frame(frameData, flagEndStream, 3, []byte("no KDC's")),
		s.headers(1, 0, ":status: 200"), s.frame(frameData, flagEndStream, 1, []byte("answer")),
		c.headers(5, 0, post...), c.frame(frameData, flagEndStream, 5, []byte("again")),
		s.headers(5, 0, ":status: 500"), s.frame(frameData, flagEndStream, 5, []byte("oops")),
	}
	got := readKDCProxy(t, func(sh *shared) reader { return sh.http2(testConn()) }, flights)
	if want := []string{"client 4 ask", "server 9 answer", "client 11 again"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIsKerberosDatagram(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		port    uint16
		payload string
		want    bool
	}{
		{88, "", true}, {53, "\x6a\x81\x00\x00\x00\x00", false},
		{8800, "\x6a\x81\x00\x00\x00\x00", true}, {8800, "GET / HTTP/1.1", false}, {8800, "\x6a", false},
		{464, "\x00\x06\x00\x01\x00\x00", true}, {464, "\x00\x06\xff\x80\x00\x00", true},
		{464, "\x00\x06\x00\x02\x00\x00", false}, {464, "\x00\x06\x00\x01\x00", false},
	} {
		if got := IsKerberosDatagram(test.port, []byte(test.payload)); got != test.want {
			t.Errorf("port %d, %q: got %v", test.port, test.payload, got)
		}
	}
}
