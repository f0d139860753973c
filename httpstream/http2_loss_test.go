package httpstream

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// settings is the payload of SETTINGS with one parameter.
func settings(id uint16, v uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(nil, id), v)
}

// TestHTTP2LongData holds that a DATA frame longer than the peer allows hides nothing behind its
// header, and that one which it allows is read whole.
func TestHTTP2LongData(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		allowed uint32
		known   bool // that the connection begins in the capture
		want    string
		unread  int64
	}{
		"longer than allowed": {
			1 << 14, true, "1 GET web.lab.test / +0 -> 401 +0\n3 GET web.lab.test / +0 -> 200 +0\n", http2FrameLen,
		},
		"allowed":   {1<<24 - 1, true, "1 GET web.lab.test / +0 -> 401 +0\n", 11},
		"not known": {1 << 14, false, "1 GET web.lab.test / +0 -> 401 +0\n", 11},
	} {
		c, s := newSpeakers()
		conn := testConn()
		conn.SYN = test.known
		got, sh := readHTTP2(conn, []flight{
			{Client, []byte(preface)},
			c.frame(frameSettings, 0, 0, nil),
			s.frame(frameSettings, 0, 0, settings(5, test.allowed)),
			c.headers(1, flagEndStream, get...),
			s.headers(1, flagEndStream, ":status: 401"),
			{Client, []byte("\xff\xff\xff\x00\x00\x00\x00\x00\x01")},
			c.headers(3, flagEndStream, ":method: GET", ":scheme: https", ":authority: web.lab.test", ":path: /"),
			s.headers(3, flagEndStream, ":status: 200"),
		})
		if !strings.HasPrefix(outline(got), strings.SplitAfter(test.want, "\n")[0]) || !conn.Unread[Client] {
			t.Errorf("%s: got %s unread %v", name, outline(got), conn.Unread)
		}
		if test.allowed == 1<<14 && test.known && (len(got) != 2 || got[1].Request == nil || sh.counters.UnreadBytes != test.unread) {
			t.Errorf("%s: got %s%d bytes not read", name, outline(got), sh.counters.UnreadBytes)
		}
	}
}

// TestHTTP2CutBlock cuts a field block at every byte, by the end of the capture and by a loss: what there
// is of the message is read, and that it is cut is said.
func TestHTTP2CutBlock(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	lines := append(get, "authorization: Negotiate YIIabc", "x-last: 1")
	whole := c.fields(lines...)
	answer := s.headers(1, flagEndStream, ":status: 401", "www-authenticate: Negotiate")
	for n := range whole {
		for _, continued := range []int{0, 7} {
			if n < continued {
				continue
			}
			first := c.frame(frameHeaders, flagEndStream, 1, whole[:continued])
			rest := c.frame(frameContinuation, flagEndHeaders, 1, whole[continued:])
			if continued == 0 {
				first.b, rest = nil, c.frame(frameHeaders, flagEndHeaders|flagEndStream, 1, whole)
			}
			conn := testConn()
			before := []flight{{Client, []byte(preface)}, c.frame(frameSettings, 0, 0, nil), s.frame(frameSettings, 0, 0, nil), first}
			cut := flight{Client, rest.b[:http2FrameLen+n-continued]}
			got, sh := readHTTP2(conn, append(before, cut))
			lost, _ := readHTTP2(testConn(), append(before, cut, flight{Client, rest.b[len(cut.b):]}, answer), len(before)+1)
			if sh.held != 0 {
				t.Errorf("cut at %d: %d bytes held", n, sh.held)
			}
			for how, list := range map[string][]*Exchange{"end": got, "loss": lost} {
				if n == 0 && how == "end" && len(list) == 0 && conn.Unread[Client] {
					continue
				}
				if len(list) != 1 || how == "loss" && list[0].Response == nil {
					t.Fatalf("%s at %d: got %s", how, n, outline(list))
				}
				q := list[0].Request
				switch {
				case q == nil && n > 0:
					t.Errorf("%s at %d: no request", how, n)
				case q != nil && (len(list[0].Notes) == 0 || conn.HeadsCut[Client] != 1):
					t.Errorf("%s at %d: not said: %s", how, n, outline(list))
				case q != nil && q.Header.Value("x-last") != "", q != nil && n > len(whole)-9 && q.Header.Value("authorization") == "":
					t.Errorf("%s at %d: got %v", how, n, q.Header)
				}
			}
		}
	}
}

// TestHTTP2DataWithoutStream holds that content of a stream that nobody opened counts as not read, with its place,
// and that of one that is complete, or began before the capture, does not.
func TestHTTP2DataWithoutStream(t *testing.T) {
	t.Parallel()
	content := []byte("GET / HTTP/1.1\r\n\r\n")
	for id, unread := range map[uint32]int{1: 0, 3: len(content)} {
		c, s := newSpeakers()
		flights := []flight{
			{Client, []byte(preface)}, c.headers(1, flagEndStream, ":method: GET", ":scheme: https", ":authority: web.lab.test", ":path: /"),
			s.headers(1, flagEndStream, ":status: 204"), c.frame(frameData, flagEndStream, id, content),
		}
		conn := testConn()
		if _, sh := readHTTP2(conn, flights); sh.counters.UnreadBytes != int64(unread) || conn.Unread[Client] != (unread > 0) {
			t.Errorf("stream %d: %d bytes not read, want %d", id, sh.counters.UnreadBytes, unread)
		}
		conn = testConn()
		conn.SYN = false
		if _, sh := readHTTP2(conn, flights); sh.counters.UnreadBytes != 0 {
			t.Errorf("stream %d, begun before the capture: %d bytes not read", id, sh.counters.UnreadBytes)
		}
	}
}

// TestHTTP2EarlyTunnel holds that what a client sends behind a CONNECT before it is answered belongs to
// the tunnel, if it gets one, and is said if it does not.
func TestHTTP2EarlyTunnel(t *testing.T) {
	t.Parallel()
	connect := []string{":method: CONNECT", ":authority: inner:80"}
	const granted = "1 CONNECT inner:80 inner:80 +0 -> 200 +0\n0 GET inner / +0 -> 204 +0\n"
	inside, inner := []byte("GET / HTTP/1.1\r\nHost: inner\r\n\r\n"), []byte("HTTP/1.1 204 No Content\r\n\r\n")
	for name, make := range map[string]func(c, s *h2Speaker) []flight{
		"granted": func(c, s *h2Speaker) []flight {
			return []flight{
				c.headers(1, 0, connect...), c.frame(frameData, 0, 1, inside[:5]), c.frame(frameData, flagEndStream, 1, inside[5:]),
				s.headers(1, 0, ":status: 200"), s.frame(frameData, flagEndStream, 1, inner),
			}
		},
		"waiting": func(c, s *h2Speaker) []flight {
			return []flight{
				c.headers(1, 0, connect...), s.headers(1, 0, ":status: 200"), c.frame(frameData, flagEndStream, 1, inside),
				s.frame(frameData, flagEndStream, 1, inner),
			}
		},
	} {
		c, s := newSpeakers()
		got, sh := readHTTP2(testConn(), append([]flight{{Client, []byte(preface)}}, make(c, s)...))
		if outline := strings.Replace(outline(got), "+"+"31 ->", "+0 ->", 1); outline != granted || sh.held != 0 {
			t.Errorf("%s: got %s, %d bytes held", name, outline, sh.held)
		}
	}

	c, _ := newSpeakers()
	conn := testConn()
	_, sh := readHTTP2(conn, []flight{{Client, []byte(preface)}, c.headers(1, 0, connect...), c.frame(frameData, 0, 1, inside)})
	if sh.counters.UnreadBytes != int64(len(inside)) || !conn.Unread[Client] || sh.held != 0 {
		t.Errorf("unanswered: %d bytes not read, %d held", sh.counters.UnreadBytes, sh.held)
	}
	c, _ = newSpeakers()
	long := []flight{{Client, []byte(preface)}, c.headers(1, 0, connect...)}
	for range 1 + maxHead/(500*len(inside)) {
		long = append(long, c.frame(frameData, 0, 1, bytes.Repeat(inside, 500)))
	}
	_, sh = readHTTP2(testConn(), long)
	if sh.counters.Dropped[heldDropped] == 0 || sh.held != 0 {
		t.Errorf("dropped %v, %d held", sh.counters.Dropped, sh.held)
	}
}

// TestHTTP2LateConnect holds that a tunnel is read whose grant the capture shows before its request.
func TestHTTP2LateConnect(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	w := newWire()
	w.handshake()
	w.send(Client, preface+string(c.frame(frameSettings, 0, 0, nil).b))
	w.send(Server, string(s.frame(frameSettings, 0, 0, nil).b))
	late := string(c.headers(1, 0, ":method: CONNECT", ":authority: inner:80").b)
	offset := w.sent[Client]
	w.lose(Client, late)
	w.send(Server, string(s.headers(1, 0, ":status: 200").b))
	w.send(Server, string(s.frame(frameData, 0, 1, []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).b))
	w.segment(Client, FlagACK, offset, late)
	w.close()
	w.a.Close()
	if len(w.exchanges) != 2 || w.exchanges[0].Conn == w.exchanges[1].Conn {
		t.Errorf("got %s", outline(w.exchanges))
	}
}

// TestHTTP2BeginsMidway has a capture begin with a frame that is longer than its segment, or with one behind which
// another is: without the preface, HTTP/2 is known by the frames.
func TestHTTP2BeginsMidway(t *testing.T) {
	t.Parallel()
	token := "authorization: Negotiate " + strings.Repeat("TlRM", 1000)
	for name, play := range map[string]func(w *wire, c, s *h2Speaker){
		"a long request": func(w *wire, c, s *h2Speaker) {
			w.inParts(Client, string(c.headers(5, flagEndStream, append(get, token)...).b))
			w.send(Server, string(s.headers(5, flagEndStream, ":status: 204").b))
		},
		"a long response": func(w *wire, c, s *h2Speaker) {
			w.inParts(Server, string(s.headers(5, flagEndStream, ":status: 204", token).b))
		},
		"behind an update": func(w *wire, c, s *h2Speaker) {
			w.inParts(Client, string(c.frame(frameWindowUpdate, 0, 0, code(9)).b)+string(c.headers(5, flagEndStream, append(get, token)...).b))
			w.send(Server, string(s.headers(5, flagEndStream, ":status: 204").b))
		},
		"content behind it": func(w *wire, c, s *h2Speaker) {
			w.inParts(Client, string(c.headers(5, 0, get...).b)+string(c.frame(frameData, flagEndStream, 5, make([]byte, 5000)).b))
			w.send(Server, string(s.headers(5, flagEndStream, ":status: 204").b))
		},
		"in a frame": func(w *wire, c, s *h2Speaker) {
			w.inParts(Server, strings.Repeat("body", 1000))
			w.inParts(Client, string(c.headers(5, flagEndStream, append(get, token)...).b))
			w.inParts(Server, string(s.headers(5, flagEndStream, ":status: 204").b))
		},
	} {
		w := newWire()
		c, s := newSpeakers()
		play(w, c, s)
		w.a.Close()
		if len(w.exchanges) != 1 || (w.exchanges[0].Request == nil) != (name == "a long response") || w.exchanges[0].Response == nil || w.exchanges[0].Response.Status != 204 {
			t.Errorf("%s: %s, not read: %v", name, outline(w.exchanges), w.counters.UnreadTCP)
		}
	}
	for name, b := range map[string]string{
		"zeros":           strings.Repeat("\x00", 4000),
		"another message": "\x00\x10\x00\x01\x05\x00\x00\x00\x01" + strings.Repeat("\xff", 6000),
	} {
		w := newWire()
		w.inParts(Client, b)
		w.inParts(Server, b)
		w.a.Close()
		if len(w.exchanges) != 0 || len(w.counters.UnreadTCP) != 1 || w.a.shared.held != 0 {
			t.Errorf("%s: %s, not read: %v", name, outline(w.exchanges), w.counters.UnreadTCP)
		}
	}
}

// inParts sends the next bytes of a side in segments of 1000.
func (w *wire) inParts(from Side, b string) {
	for n := 0; n < len(b); n += 1000 {
		w.send(from, b[n:min(n+1000, len(b))])
	}
}
