package logs

import (
	"testing"
	"time"

	"negotrace/capture/eventlog"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// TestLinesWithoutSecrets holds that nothing secret is kept of what lines of logs say about a URL, and that what is kept
// is still found by the request.
func TestLinesWithoutSecrets(t *testing.T) {
	t.Parallel()
	at := httpstream.Pos{Time: httpstream.TimeOf(time.Unix(1_700_000_000, 0))}
	for path, want := range map[string]string{
		"/app;jsessionid=secret":            "/app",
		"http://secret:secret@web/app":      "http://web/app",
		"/(S(secret))/a":                    "/a",
		"/app%3Bjsessionid=secret":          "/app",
		"/app%3Ftoken=secret":               "/app",
		"/a&token=secret":                   "/a",
		"/proxy/https://u:secret@web/inner": "/proxy/https://web/inner",
	} {
		q := &serverlog.Request{Pos: at, Path: path, Host: "u:secret@web"}
		s := NewServers(at.Time, &httpstream.Counters{})
		s.AddRequest(q)
		e := &serverlog.AuthError{Pos: at, Path: path, Host: "u:secret@web"}
		s.AddError(e)
		if q.Path != want || q.Host != "web" || e.Path != want || e.Host != "web" {
			t.Errorf("%s is kept as %q %q, in an error as %q %q, want %q", path, q.Path, q.Host, e.Path, e.Host, want)
		}
		if plainPath(path) != plainPath(q.Path) {
			t.Errorf("%s is looked up as %q, and kept as %q", path, plainPath(path), plainPath(q.Path))
		}
	}
	if q := lineOf(&eventlog.FailedRequest{URL: "https://web:443/app;jsessionid=secret?x=secret"}); q.Path != "/app" {
		t.Errorf("a trace is kept with %q", q.Path)
	}
}
