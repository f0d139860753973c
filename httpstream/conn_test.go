package httpstream

import "testing"

// TestThroughProxy holds that what runs inside of CONNECT leads through a proxy, and what a server
// changes to does not.
func TestThroughProxy(t *testing.T) {
	t.Parallel()
	c, s := newSpeakers()
	for _, tt := range []struct {
		name            string
		request, answer string
		client, server  string
		through         bool
	}{
		{"CONNECT", "CONNECT a.test:80 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", get1, ok5, true},
		{
			"h2c", "GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: h2c\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
			preface + string(c.frame(frameSettings, 0, 0, nil).b), string(s.headers(1, flagEndStream, ":status: 401").b), false,
		},
		{"neither", get1, ok5, get1, ok5, false},
	} {
		w := newWire()
		w.handshake()
		w.send(Client, tt.request)
		w.send(Server, tt.answer)
		w.send(Client, tt.client)
		w.send(Server, tt.server)
		w.close()
		w.a.Close()
		if len(w.exchanges) != 2 || w.exchanges[1].Conn.ThroughProxy() != tt.through {
			t.Errorf("%s: %s, through a proxy: %t", tt.name, outline(w.exchanges), !tt.through)
		}
	}
}

// TestConnKey holds that a connection and the tunnel in it are known apart, and that a connection is the
// same in its copies.
func TestConnKey(t *testing.T) {
	t.Parallel()
	w := newWire()
	w.handshake()
	w.send(Client, "CONNECT a.test:80 HTTP/1.1\r\n\r\n")
	w.send(Server, "HTTP/1.1 200 OK\r\n\r\n")
	w.send(Client, get1)
	w.send(Server, ok5)
	w.close()
	outer, inner := w.exchanges[0].Conn, w.exchanges[1].Conn
	if outer.Key() == inner.Key() {
		t.Error("a tunnel has the key of the connection that it is in")
	}
	if again := *outer; again.Key() != outer.Key() {
		t.Error("a copy has another key")
	}
	a, b := testConn(), testConn()
	if key := a.Key(); key == b.Key() || key != a.Key() {
		t.Error("connections that are not followed have one key")
	}
}
