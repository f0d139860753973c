package logs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// noon is when the first request of a test ends.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// asked returns a request: "0.25 GET /a 401 c1 k1", the seconds after noon at which it is
// answered, and by whom over which connection.
func asked(conns map[string]*httpstream.Conn, text string) *SeenRequest {
	var at float64
	var method, path, client, conn string
	var status int
	if _, err := fmt.Sscanf(text, "%g %s %s %d %s %s", &at, &method, &path, &status, &client, &conn); err != nil {
		panic(err)
	}
	if conns[conn] == nil {
		conns[conn] = &httpstream.Conn{}
	}
	end := httpstream.TimeOf(noon.Add(time.Duration(at * float64(time.Second))))
	addr := netip.MustParseAddrPort("192.0.2." + strings.TrimPrefix(client, "c") + ":50000")
	return &SeenRequest{
		client: addr, server: netip.MustParseAddrPort("198.51.100.20:80"), key: lineKey{addr.Addr(), method, path, status},
		requestedAt: end.Add(-time.Millisecond), respondedAt: end, EndedAt: end, conn: conns[conn].Key(),
	}
}

// lines reads lines "12:00:00 GET /a 401.2 c1", each of a log, and those behind "==" of another.
func lines(text string) *Servers {
	s := NewServers(httpstream.TimeOf(noon), &httpstream.Counters{})
	file := 0
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "==" {
			file++
			continue
		}
		var day int
		var clock, method, path, client string
		var status, sub int
		if _, err := fmt.Sscanf(line, "%d %s %s %s %d.%d %s", &day, &clock, &method, &path, &status, &sub, &client); err != nil {
			panic(line + ": " + err.Error())
		}
		at, err := time.Parse("2006-01-02 15:04:05", fmt.Sprintf("2026-11-%02d %s", day, clock))
		if err != nil {
			panic(err)
		}
		name := fmt.Sprintf("log%d", file)
		s.AddRequest(&serverlog.Request{
			Pos:    httpstream.Pos{Frame: i + 1, Stream: -1, Time: httpstream.TimeOf(at), File: httpstream.FileOf(name, name, httpstream.Lines)},
			Client: netip.AddrPortFrom(netip.MustParseAddr("192.0.2."+strings.TrimPrefix(client, "c")), 0),
			Method: method, Path: path, Status: status, SubStatus: sub, NamesUsers: true,
		})
	}
	return s
}

// TestLogJoin holds which line is found for which request: the numbers of the lines, 0 for none.
func TestLogJoin(t *testing.T) {
	t.Parallel()
	const ntlm = "0.10 GET /a 401 c1 k1\n0.20 GET /a 401 c1 k1\n0.30 GET /a 200 c1 k1"
	for name, tt := range map[string]struct {
		requests string
		log      string
		want     []int
		ahead    string // of the first log, "" for a clock that is not known
	}{
		"in order":             {ntlm, "23 12:00:00 GET /a 401.2 c1\n23 12:00:00 GET /a 401.1 c1\n23 12:00:00 GET /a 200.0 c1", []int{1, 2, 3}, "0s"},
		"an hour ahead":        {ntlm, "23 13:00:00 GET /a 401.2 c1\n23 13:00:00 GET /a 401.1 c1\n23 13:00:00 GET /a 200.0 c1", []int{1, 2, 3}, "1h0m0s"},
		"India":                {ntlm, "23 17:30:00 GET /a 401.2 c1\n23 17:30:00 GET /a 401.1 c1\n23 17:30:00 GET /a 200.0 c1", []int{1, 2, 3}, "5h30m0s"},
		"over midnight":        {ntlm, "24 00:00:00 GET /a 401.2 c1\n24 00:00:00 GET /a 401.1 c1\n24 00:00:00 GET /a 200.0 c1", []int{1, 2, 3}, "12h0m0s"},
		"another day":          {ntlm, "22 12:00:00 GET /a 401.2 c1\n22 12:00:00 GET /a 401.1 c1\n22 12:00:00 GET /a 200.0 c1", []int{0, 0, 0}, ""},
		"the evening before":   {ntlm, "22 23:07:10 GET /a 401.2 c1\n22 23:07:10 GET /a 401.1 c1\n22 23:07:10 GET /a 200.0 c1", []int{0, 0, 0}, ""},
		"another client":       {ntlm, "23 12:00:00 GET /a 401.2 c2\n23 12:00:00 GET /a 200.0 c2", []int{0, 0, 0}, ""},
		"boundary of a second": {"-0.05 GET /a 401 c1 k1\n0.05 GET /a 401 c1 k1", "23 11:59:59 GET /a 401.2 c1\n23 12:00:00 GET /a 401.1 c1", []int{1, 2}, "0s"},
		"a line is missing":    {ntlm, "23 12:00:00 GET /a 401.1 c1\n23 12:00:00 GET /a 200.0 c1", []int{0, 0, 2}, "0s"},
		"a request is missing": {"0.20 GET /a 401 c1 k1", "23 12:00:00 GET /a 401.2 c1\n23 12:00:00 GET /a 401.1 c1", []int{0}, "0s"},
		"two behind one NAT, at one moment": {"0.100 GET /a 401 c1 k1\n0.105 GET /a 401 c1 k2", "23 12:00:00 GET /a 401.2 c1\n23 12:00:00 GET /a 401.1 c1",
			[]int{0, 0}, "0s"},
		"two behind one NAT, one after the other": {"0.1 GET /a 401 c1 k1\n0.4 GET /a 401 c1 k2", "23 12:00:00 GET /a 401.2 c1\n23 12:00:00 GET /a 401.1 c1",
			[]int{1, 2}, "0s"},
		"two at one moment, of which the log says the same": {"0.100 GET /a 401 c1 k1\n0.105 GET /a 401 c1 k2", "23 12:00:00 GET /a 401.2 c1\n23 12:00:00 GET /a 401.2 c1",
			[]int{1, 2}, "0s"},
		"rotated in the middle": {"0.1 GET /a 401 c1 k1\n60.1 GET /a 401 c1 k1\n120.1 GET /a 200 c1 k1",
			"23 12:00:00 GET /a 401.2 c1\n23 12:01:00 GET /a 401.1 c1\n==\n23 12:02:00 GET /a 200.0 c1", []int{1, 2, 4}, "0s"},
		"lines of one second in another order than the requests ended": {"0.1 GET /a 401 c1 k1\n0.2 GET /b 401 c1 k2", "23 12:00:00 GET /b 401.1 c1\n23 12:00:00 GET /a 401.2 c1",
			[]int{2, 1}, "0s"},
		"a server that is two minutes slow": {ntlm + "\n40.1 GET /a 401 c1 k2\n40.2 GET /a 200 c1 k2",
			"23 11:50:00 GET /x 200.0 c9\n23 11:58:00 GET /a 401.2 c1\n23 11:58:00 GET /a 401.1 c1\n23 11:58:00 GET /a 200.0 c1\n23 11:58:40 GET /a 401.2 c1\n23 11:58:40 GET /a 200.0 c1\n23 12:30:00 GET /x 200.0 c9",
			[]int{2, 3, 4, 5, 6}, "-2m0s"},
		"one request two minutes off": {"0.1 GET /a 401 c1 k1", "23 11:50:00 GET /x 200.0 c9\n23 11:58:00 GET /a 401.2 c1\n23 12:30:00 GET /x 200.0 c9", []int{0}, ""},
		"a page that is asked for again and again": {"0.1 GET /a 200 c1 k1\n1.1 GET /a 200 c1 k1\n2.1 GET /a 200 c1 k1",
			"23 12:00:00 GET /a 200.0 c1\n23 12:00:01 GET /a 200.0 c1\n23 12:00:02 GET /a 200.0 c1", []int{1, 2, 3}, "0s"},
	} {
		conns := map[string]*httpstream.Conn{}
		var seen []*SeenRequest
		for text := range strings.Lines(tt.requests) {
			seen = append(seen, asked(conns, text))
		}
		s := lines(tt.log)
		s.Index()
		s.Join(seen)
		var got []int
		for _, r := range seen {
			if r.line == nil {
				got = append(got, 0)
			} else {
				got = append(got, r.line.Pos.Frame)
			}
		}
		ahead := ""
		if c := s.logs[0].clock; c.known {
			ahead = c.reportedAhead().Round(time.Second).String()
		}
		if !slices.Equal(got, tt.want) || ahead != tt.ahead {
			t.Errorf("%s: lines %v, want %v; the clock is %q ahead, want %q", name, got, tt.want, ahead, tt.ahead)
		}
	}
}

// TestLogMayMatch holds what contradicts that a line is about a request.
func TestLogMayMatch(t *testing.T) {
	t.Parallel()
	s := asked(map[string]*httpstream.Conn{}, "0 GET /a 401 c1 k1")
	s.host, s.agent = "web.corp.test", "curl/8.0 (a+b)"
	s.Legs[0] = &analysis.Leg{}
	s.Legs[0].Sent = &tokens.Auth{Scheme: "Basic", User: `CORP\alice`}
	other, own := netip.MustParseAddrPort("198.51.100.21:80"), netip.MustParseAddrPort("198.51.100.20:80")
	for name, tt := range map[string]struct {
		line serverlog.Request
		want bool
	}{
		"nothing":                          {serverlog.Request{}, true},
		"its port":                         {serverlog.Request{Client: netip.MustParseAddrPort("192.0.2.1:50000")}, true},
		"another port":                     {serverlog.Request{Client: netip.MustParseAddrPort("192.0.2.1:50001")}, false},
		"a port of a proxy":                {serverlog.Request{Client: netip.MustParseAddrPort("192.0.2.99:50001")}, true},
		"its program":                      {serverlog.Request{UserAgent: "curl/8.0 (a b)"}, true},
		"another program":                  {serverlog.Request{UserAgent: "curl/8.1"}, false},
		"its host":                         {serverlog.Request{Host: "WEB.corp.test:443"}, true},
		"another host":                     {serverlog.Request{Host: "app.corp.test"}, false},
		"its user in another spelling":     {serverlog.Request{User: "alice@corp.test"}, true},
		"another user":                     {serverlog.Request{User: `CORP\bob`}, false},
		"another user, and its port":       {serverlog.Request{User: `CORP\bob`, Client: netip.MustParseAddrPort("192.0.2.1:50000")}, true},
		"another user, and a proxy's port": {serverlog.Request{User: `CORP\bob`, Client: netip.MustParseAddrPort("192.0.2.99:50000")}, false},
		"its server":                       {serverlog.Request{Server: own}, true},
		"another server":                   {serverlog.Request{Server: other}, false},
		"another server of the same name":  {serverlog.Request{Server: other, Host: "web.corp.test"}, true},
	} {
		if got := s.mayMatch(&tt.line); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestLogLimit holds that a log of any length is kept within a limit, that what is about
// authentication and near the capture stays, and that the rest is counted.
func TestLogLimit(t *testing.T) {
	t.Parallel()
	counters := &httpstream.Counters{}
	s := NewServers(httpstream.TimeOf(noon), counters)
	const n = 9 * maxLogged / 4
	for i := range n {
		q := serverlog.Request{Pos: httpstream.Pos{Frame: i + 1, Time: httpstream.TimeOf(noon.Add(time.Duration(i-n/2) * time.Second))}, Status: 200}
		if i%8 == 0 {
			q.Status = 401
		}
		s.AddRequest(&q)
		if l := s.logs[0]; len(l.lines) > 2*maxLogged {
			t.Fatalf("%d lines are held", len(l.lines))
		}
	}
	s.Index()
	l := s.logs[0]
	refused := 0
	for _, q := range l.lines {
		if q.Status == 401 {
			refused++
		}
	}
	if len(l.lines) != maxLogged || refused != n/8 || counters.Dropped["lines of logs that are not about authentication, or far from the capture"] != n-maxLogged {
		t.Errorf("%d lines, %d refusals of %d, %v", len(l.lines), refused, n/8, counters.Dropped)
	}
	if !l.covers(httpstream.TimeOf(noon.Add(-n/2*time.Second)), 0) || l.covers(httpstream.TimeOf(noon.Add(n*time.Second)), 0) {
		t.Error("the span of the log is wrong")
	}
}

// TestLogJoinBrowser joins the requests of a browser's export, which does not say the client:
// with the lines of the client for which most of them have one, and with none where two have.
func TestLogJoinBrowser(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		log  string
		want []int
	}{
		"one client":             {"23 12:00:00 GET /a 401.1 c7\n23 12:00:03 GET /b 200.0 c7", []int{1, 2}},
		"another client beside":  {"23 12:00:00 GET /a 401.1 c8\n23 12:00:00 GET /a 401.1 c7\n23 12:00:03 GET /b 200.0 c7", []int{2, 3}},
		"two that it could be":   {"23 12:00:00 GET /a 401.1 c8\n23 12:00:00 GET /a 401.1 c7", []int{0, 0}},
		"another time":           {"23 12:07:00 GET /a 401.1 c7", []int{0, 0}},
		"an hour behind, two of": {"23 11:00:00 GET /a 401.1 c7\n23 11:00:03 GET /b 200.0 c7", []int{1, 2}},
	} {
		conns := map[string]*httpstream.Conn{}
		seen := []*SeenRequest{asked(conns, "0.1 GET /a 401 c1 k1"), asked(conns, "3.1 GET /b 200 c1 k1")}
		for _, s := range seen {
			s.client, s.key.client = netip.AddrPort{}, netip.Addr{}
		}
		s := lines(tt.log)
		s.Index()
		s.Join(seen)
		var got []int
		for _, r := range seen {
			frame := 0
			if r.line != nil {
				frame = r.line.Pos.Frame
			}
			got = append(got, frame)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: lines %v, want %v", name, got, tt.want)
		}
	}
}
