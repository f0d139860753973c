package checks_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture/eventlog"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// TestLogRefusedWithEvent gives a log of IIS and event logs without a capture: the one refusal of
// the same address at that time says why.
func TestLogRefusedWithEvent(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	event := func(second int, user, client string) *eventlog.Event {
		e := logonOf(4625, second, user, 0xC000006A)
		e.Logon.Client = netip.MustParseAddrPort(client + ":50000")
		return e
	}
	for name, tt := range map[string]struct {
		events []*eventlog.Event
		want   bool
	}{
		"the same address":         {[]*eventlog.Event{event(1, "bob", "10.0.0.10")}, true},
		"another address":          {[]*eventlog.Event{event(1, "bob", "10.0.0.11")}, false},
		"a remote desktop":         {[]*eventlog.Event{remoteDesktop(event(1, "bob", "10.0.0.10"))}, false},
		"another time":             {[]*eventlog.Event{event(100, "bob", "10.0.0.10")}, false},
		"two users at one address": {[]*eventlog.Event{event(1, "bob", "10.0.0.10"), event(2, "eve", "10.0.0.10")}, false},
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		trace.LoggedRequest(&serverlog.Request{
			Pos: httpstream.Pos{Frame: 4, Stream: -1, Time: httpstream.TimeOf(at)}, Client: netip.MustParseAddrPort("10.0.0.10:0"),
			Server: netip.MustParseAddrPort("10.0.0.20:80"), Method: "GET", Path: "/a", Status: 401, SubStatus: 1, Win32Status: tokens.SecELogonDenied,
		})
		for _, e := range tt.events {
			trace.Event(e)
		}
		r := trace.Report(&httpstream.Counters{Records: 1 + len(tt.events)})
		i := -1
		for j, f := range r.Findings {
			if f.Check == "log-logon-refused" {
				i = j
			}
		}
		if i < 0 || r.Findings[i].Severity != analysis.Error {
			t.Fatalf("%s: %+v", name, r.Findings)
		}
		if got := strings.Contains(r.Findings[i].Cause, `CONTOSO\bob was not logged on`) && strings.Contains(r.Findings[i].Cause, "STATUS_WRONG_PASSWORD"); got != tt.want {
			t.Errorf("%s: %q", name, r.Findings[i].Cause)
		}
	}
}

// remoteDesktop makes a logon one of Remote Desktop.
func remoteDesktop(e *eventlog.Event) *eventlog.Event {
	e.Logon.Type = 10
	return e
}

// TestLogRefusedAndLetInLater holds who is taken for the same that tried again.
func TestLogRefusedAndLetInLater(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	line := func(second int, user string, status int, code tokens.Win32Status) *serverlog.Request {
		return &serverlog.Request{
			Pos:    httpstream.Pos{Frame: 4 + second, Stream: -1, Time: httpstream.TimeOf(begin.Add(time.Duration(second) * time.Second))},
			Client: netip.MustParseAddrPort("10.0.0.10:0"), Server: netip.MustParseAddrPort("10.0.0.20:80"), Method: "GET", Path: "/a", User: user,
			Status: status, SubStatus: 1, Win32Status: code, NamesUsers: true, NamesSubStatus: true,
		}
	}
	for name, tt := range map[string]struct {
		refused, user string
		after         int
		want          analysis.Severity
	}{
		"soon":                  {"", "alice", 10, analysis.Warning},
		"the same user":         {`CONTOSO\alice`, `CONTOSO\alice`, 10, analysis.Warning},
		"another user":          {`CONTOSO\bob`, `CONTOSO\alice`, 10, analysis.Error},
		"many hours afterwards": {"", "alice", 8 * 3600, analysis.Error},
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		trace.LoggedRequest(line(0, tt.refused, 401, tokens.SecELogonDenied))
		in := line(tt.after, tt.user, 200, 0)
		in.SubStatus = 0
		trace.LoggedRequest(in)
		r := trace.Report(&httpstream.Counters{Records: 2})
		if len(r.Findings) != 1 || r.Findings[0].Severity != tt.want {
			t.Errorf("%s: %+v", name, r.Findings)
		}
	}
}

// TestAccessLogRefused holds what is said of lines without a sub-status: not more than that.
func TestAccessLogRefused(t *testing.T) {
	t.Parallel()
	const head, tail = `10.0.0.%d - %s [02/Jan/2026:03:04:0`, `] "GET /a HTTP/1.1" %d 5` + "\n"
	line := func(client, second int, user string, status int) string {
		return fmt.Sprintf(head+fmt.Sprint(second)+" +0000"+tail, client, user, status)
	}
	for name, tt := range map[string]struct{ log, want string }{
		"credentials that name somebody": {line(1, 1, "-", 401) + line(1, 2, "bob", 401), "log-logon-refused/logon error proven: the server refused credentials of bob: its log has 401"},
		"nobody who was let in":          {line(1, 1, "-", 401) + strings.ReplaceAll(line(2, 1, "-", 200), ":03:04", ":03:09"), "log-logon-refused/not-answered warning inferred: the server asked for credentials, and its log has nobody of those who were asked who was let in"},
		"let in":                         {line(1, 1, "-", 401) + line(1, 2, "bob", 200), ""},
		"errors between the requests":    {line(1, 2, "bob", 200) + "2026/01/02 03:04:05 [error] 7#7: *1 user \"alice\": password mismatch, client: 10.0.0.2, server: web, request: \"GET /a HTTP/1.1\", host: \"web\"\n", `log-token-refused/password error proven: web refused credentials of a client at 10.0.0.2, and its error log says: "user \"alice\": password mismatch"`},
	} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		if _, err := serverlog.ReadServerLog(strings.NewReader(tt.log), trace.LoggedRequest, trace.LoggedError); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range trace.Report(&httpstream.Counters{Records: 2}).Findings {
			got = append(got, fmt.Sprintf("%s/%s %s %s: %s", f.Check, f.Variant, f.Severity, f.Evidence, f.Message))
		}
		if text := strings.Join(got, "\n"); text != tt.want {
			t.Errorf("%s:\n%s, want\n%s", name, text, tt.want)
		}
	}
}

// TestEnvoyRefuses holds that a refusal of a filter of Envoy is reported with its reason.
func TestEnvoyRefuses(t *testing.T) {
	trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
	trace.Logs(httpstream.Time{})
	trace.LoggedRequest(&serverlog.Request{
		Pos: httpstream.Pos{Frame: 4, Stream: -1, Time: httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}, Client: netip.MustParseAddrPort("10.0.0.10:0"),
		Host: "web.contoso.com", Method: "GET", Path: "/a", Status: 401, Details: "jwt_authn_access_denied{Jwt_is_expired}",
	})
	r := trace.Report(&httpstream.Counters{Records: 1})
	if len(r.Findings) != 1 || r.Findings[0].Variant != "by-envoy" || !strings.Contains(r.Findings[0].Cause, "has expired") || !strings.Contains(strings.Join(r.Findings[0].Fix, " "), "jwksUri") || strings.Contains(strings.Join(r.Findings[0].Fix, " "), "4625") {
		t.Errorf("%+v", r.Findings)
	}
}
