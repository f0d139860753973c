package correlate_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestLongCapture feeds more handshakes than a Trace keeps: each must be numbered and
// counted once, and judged once, wherever the window began and ended.
func TestLongCapture(t *testing.T) {
	const clients = 12_345
	perHandshake := &analysis.Check{Name: "handshakes", Severity: analysis.Info, Run: func(p *analysis.Pass) {
		for _, h := range p.Context {
			if len(h.Legs) != 2 || !h.Complete || h.Conn().End.Frame != h.Last().Response.Pos.Frame {
				p.Found(h, h.Start, "handshake %d has %d legs", h.ID, len(h.Legs))
			}
			p.Found(h, h.Start, "one handshake")
		}
	}}
	perExchange := &analysis.Check{Name: "exchanges", Severity: analysis.Info, Run: func(p *analysis.Pass) {
		for _, x := range p.Exchanges {
			p.Found(nil, x.Pos(), "one exchange")
		}
	}}
	trace := correlate.NewTrace(correlate.Options{Checks: []*analysis.Check{perHandshake, perExchange}})
	at := httpstream.Pos{Time: httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
	next := func() httpstream.Pos {
		at.Frame++
		at.Time = at.Time.Add(time.Millisecond)
		return at
	}
	for i := range clients {
		c := &httpstream.Conn{
			Stream: i, SYN: true, HTTP: true, Ending: httpstream.FIN,
			Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 50000),
			Server: netip.MustParseAddrPort("192.0.2.1:80"),
		}
		for leg := range 2 {
			x := &httpstream.Exchange{Conn: c,
				Request:  &httpstream.Request{Pos: next(), Method: "GET", Target: "/", Proto: "HTTP/1.1", Host: "web.test"},
				Response: &httpstream.Response{Pos: next(), Status: 401},
			}
			x.Response.Header = httpstream.Header{{Name: "WWW-Authenticate", Value: "Basic realm=a"}}
			if leg == 1 {
				x.Request.Header = httpstream.Header{{Name: "Authorization", Value: "Basic YTpi"}}
				x.Response.Status, x.Response.Header = 200, nil
			}
			c.End = x.Response.Pos
			trace.Exchange(x)
		}
		trace.Conn(c)
	}
	r := trace.Report(&httpstream.Counters{})
	if got := r.Summary.Mechanisms[analysis.Basic][analysis.Succeeded]; got != clients {
		t.Errorf("%d handshakes are counted, want %d", got, clients)
	}
	if got := len(r.Handshakes) + r.Summary.Dropped["handshakes that are counted but not listed"]; got != clients || len(r.Handshakes) > clients/2 {
		t.Errorf("%d handshakes are listed, of %d", len(r.Handshakes), got)
	}
	for i, h := range r.Handshakes {
		if h.ID != i+1 {
			t.Fatalf("handshake %d has the ID %d", i+1, h.ID)
		}
	}
	found := map[string]int{}
	for _, f := range r.Findings {
		found[f.Check+": "+f.Message] = f.Count
	}
	want := map[string]int{"handshakes: one handshake": clients, "exchanges: one exchange": 2 * clients}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

// TestLookupsOverLimit holds that answers of name servers beyond the limit are counted.
func TestLookupsOverLimit(t *testing.T) {
	trace := correlate.NewTrace(correlate.Options{})
	answer := &dnsmessage.Message{Header: dnsmessage.Header{Response: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName("web.test."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
	client := netip.MustParseAddrPort("192.0.2.10:50000")
	for i := range 20_005 {
		trace.DNS(httpstream.Pos{Frame: i + 1}, netip.MustParseAddrPort("192.0.2.53:53"), client, answer)
	}
	if got := trace.Report(&httpstream.Counters{}).Summary.Dropped["answers of name servers"]; got != 5 {
		t.Errorf("%d are counted as dropped, want 5", got)
	}
}
