package httpstream

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newHead(text string) *head {
	var h head
	h.read([]byte(text))
	return &h
}

func TestParseFields(t *testing.T) {
	got, malformed := appendFields(nil, newHead("GET / HTTP/1.1\r\nWWW-Authenticate: Negotiate\r\nwww-authenticate:NTLM \r\nX: a\r\n\t b\r\nempty:\r\nspaced \t: c\nbad line\r\nb(d: x\r\n: none\r\n\r\n"))
	want := Header{{Name: "WWW-Authenticate", Value: "Negotiate"}, {Name: "www-authenticate", Value: "NTLM"}, {Name: "X", Value: "a b"}, {Name: "empty"}, {Name: "spaced", Value: "c"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if malformed != 3 {
		t.Errorf("got %d malformed lines, want 3", malformed)
	}
}

func TestParseStartLine(t *testing.T) {
	for _, tt := range []struct {
		head     string
		request  string
		response int
	}{
		{"GET http://a.test:8080/x?y HTTP/1.1\r\n\r\n", "GET http://a.test:8080/x?y", 0},
		{"GET /a b HTTP/1.0\r\n\r\n", "GET /a b", 0},
		{"OPTIONS * HTTP/1.1\n\n", "OPTIONS *", 0},
		{"GET /\r\n\r\n", "", 0},
		{"GET / HTTP/2.0\r\n\r\n", "GET /", 0},
		{"debug  /x.asmx  HTTP/1.1 \r\n\r\n", "debug /x.asmx", 0},
		{"GET / HTTP/1.\r\n\r\n", "", 0},
		{"GET HTTP/1.1\r\n\r\n", "", 0},
		{"GET / RTSP/1.0\r\n\r\n", "", 0},
		{"G(T / HTTP/1.1\r\n\r\n", "", 0},
		{" / HTTP/1.1\r\n\r\n", "", 0},
		{"HTTP/1.1 401\r\n\r\n", "", 401},
		{"HTTP/1.0 200 \r\n\r\n", "", 200},
		{"http/1.1 401 unauthorized\r\n\r\n", "", 401},
		{"HTTP/1.1   401\r\n\r\n", "", 401},
		{"HTTP/1.1\t401 x\r\n\r\n", "", 401},
		{"HTTP/2.0 401 x\r\n\r\n", "", 401},
		{"HTTP/2 401\r\n\r\n", "", 401},
		{"HTTP 401 x\r\n\r\n", "", 401},
		{"HTTP/1.1 401Unauthorized\r\n\r\n", "", 401},
		{"HTTP/1.1401 x\r\n\r\n", "", 0},
		{"HTTP/1.1 40\r\n\r\n", "", 0},
		{"HTTPS/1.1 200 OK\r\n\r\n", "", 0},
		{"HTTP/1.1 2000 x\r\n\r\n", "", 0},
		{"HTTP/1.1 099 x\r\n\r\n", "", 0},
		{"HTTP/1.1 +20 x\r\n\r\n", "", 0},
	} {
		got, status := "", 0
		var request Request
		if _, ok := request.parse(newHead(tt.head)); ok {
			got = request.Method + " " + request.Target
		}
		var response Response
		if _, ok := response.parse(newHead(tt.head)); ok {
			status = response.Status
		}
		if got != tt.request || status != tt.response {
			t.Errorf("%q: got %q, %d, want %q, %d", tt.head, got, status, tt.request, tt.response)
		}
	}
}

// TestReadHead holds where a head ends, whether it comes at once or in pieces.
func TestReadHead(t *testing.T) {
	for _, tt := range []struct {
		b     string
		lines int
		n     int // 0 if it goes on
	}{
		{"A\r\nB\r\n\r\nbody", 3, 8},
		{"A\nB\n\n\r\n", 3, 5},
		{"A\n\r\n", 2, 4},
		{"A\r\n\rB\n\n", 2, 4},
		{"A\r\nB\r\n\r", 2, 0},
		{"A", 0, 0},
	} {
		var h head
		if whole := h.read([]byte(tt.b)); whole != (tt.n > 0) || len(h.ends) != tt.lines || len(h.text) != tt.n {
			t.Errorf("%q: got %d lines, %q", tt.b, len(h.ends), h.text)
		}
		for from := range max(1, tt.n-3) {
			if got := headEnds([]byte(tt.b), from); got != (tt.n > 0) {
				t.Errorf("%q from %d: got %v", tt.b, from, got)
			}
		}
	}
}

func TestBodyLength(t *testing.T) {
	for _, tt := range []struct {
		lines string
		want  int64
	}{
		{"", untilClose},
		{"Content-Length: 5\r\ncontent-length: 5, 5\r\n", 5},
		{"Content-Length: 5\r\nContent-Length: 6\r\nContent-Length: 6\r\n", invalid},
		{"Content-Length: x\r\nContent-Length: 6\r\n", invalid},
		{"Content-Length: x\r\nTransfer-Encoding: gzip, Chunked\r\n", chunked},
		{"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n", untilClose},
	} {
		h, _ := appendFields(nil, newHead("HTTP/1.1 200 OK\r\n"+tt.lines+"\r\n"))
		if got := bodyLength(h, untilClose); got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.lines, got, tt.want)
		}
	}
}

// TestHeadCut holds that a head of which the capture lacks the rest is known as such.
func TestHeadCut(t *testing.T) {
	t.Parallel()
	for _, cut := range []int{35, 60} { // in the first line behind the start line, and in the last
		w := newWire()
		w.handshake()
		w.send(Client, get1)
		w.send(Server, denied[:cut])
		w.lose(Server, denied[cut:])
		w.send(Client, get2)
		w.send(Server, denied)
		w.close()
		w.a.Close()
		if x := w.exchanges; len(x) != 2 || x[0].Response == nil || !x[0].Response.HeadCut || x[1].Response.HeadCut || w.conns[0].HeadsCut != [2]int32{0, 1} {
			t.Errorf("cut at %d: %d exchanges, heads cut %v", cut, len(x), w.conns[0].HeadsCut)
		}
	}
}

// TestConnectAgain loses the response to a CONNECT: that it was refused shows by the next one.
func TestConnectAgain(t *testing.T) {
	t.Parallel()
	const connect, refused = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
	for _, late := range []bool{false, true} {
		w := newWire()
		w.handshake()
		w.send(Client, connect)
		w.lose(Server, refused)
		if late {
			w.send(Server, "") // so that the loss is known before the client goes on
		}
		w.send(Client, connect)
		w.send(Server, refused)
		w.send(Client, connect)
		w.send(Server, "HTTP/1.1 200 Connection established\r\n\r\n")
		w.send(Client, get1)
		w.send(Server, ok5)
		w.close()
		w.expect(t, "CONNECT a.test:443 +0 > -; server side: 65 bytes are missing in the capture; its response is not in the capture", "CONNECT a.test:443 +0 > 407 +0", "CONNECT a.test:443 +0 > 200 +0", "GET /1 +0 > 200 +5")
	}
}
