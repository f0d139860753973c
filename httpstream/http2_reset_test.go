package httpstream

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHTTP2Reset holds that a response which is under way when the client resets its stream is one
// exchange with its request, and that streams without a response are not waited for without end.
func TestHTTP2Reset(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	got, sh := readHTTP2(testConn(), []flight{
		{Client, []byte(preface)},
		c.headers(1, flagEndStream, get...),
		c.headers(3, 0, get...),
		c.headers(5, flagEndStream, get...),
		c.frame(frameRSTStream, 0, 1, code(8)),
		c.frame(frameRSTStream, 0, 3, code(8)),
		c.frame(frameRSTStream, 0, 5, code(8)),
		c.headers(7, flagEndStream, get...),
		c.frame(frameRSTStream, 0, 7, code(8)),
		s.frame(frameRSTStream, 0, 7, code(5)),
		s.headers(1, 0, ":status: 401", "www-authenticate: NTLM"),
		s.frame(frameData, flagEndStream, 1, make([]byte, 5)),
		s.headers(3, 0, ":status: 100"),
		s.headers(3, flagEndStream, ":status: 204"),
	})
	const want = `7 GET web.lab.test / +0 CANCEL
1 GET web.lab.test / +0 -> 401 +0 CANCEL
3 GET web.lab.test / +0 [100] -> 204 +0 CANCEL
5 GET web.lab.test / +0 CANCEL
`
	if d := cmp.Diff(want, outline(got)); d != "" || sh.counters.Requests != 4 || sh.counters.Responses[401] != 1 {
		t.Errorf("%d requests, responses %v (-want +got):\n%s", sh.counters.Requests, sh.counters.Responses, d)
	}
	c, _ = newSpeakers()
	many := []flight{{Client, []byte(preface)}}
	for id := uint32(1); id <= 1+2*maxStreams; id += 2 {
		many = append(many, c.headers(id, flagEndStream, get...), c.frame(frameRSTStream, 0, id, code(8)))
	}
	if got, sh := readHTTP2(testConn(), many); len(got) != maxStreams+1 || len(sh.counters.Dropped) > 0 || sh.held != 0 {
		t.Errorf("%d exchanges, want %d; given up: %v, %d bytes held", len(got), maxStreams+1, sh.counters.Dropped, sh.held)
	}
}

// TestHTTP2TunnelReset holds that a tunnel ends as a reset of its stream ends it, and that what its server
// had under way when the client reset it is read.
func TestHTTP2TunnelReset(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from Side
		want string
	}{
		"by the client": {Client, "1 CONNECT a.test:80 a.test:80 +0 -> 200 +0\n0 GET a.test /1 +0 -> 401 +0\n"},
		"by the server": {Server, "1 CONNECT a.test:80 a.test:80 +0 -> 200 +0\n0 GET a.test /1 +0\n"},
	} {
		c, s := newSpeakers()
		reset := []flight{c.frame(frameRSTStream, 0, 1, code(8)), s.frame(frameRSTStream, 0, 1, code(8))}[tt.from]
		got, sh := readHTTP2(testConn(), []flight{
			{Client, []byte(preface)},
			c.headers(1, 0, ":method: CONNECT", ":authority: a.test:80"),
			s.headers(1, 0, ":status: 200"),
			c.frame(frameData, 0, 1, []byte("GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\n")),
			reset,
			s.frame(frameData, 0, 1, []byte("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")),
			s.frame(frameData, flagEndStream, 1, nil),
		})
		if d := cmp.Diff(tt.want, outline(got)); d != "" || sh.held != 0 {
			t.Fatalf("%s: %d bytes held (-want +got):\n%s", name, sh.held, d)
		}
		if c := got[1].Conn; c.Ending != RST || c.EndedBy != tt.from || c.EndedAt.Frame != 5 {
			t.Errorf("%s: ended by %s with %q in frame %d", name, c.EndedBy, c.Ending, c.EndedAt.Frame)
		}
	}
}

// TestHTTP2RequestLate holds that a response finds its request where the capture shows that later, although the
// server has reset the stream behind the response, and although it sent much before what the client begins with.
func TestHTTP2RequestLate(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	settings := s.frame(frameSettings, 0, 0, nil).b
	request := c.headers(1, 0, ":method: POST", ":authority: a.test", ":path: /1").b
	denied := s.headers(1, flagEndStream, ":status: 401", "server: "+strings.Repeat("s", 2*maxSniffed)).b
	begun := append([]byte(preface), c.frame(frameSettings, 0, 0, nil).b...)
	for name, late := range map[string]int{"request": len(begun), "preface": 0} {
		w := newWire()
		w.handshake()
		w.send(Client, string(begun[:late]))
		w.send(Server, string(settings))
		client := append(begun, request...)
		w.sent[Client] = len(client) // which the server had
		w.send(Server, string(denied))
		w.send(Server, string(s.frame(frameRSTStream, 0, 1, code(0)).b))
		w.segment(Client, FlagACK, late, string(client[late:]))
		w.a.Close()
		if got := outline(w.exchanges); got != "1 POST a.test /1 +0 -> 401 +0 NO_ERROR\n" || len(w.counters.UnreadTCP) > 0 || w.counters.UnreadBytes > 0 || w.a.shared.held != 0 {
			t.Errorf("the %s is late: %s, %+v", name, got, w.counters)
		}
	}
}
