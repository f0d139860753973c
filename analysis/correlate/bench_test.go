package correlate_test

import (
	"encoding/base64"
	"net/netip"
	"testing"
	"time"

	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
	"negotrace/internal/capturetest"
)

// A feeder feeds exchanges to a Trace with all checks, a second of capture time apart.
type feeder struct {
	trace *correlate.Trace
	at    httpstream.Pos
}

func newFeeder() *feeder {
	at := httpstream.Pos{Time: httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
	return &feeder{trace: correlate.NewTrace(correlate.Options{Checks: checks.All()}), at: at}
}

func (c *feeder) next() httpstream.Pos {
	c.at.Frame++
	c.at.Time = c.at.Time.Add(time.Second)
	return c.at
}

// conn returns a new connection of one of some clients.
func (c *feeder) conn() *httpstream.Conn {
	client := netip.AddrFrom4([4]byte{10, 0, 0, byte(c.at.Frame)})
	return &httpstream.Conn{Stream: c.at.Frame, SYN: true, HTTP: true, Ending: httpstream.FIN,
		Client: netip.AddrPortFrom(client, 50000), Server: netip.MustParseAddrPort("192.0.2.1:80")}
}

// exchange feeds one, with the given lines of authentication.
func (c *feeder) exchange(conn *httpstream.Conn, status int, sent, got string) {
	c.trace.Exchange(c.made(conn, status, sent, got))
}

// made is such an exchange.
func (c *feeder) made(conn *httpstream.Conn, status int, sent, got string) *httpstream.Exchange {
	x := &httpstream.Exchange{Conn: conn,
		Request:  &httpstream.Request{Pos: c.next(), Method: "GET", Target: "/", Proto: "HTTP/1.1", Host: "web.test"},
		Response: &httpstream.Response{Pos: c.next(), Proto: "HTTP/1.1", Status: status},
	}
	x.Request.Header = httpstream.Header{{Name: "Host", Value: "web.test"}, {Name: "User-Agent", Value: "Mozilla/5.0"}}
	x.Response.Header = httpstream.Header{{Name: "Server", Value: "Microsoft-IIS/10.0"}, {Name: "Content-Type", Value: "text/html"}}
	if sent != "" {
		x.Request.Header = append(x.Request.Header, httpstream.Field{Name: "Authorization", Value: sent})
	}
	if got != "" {
		x.Response.Header = append(x.Response.Header, httpstream.Field{Name: "WWW-Authenticate", Value: got})
	}
	conn.End = x.Response.Pos
	return x
}

// A turn is one exchange of a handshake.
type turn struct {
	status    int
	sent, got string
}

var basic = []turn{{401, "", "Basic realm=a"}, {200, "Basic YTpi", ""}}

// handshake feeds a connection with one handshake.
func (c *feeder) handshake(turns ...turn) {
	conn := c.conn()
	for _, t := range turns {
		c.exchange(conn, t.status, t.sent, t.got)
	}
	c.trace.Conn(conn)
}

func BenchmarkPage(b *testing.B) {
	c := newFeeder()
	conn := c.conn()
	b.ReportAllocs()
	for b.Loop() {
		c.exchange(conn, 200, "", "")
	}
}

// BenchmarkHandshake feeds handshakes of one kind only: what a check asks of each of them
// must not grow with the window.
func BenchmarkHandshake(b *testing.B) {
	made, err := capturetest.Tokens("ntlm1", "ntlm2", "ntlm3", "spnego-init mechs=krb5,ntlm token={apreq}", "spnego-resp state=accept-completed mech=krb5 token={aprep}")
	if err != nil {
		b.Fatal(err)
	}
	value := func(token []byte) string { return "Negotiate " + base64.StdEncoding.EncodeToString(token) }
	ntlm1, ntlm2, ntlm3, apReq, apRep := value(made[0]), value(made[1]), value(made[2]), value(made[3]), value(made[4])
	asked := turn{401, "", "Negotiate"}
	for _, kind := range []struct {
		name  string
		turns []turn
	}{
		{"Basic", basic},
		{"NTLM", []turn{asked, {401, ntlm1, ntlm2}, {200, ntlm3, ""}}},
		{"NTLM refused", []turn{asked, {401, ntlm1, ntlm2}, {401, ntlm3, "Negotiate"}}},
		{"NTLM unasked", []turn{{401, ntlm1, ntlm2}, {200, ntlm3, ""}}},
		{"NTLM abandoned", []turn{asked, {401, ntlm1, ntlm2}}},
		{"Kerberos", []turn{asked, {200, apReq, apRep}}},
		{"Kerberos refused", []turn{asked, {401, apReq, "Negotiate"}}},
		{"Kerberos unasked", []turn{{200, apReq, apRep}}},
		{"unanswered", []turn{asked}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			c := newFeeder()
			b.ReportAllocs()
			for b.Loop() {
				c.handshake(kind.turns...)
			}
		})
	}
}

// TestAllocations holds what exchanges cost, those that the test makes included: 5 for a
// page. It runs past the window of handshakes that are kept, so that the checks count too.
func TestAllocations(t *testing.T) {
	c := newFeeder()
	conn := c.conn()
	if got := testing.AllocsPerRun(3_000, func() { c.exchange(conn, 200, "", "") }); got > 6 {
		t.Errorf("%v allocations for a page", got)
	}
	if got := testing.AllocsPerRun(3_000, func() { c.handshake(basic...) }); got > 80 {
		t.Errorf("%v allocations for a handshake", got)
	}
}
