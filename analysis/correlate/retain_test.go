package correlate_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/httpstream"
)

// TestFollowOns holds that all requests that follow on a handshake are counted, and those
// kept for which a check asks: all of them only where both sides of a proxy can be seen.
func TestFollowOns(t *testing.T) {
	login := get + offer + ntlm("ntlm1") + challenge + ntlm(alice) + ok
	followOns := strings.Repeat(get+ok, 40) +
		get + "< HTTP/1.1 403 Forbidden\n\n" +
		get + "< HTTP/1.1 502 Bad Gateway\n\n" +
		get + "> X-Forwarded-For: 10.9.9.9\n" + ok +
		get + ok
	asks := func(x *httpstream.Exchange) bool {
		return x.Response.Status >= 400 || x.Request.Header.Has("X-Forwarded-For")
	}
	tests := []struct {
		name, script string
		want         []string
	}{
		{"one connection", "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n" + login + followOns, []string{"carried 44, kept 3"}},
		{"another client after it", "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n" + login + followOns + "conn 2 10.0.0.11:50000 > 10.0.0.20:80\n" + login + get + ok,
			[]string{"carried 44, kept 3", "carried 1, kept 0"}},
		{"both sides of a proxy", "conn 1 10.0.0.10:50000 > 10.0.0.30:80\nconn 2 10.0.0.31:40000 > 10.0.0.20:80\n" +
			"conn 1\n" + get + "> Authorization: Negotiate " + fmt.Sprintf(ticket, "1") + "\n" + "conn 2\n" + get + "> Authorization: Negotiate " + fmt.Sprintf(ticket, "1") + "\n" + ok + "conn 1\n" + ok +
			"conn 2\n" + strings.Repeat(get+ok, 40), []string{"carried 0, kept 0", "carried 40, kept 32"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kept := &analysis.Check{Name: "follow-ons", KeepFollowOn: asks, Run: func(p *analysis.Pass) {
				for _, h := range p.Handshakes {
					p.Found(h, h.Start, "carried %d, kept %d", h.FollowOnCount, len(h.FollowOns))
				}
			}}
			var got []string
			for _, f := range grouped(t, tt.script, kept).Findings {
				got = append(got, f.Message)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFollowOnsLater holds that what follows on a handshake is counted also when it was
// judged long before.
func TestFollowOnsLater(t *testing.T) {
	const between = 10_000 // fills the window
	trace := correlate.NewTrace(correlate.Options{})
	frame := 0
	exchange := func(c *httpstream.Conn, authorization string, status int) {
		x := &httpstream.Exchange{Conn: c,
			Request:  &httpstream.Request{Method: "GET", Target: "/", Proto: "HTTP/1.1", Host: "web.test"},
			Response: &httpstream.Response{Status: status},
		}
		for _, at := range []*httpstream.Pos{&x.Request.Pos, &x.Response.Pos} {
			frame++
			*at = httpstream.Pos{Frame: frame, Time: httpstream.UnixTime(1_772_000_000, 0).Add(time.Duration(frame) * time.Millisecond)}
		}
		if authorization != "" {
			x.Request.Header = httpstream.Header{{Name: "Authorization", Value: authorization}}
		}
		trace.Exchange(x)
	}
	conn := func(i int) *httpstream.Conn {
		return &httpstream.Conn{Stream: i, SYN: true, HTTP: true,
			Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 50000), Server: netip.MustParseAddrPort("192.0.2.1:80")}
	}
	long := conn(0)
	exchange(long, "Basic YTpi", 200)
	for i := range between {
		c := conn(i + 1)
		exchange(c, "Basic YTpi", 200)
		trace.Conn(c)
		if i%100 == 0 {
			exchange(long, "", 200)
		}
		if i%1000 == 0 {
			exchange(long, "", 403) // is kept
		}
	}
	exchange(long, "Basic Yzpk", 200)
	exchange(long, "", 200)
	trace.Conn(long)
	r := trace.Report(&httpstream.Counters{})
	if h := r.Handshakes[0]; h.User != "a" || h.FollowOnCount != 110 {
		t.Errorf("%d requests followed on the handshake of %q, want 110", h.FollowOnCount, h.User)
	}
}
