package analysis_test

import (
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestCookieWithheld holds which attribute keeps a cookie from being sent.
func TestCookieWithheld(t *testing.T) {
	t.Parallel()
	https := analysis.CookieRequest{Scheme: "https", Host: "web.contoso.com", Path: "/app/login", Method: "GET", Browser: true}
	http, script, post := https, https, https
	http.Scheme, script.Browser, post.Method, post.CrossSite = "http", false, "POST", true
	get := post
	get.Method = "GET"
	frame, local := get, http
	frame.Embedded, local.Host = true, "localhost"
	chromium := frame
	chromium.LaxByDefault = true
	for _, tt := range []struct {
		line     string
		setBy, r analysis.CookieRequest
		want     string // part of the reason; empty for none
	}{
		{"s=1", https, https, ""},
		{"s=1; Domain=contoso.com", https, https, ""},
		{"s=1; Domain=.CONTOSO.com; Path=/", https, https, ""},
		{"s=1; Domain=toso.com", https, https, "another domain"},
		{"s=1; Domain=app.web.contoso.com", https, https, "another domain"},
		{"s=1; Secure", https, https, ""},
		{"s=1; secure", https, http, "goes over http"},
		{"s=1; Secure", http, http, "was set over http"},
		{"s=1; Secure", local, local, ""},
		{"s=1; SameSite=Lax", https, frame, "another site made this request"},
		{"s=1; Secure", https, frame, ""},
		{"s=1; Secure", https, chromium, "no SameSite, which this browser takes for Lax"},
		{"s=1; Secure; SameSite=None", https, chromium, ""},
		{"s=1; SameSite=None; Secure", https, https, ""},
		{"s=1; SameSite=None", https, https, "SameSite=None without Secure"},
		{"s=1; SameSite=None", script, script, ""},
		{"s=1; SameSite=Lax", https, post, "another site made this request"},
		{"s=1; SameSite=Lax", https, get, ""},
		{"s=1; SameSite=Strict", https, get, "another site made this request"},
		{"s=1; SameSite=Strict", https, https, ""},
		{"s=1; Max-Age=0", https, https, "Max-Age=0"},
		{"s=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", https, https, ""},
		{"s=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", https, https, "Expires=Thu"},
		{"s=1; Expires=Mon, 02-Mar-2026 09:58:00 GMT", https, https, ""}, // clocks differ by as much
		{"s=1; Expires=Mon, 02 Mar 2026 18:00:00 GMT", https, https, ""},
		{"s=1; Expires=soon", https, https, ""},
		{"__Host-s=1; Secure; Path=/", https, https, ""},
		{"__Host-s=1; Secure; Path=/app", https, https, "__Host-"},
		{"__Secure-s=1", https, https, "__Secure-"},
	} {
		r := &httpstream.Response{
			Pos:    httpstream.Pos{Time: httpstream.TimeOf(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))},
			Header: httpstream.Header{{Name: "Set-Cookie", Value: tt.line}},
		}
		set := analysis.CookiesSet(r)
		if len(set) != 1 {
			t.Fatalf("%q: %d cookies", tt.line, len(set))
		}
		got := set[0].Withheld(tt.setBy, tt.r)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
}

// TestCookieOtherPath holds RFC 6265 sections 5.1.4 and 5.2.4.
func TestCookieOtherPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cookie, setBy, path string
		other               bool
	}{
		{"/", "/login", "/x", false},
		{"", "/login", "/x", false},
		{"", "/app/login", "/app/x/y", false},
		{"", "/app/login", "/x", true},
		{"/app", "/login", "/app", false},
		{"/app", "/login", "/app/x", false},
		{"/app", "/login", "/application", true},
		{"/app/", "/login", "/app", true},
		{"app", "/login", "/x", false}, // no path: the default is taken
	} {
		c := analysis.SetCookie{Name: "s", Path: tt.cookie}
		if got := c.OtherPath(analysis.CookieRequest{Path: tt.setBy}, analysis.CookieRequest{Path: tt.path}); (got != "") != tt.other {
			t.Errorf("%q set by %q for %q: %q", tt.cookie, tt.setBy, tt.path, got)
		}
	}
}

// TestCookieValues holds that values are let go, and that long and odd lines do no harm.
func TestCookieValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	var header httpstream.Header
	for _, line := range []string{"s=CANARY; Path=/a;jsessionid=CANARY", "=CANARY", "CANARY", long + "=1", "t=1; Path=" + long, ";;;", ""} {
		header = append(header, httpstream.Field{Name: "set-cookie", Value: line})
	}
	for range 100 {
		header = append(header, httpstream.Field{Name: "Set-Cookie", Value: "u=CANARY"})
	}
	set := analysis.CookiesSet(&httpstream.Response{Header: header})
	if len(set) != 16 || set[0].Name != "s" || set[1].Name != "t" || set[1].Path != "" {
		t.Errorf("got %d cookies, %+v", len(set), set[:2])
	}
	for _, c := range set {
		if strings.Contains(c.Name+c.Path+c.Domain+c.DeletedBy, "CANARY") {
			t.Errorf("%+v", c)
		}
	}
	names := analysis.CookiesSent(&httpstream.Request{Header: httpstream.Header{{Name: "Cookie", Value: "a=CANARY; b=CANARY;c; =CANARY"}}})
	if strings.Join(names, " ") != "a b" {
		t.Errorf("got %q", names)
	}
}

// FuzzSetCookie holds that no line does harm, and that nothing long is kept.
func FuzzSetCookie(f *testing.F) {
	const whole = "sid=1; Path=/app; Domain=.contoso.com; Secure; HttpOnly; SameSite=Lax; Max-Age=60; Expires=Mon, 02 Mar 2026 18:00:00 GMT"
	for n := range whole {
		f.Add(whole[:n])
	}
	f.Fuzz(func(t *testing.T, line string) {
		header := httpstream.Header{{Name: "Set-Cookie", Value: line}, {Name: "Cookie", Value: line}}
		for _, c := range analysis.CookiesSet(&httpstream.Response{Header: header}) {
			if c.Name == "" || max(len(c.Name), len(c.Path), len(c.Domain), len(c.SameSite)) > 128 {
				t.Errorf("%q: %+v", line, c)
			}
			c.Withheld(analysis.CookieRequest{Host: "web.contoso.com"}, analysis.CookieRequest{})
			c.OtherPath(analysis.CookieRequest{}, analysis.CookieRequest{})
		}
		analysis.CookiesSent(&httpstream.Request{Header: header})
	})
}
