package logs

import (
	"net/netip"
	"testing"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// TestNamedRequestOnConn holds that a line names a user whom the capture does not show only if all of the
// connection was seen, also of what came behind the request.
func TestNamedRequestOnConn(t *testing.T) {
	t.Parallel()
	at := httpstream.TimeOf(noon)
	for _, test := range []struct {
		name string
		end  func(c *httpstream.Conn)
		want int
	}{
		{"whole", func(*httpstream.Conn) {}, 1},
		{"bytes lost later", func(c *httpstream.Conn) { c.Lost[httpstream.Client] = 1 }, 0},
		{"bytes not read later", func(c *httpstream.Conn) { c.Unread[httpstream.Server] = true }, 0},
	} {
		s := NewServers(at, &httpstream.Counters{})
		c := &httpstream.Conn{SYN: true, Client: netip.MustParseAddrPort("192.0.2.1:50000"), Server: netip.MustParseAddrPort("198.51.100.20:80")}
		r := NewSeenRequest(&httpstream.Exchange{
			Conn:     c,
			Request:  &httpstream.Request{Method: "GET", Target: "/", Pos: httpstream.Pos{Frame: 4, Time: at}},
			Response: &httpstream.Response{Status: 200, Pos: httpstream.Pos{Frame: 5, Time: at}, Done: httpstream.Pos{Frame: 5, Time: at}},
		}, false)
		s.addNamed(r, &serverlog.Request{User: "alice", Status: 200})
		test.end(c)
		s.ConnEnded(c)
		if got := len(s.NamedRequests()); got != test.want {
			t.Errorf("%s: %d requests, want %d", test.name, got, test.want)
		}
	}
}
