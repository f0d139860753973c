package httpstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// framing lists what may be said on one connection, message by message, and the
// exchanges it makes.
var framing = []struct {
	name string
	say  []string // "> " of the client, "< " of the server
	want []string
}{
	{"content length", []string{"> " + get1, "< " + ok5, "> " + get2, "< " + denied},
		[]string{"GET /1 +0 > 200 +5", "GET /2 +0 > 401 +0"}},
	{"lines end in LF alone", []string{"> GET /1 HTTP/1.1\nHost: a\n\n", "< HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"},
		[]string{"GET /1 +0 > 200 +2"}},
	{"empty lines before the request", []string{"> \r\n\r\n" + get1, "< " + ok5},
		[]string{"GET /1 +0 > 200 +5"}},
	{"body of a request", []string{"> POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc" + get2, "< " + ok5 + ok5},
		[]string{"POST /1 +3 > 200 +5", "GET /2 +0 > 200 +5"}},
	{"chunked, extension, trailer", []string{"> " + get1,
		"< HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5;a=\"b\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\nX: y\r\n\r\n" + ok5,
		"> " + get2}, []string{"GET /1 +0 > 200 +15", "GET /2 +0 > 200 +5"}},
	{"chunked request", []string{"> POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get2, "< " + ok5 + denied},
		[]string{"POST /1 +3 > 200 +5", "GET /2 +0 > 401 +0"}},
	{"until close", []string{"> " + get1, "< HTTP/1.0 200 OK\r\n\r\nall that follows\r\n\r\nHTTP/1.1 404"},
		[]string{"GET /1 +0 > 200 +32"}},
	{"answer to HEAD", []string{"> HEAD /1 HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", "> " + get2, "< " + ok5},
		[]string{"HEAD /1 +0 > 200 +0", "GET /2 +0 > 200 +5"}},
	{"204 and 304 have no body", []string{"> " + get1, "< HTTP/1.1 204 No Content\r\n\r\n", "> " + get2, "< HTTP/1.1 304 Not Modified\r\nContent-Length: 70\r\n\r\n", "> " + get3, "< " + ok5},
		[]string{"GET /1 +0 > 204 +0", "GET /2 +0 > 304 +0", "GET /3 +0 > 200 +5"}},
	{"interim responses", []string{"> POST /1 HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "< HTTP/1.1 100 Continue\r\n\r\n", "> x", "< HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok5},
		[]string{"POST /1 +1 > 200 +5 after 100 after 103"}},
	{"pipelining", []string{"> " + get1 + get2 + get3, "< " + denied + ok5 + denied},
		[]string{"GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5", "GET /3 +0 > 401 +0"}},
	{"401 before the request is complete", []string{"> POST /1 HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", "< " + denied, "> defghi" + get2, "< " + ok5},
		[]string{"POST /1 +9 > 401 +0", "GET /2 +0 > 200 +5"}},
	{"401 and the upload stops", []string{"> POST /1 HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", "< " + denied},
		[]string{"POST /1 +3 > 401 +0; the body of the client ends early"}},
	{"request without response", []string{"> " + get1}, []string{"GET /1 +0 > -"}},
	{"408 nobody asked for", []string{"> " + get1, "< " + ok5 + "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"},
		[]string{"GET /1 +0 > 200 +5", "- > 408 +0"}},
	{"connect", []string{"> CONNECT a.test:80 HTTP/1.1\r\n\r\n", "< HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
		"> CONNECT a.test:80 HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 Connected\r\n\r\n", "> " + get1, "< " + ok5},
		[]string{"CONNECT a.test:80 +0 > 407 +0", "CONNECT a.test:80 +0 > 200 +0", "GET /1 +0 > 200 +5"}},
	{"connect, the client does not wait", []string{"> CONNECT a.test:80 HTTP/1.1\r\n\r\n" + get1, "< HTTP/1.1 200 Connected\r\nContent-Length: 7\r\n\r\n" + ok5},
		[]string{"CONNECT a.test:80 +0 > 200 +0", "GET /1 +0 > 200 +5"}},
	{"connect refused, the client does not wait", []string{"> CONNECT a.test:80 HTTP/1.1\r\n\r\n" + get1, "< " + denied + ok5},
		[]string{"CONNECT a.test:80 +0 > 401 +0", "GET /1 +0 > 200 +5"}},
	{"websocket", []string{"> " + get1, "< HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "> \x81\x05HTTP/1.1 200 OK\r\n\r\n", "< GET / HTTP/1.1\r\n\r\n"},
		[]string{"GET /1 +0 > 101 +0"}},
	{"conflicting lengths", []string{"> " + get1, "< HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabc"},
		[]string{`GET /1 +0 > 200 +3; invalid Content-Length "5, 6"`}},
	{"equal lengths", []string{"> " + get1, "< HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc" + ok5, "> " + get2},
		[]string{"GET /1 +0 > 200 +3", "GET /2 +0 > 200 +5"}},
	{"malformed chunk", []string{"> " + get1, "< HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n"},
		[]string{"GET /1 +0 > 200 +0; server side, in the body: malformed chunk"}},
	{"malformed header line", []string{"> GET /1 HTTP/1.1\r\nno colon\r\nHost: a\r\n\r\n", "< " + ok5},
		[]string{"GET /1 +0 > 200 +5; 1 malformed header lines of the client"}},
	{"head cut off by the end", []string{"> " + get1, "< HTTP/1.1 401 Unauthorized\r\nWWW-Auth"},
		[]string{"GET /1 +0 > 401 +0; the server's head: head is cut off by the end of the connection or capture"}},
	{"a body without a length, and an answer behind it", []string{"> " + get1, "< HTTP/1.1 200 OK\r\n\r\nhtt", "> " + get2, "< " + ok5},
		[]string{"GET /1 +0 > 200 +3", "GET /2 +0 > 200 +5"}},
	{"no coding, by its name", []string{"> " + get1, "< HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", "> " + get2, "< " + ok5},
		[]string{"GET /1 +0 > 200 +3", "GET /2 +0 > 200 +5"}},
	{"another protocol", []string{"< 220 mail.test ESMTP\r\n", "> EHLO a\r\n", "> " + get1}, nil},
}

// play says a conversation in segments of at most n bytes.
func (w *wire) play(say []string, n int) {
	w.handshake()
	for _, s := range say {
		from := Server
		if s[0] == '>' {
			from = Client
		}
		for piece := range slices.Chunk([]byte(s[2:]), n) {
			w.send(from, string(piece))
		}
	}
	w.close()
}

func TestFraming(t *testing.T) {
	for _, tt := range framing {
		for _, n := range []int{1 << 16, 7, 1} {
			t.Run(fmt.Sprintf("%s/%d", tt.name, n), func(t *testing.T) {
				w := newWire()
				w.play(tt.say, n)
				w.expect(t, tt.want...)
				w.expectLost(t, 0, 0)
			})
		}
	}
}

// Pairs of neighbouring segments swap places.
func TestFramingReordered(t *testing.T) {
	for _, tt := range framing {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire()
			w.handshake()
			for _, s := range tt.say {
				from, b := Server, s[2:]
				if s[0] == '>' {
					from = Client
				}
				base := w.sent[from]
				w.sent[from] += len(b)
				for at := 0; at < len(b); at += 10 {
					if at+5 < len(b) {
						w.segment(from, FlagACK, base+at+5, b[at+5:min(len(b), at+10)])
					}
					w.segment(from, FlagACK, base+at, b[at:min(len(b), at+5)])
				}
			}
			w.close()
			w.expect(t, tt.want...)
			w.expectLost(t, 0, 0)
		})
	}
}

// Each segment is lost in turn. What comes out is what went in, or less: never an
// exchange, status or target that was not there, and the loss is counted.
func TestFramingLossy(t *testing.T) {
	for _, tt := range framing {
		whole := newWire()
		whole.play(tt.say, 1<<16)
		whole.a.Close()
		pairs := map[string]bool{}
		for _, x := range whole.exchanges {
			pairs[endpoints(x)] = true
			if x.Request != nil && x.Response != nil {
				pairs[endpoints(&Exchange{Request: x.Request})] = true
				pairs[endpoints(&Exchange{Response: x.Response})] = true
			}
		}
		for _, size := range []int{1 << 16, 16, 3} {
			for lost := 0; ; lost++ {
				w := newWire()
				if !w.playLossy(tt.say, size, lost) {
					break
				}
				w.a.Close()
				for _, x := range w.exchanges {
					if !pairs[endpoints(x)] {
						t.Errorf("%s: segment %d of %d bytes lost: invented %s", tt.name, lost, size, summary(x))
					}
				}
				if w.counters.LostBytes == 0 {
					t.Errorf("%s: segment %d of %d bytes lost: not counted", tt.name, lost, size)
				}
			}
		}
	}
}

func endpoints(x *Exchange) string {
	s := "-"
	if x.Request != nil {
		s = x.Request.Method + " " + x.Request.Target
	}
	if x.Response != nil {
		s += fmt.Sprint(" ", x.Response.Status)
	}
	return s
}

// playLossy plays a conversation without one of its segments, and reports whether there
// was such a one.
func (w *wire) playLossy(say []string, n, lost int) bool {
	w.handshake()
	i := 0
	for _, s := range say {
		from := Server
		if s[0] == '>' {
			from = Client
		}
		for piece := range slices.Chunk([]byte(s[2:]), n) {
			if i == lost {
				w.lose(from, string(piece))
			} else {
				w.send(from, string(piece))
			}
			i++
		}
	}
	w.close()
	return lost < i
}

// Where a message should begin is none: the next segment that starts like one is.
func TestResync(t *testing.T) {
	w := newWire()
	w.play([]string{"> " + get1, "< " + ok5 + "garbage\r\n", "> " + get2, "< " + ok5, "> garbage \x00", "> " + get3, "< " + ok5}, 1000)
	w.expect(t, "GET /1 +0 > 200 +5", "GET /2 +0 > 200 +5", "GET /3 +0 > 200 +5")
}

func TestConnFacts(t *testing.T) {
	w := newWire()
	w.play([]string{"> CONNECT a.test:80 HTTP/1.1\r\n\r\n", "< HTTP/1.1 200 Connected\r\n\r\n", "> " + get1, "< " + ok5}, 100)
	w.a.Close()
	if len(w.conns) != 2 {
		t.Fatalf("got %d connections, want the tunnel and its carrier", len(w.conns))
	}
	inner, outer := w.conns[0], w.conns[1]
	if inner.Tunnel == nil || inner.Tunnel.Request.Method != "CONNECT" || inner.Tunnel.Conn != outer {
		t.Errorf("the tunnel does not run inside its CONNECT: %+v", inner)
	}
	if !inner.HTTP || !inner.Complete() || inner.Ending != FIN || inner.Stream != outer.Stream {
		t.Errorf("inner connection %+v", inner)
	}
	if got, want := inner.Bytes, [2]int64{int64(len(get1)), int64(len(ok5))}; got != want {
		t.Errorf("inner bytes %v, want %v", got, want)
	}
	if outer.Ending != FIN || outer.EndedBy != Client || outer.EndedAt.Frame != 8 || outer.Client != clientAddr || !outer.SYN {
		t.Errorf("outer connection %+v", outer)
	}
}

func TestSYNOnly(t *testing.T) {
	for _, refused := range []bool{false, true} {
		w := newWire()
		w.segment(Client, FlagSYN, 0, "")
		w.segment(Client, FlagSYN, 0, "")
		if refused {
			w.segment(Server, FlagRST|FlagACK, -5001, "")
		}
		w.a.Close()
		if len(w.conns) != 1 || !w.conns[0].SYNOnly || (w.conns[0].Ending == RST) != refused {
			t.Errorf("refused %v: got %+v", refused, w.conns)
		}
	}
}

func TestErrorBody(t *testing.T) {
	w := newWire()
	body := strings.Repeat("0123456789", 1000)
	w.play([]string{"> " + get1, "< HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n" + body + "\r\n0\r\n\r\n"}, 1000)
	w.expect(t, "GET /1 +0 > 500 +10000")
	if got := string(w.exchanges[0].Response.Body); got != body[:maxErrorBody] {
		t.Errorf("kept %d bytes, want the first %d", len(got), maxErrorBody)
	}
}

// TestLateResponse has the first response of a connection joined in the middle come into
// the capture after the second request and its response: the acknowledgment it carries
// says what it answers.
func TestLateResponse(t *testing.T) {
	for _, after := range []int{1, 2} { // how many later segments overtake it
		w := newWire()
		w.send(Client, get1)
		late := Segment{Src: serverAddr, Dst: clientAddr, Seq: w.isn[Server] + 1, Ack: w.isn[Client] + 1 + uint32(w.sent[Client]),
			Flags: FlagACK, Payload: []byte(denied)}
		w.sent[Server] += len(denied)
		w.send(Client, get2)
		if after == 2 {
			w.send(Server, ok5)
		}
		late.At = Pos{Frame: 10, Time: w.now}
		w.a.Segment(&late)
		w.frame = 10
		if after == 1 {
			w.send(Server, ok5)
		}
		w.close()
		w.expect(t, "GET /1 +0 > 401 +0", "GET /2 +0 > 200 +5")
	}
}

// TestInterimLimit holds that what is over the limit of 1xx responses is counted.
func TestInterimLimit(t *testing.T) {
	w := newWire()
	w.play([]string{"> " + get1, "< " + strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", maxInterim+3) + ok5}, 1000)
	if got, over := len(w.exchanges[0].Interim), w.counters.Dropped[interimDropped]; got != maxInterim || over != 3 {
		t.Errorf("%d are kept and %d dropped, want %d and 3", got, over, maxInterim)
	}
}

// TestBodyOfAnswerToCredentials holds whose body is kept where no error is answered: that of
// a page to a request with credentials, up to the first byte that is missing.
func TestBodyOfAnswerToCredentials(t *testing.T) {
	t.Parallel()
	const page = "<html>abcdefghij"
	for _, tt := range []struct{ request, media, want string }{
		{"Authorization: Negotiate YIIB\r\n", "Content-Type: text/html; charset=utf-8\r\n", page},
		{"authorization: Basic YTpi\r\n", "", page},
		{"Authorization: Negotiate YIIB\r\n", "Content-Type: application/json\r\n", ""},
		{"Proxy-Authorization: Basic YTpi\r\n", "Content-Type: text/html\r\n", ""},
		{"", "Content-Type: text/html\r\n", ""},
	} {
		x := &Exchange{}
		for _, size := range []int{1, 7, 1000} {
			w := newWire()
			w.play([]string{"> GET / HTTP/1.1\r\n" + tt.request + "\r\n", "< HTTP/1.1 200 OK\r\n" + tt.media + "Content-Length: 16\r\n\r\n" + page}, size)
			w.a.Close()
			x = w.exchanges[0]
			if got := string(x.Response.Body); got != tt.want {
				t.Errorf("%q, %q: kept %q, want %q", tt.request, tt.media, got, tt.want)
			}
		}
		if x.Response.Status = 302; x.WantsBody() != 0 {
			t.Errorf("%q: the body of a redirect is wanted", tt.request)
		}
	}
	w := newWire()
	w.handshake()
	w.send(Client, "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n")
	w.send(Server, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n<html>")
	w.lose(Server, "abcd")
	w.send(Server, "efghij")
	w.close()
	w.a.Close()
	if got := string(w.exchanges[0].Response.Body); got != "<html>" {
		t.Errorf("kept %q around a hole", got)
	}
}
