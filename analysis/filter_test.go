package analysis

import (
	"testing"
	"time"

	"negotrace/httpstream"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"web.corp.test", "WEB.corp.TEST", true},
		{"web.corp.test", "web.corp.test.evil", false},
		{"web*", "web.corp.test", true},
		{"*.corp.test", "web.corp.test", true},
		{"*.corp.test", "corp.test", false},
		{"w*c*t", "web.corp.test", true},
		{"w*c*x", "web.corp.test", false},
		{"a*a", "a", false},
		{"a*ba*a", "aba", false},
		{"*", "", true},
		{"", "x", false},
		{"", "", true},
		{"**b**", "abc", true},
	} {
		if got := Pattern(c.pattern).Matches(c.s); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.s, got)
		}
	}
}

func TestAccountsAndServices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"alice", `CORP\Alice`, true},
		{"alice", "alice@CORP.TEST", true},
		{"al*", `CORP\alice`, true},
		{"corp", `CORP\alice`, false},
		{`corp\*`, `CORP\alice`, true},
		{"*@corp.test", "alice@CORP.TEST", true},
		{`other\alice`, `CORP\alice`, false},
		{"*", "", true},
		{"alice", "", false},
	} {
		if got := Pattern(c.pattern).matchesAccount(c.s); got != c.want {
			t.Errorf("%q matches the user %q: %v", c.pattern, c.s, got)
		}
	}
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"http/web", "HTTP/web@CORP.TEST", true},
		{"HTTP/web@corp.test", "HTTP/web@CORP.TEST", true},
		{"HTTP/web@OTHER", "HTTP/web@CORP.TEST", false},
		{"web", "HTTP/web@CORP.TEST", false},
		{"*/web", "HTTP/web@CORP.TEST", true},
		{"HTTP/*", "", false},
	} {
		if got := Pattern(c.pattern).matchesService(c.s); got != c.want {
			t.Errorf("%q matches the SPN %q: %v", c.pattern, c.s, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, end string
		want      bool
	}{
		{"10.0.0.5", "10.0.0.5:50000", true},
		{"10.0.0.5", "10.0.0.50:5000", false},
		{"10.0.0.5:80", "10.0.0.5:80", true},
		{"10.0.0.5:80", "10.0.0.5:8080", false},
		{"10.0.0.0/24", "10.0.0.255:1", true},
		{"10.0.0.7/24", "10.0.1.0:1", false},
		{"10.0.*", "10.0.9.9:1", true},
		{"*:443", "10.0.9.9:443", true},
		{"*:443", "10.0.9.9:80", false},
		{"2001:db8::/32", "[2001:db8::1]:80", true},
		{"2001:DB8::1", "[2001:db8::1]:80", true},
		{"[2001:db8::1]:80", "[2001:db8::1]:80", true},
		{"10.0.0.5", "[::ffff:10.0.0.5]:80", true},
		{"10.0.0.5", "10.0.0.5", true},
		{"fe80::1", "[fe80::1%eth0]:80", true},
		{"10.0.0.5", "", false},
		{"10.0.0.5", "web.test:80", false},
	} {
		a, err := ParseAddresses(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if got := a.Match(c.end); got != c.want {
			t.Errorf("%q matches %q: %v", c.text, c.end, got)
		}
	}
	for _, text := range []string{"", "web.test", "10.0.0", "10.0.0.5:", "10.0.0.5:99999", "10.0.0.0/33", "::1/200"} {
		if a, err := ParseAddresses(text); err == nil {
			t.Errorf("%q is read as %v", text, a)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("east", 2*60*60)
	for _, c := range []struct {
		text, first, want string
		zone              *time.Location
		ending            bool
	}{
		{"2026-03-02T09:15:00Z", "2026-03-02T08:00:00Z", "2026-03-02T09:15:00Z", time.UTC, false},
		{"2026-03-02T09:15:00+02:00", "2026-03-02T08:00:00Z", "2026-03-02T07:15:00Z", time.UTC, false},
		{"2026-03-02 09:15", "2026-03-02T08:00:00Z", "2026-03-02T07:15:00Z", east, false},
		{"2026-03-02", "2026-03-01T08:00:00Z", "2026-03-02T00:00:00Z", time.UTC, false},
		{"90s", "2026-03-02T08:00:00Z", "2026-03-02T08:01:30Z", time.UTC, false},
		{"+2m", "2026-03-02T08:00:00Z", "2026-03-02T08:02:00Z", time.UTC, true},
		{"09:15", "2026-03-02T08:00:00Z", "2026-03-02T09:15:00Z", time.UTC, false},
		{"09:15:30.5", "2026-03-02T08:00:00Z", "2026-03-02T09:15:30.5Z", time.UTC, false},
		{"11:15", "2026-03-02T08:00:00Z", "2026-03-02T09:15:00Z", east, false},
		// Before the capture began: it means the same day, unless that is long ago.
		{"07:00", "2026-03-02T08:00:00Z", "2026-03-02T07:00:00Z", time.UTC, false},
		{"00:10", "2026-03-02T23:50:00Z", "2026-03-03T00:10:00Z", time.UTC, false},
		// The end cannot be before the beginning.
		{"00:10", "2026-03-02T20:00:00Z", "2026-03-03T00:10:00Z", time.UTC, true},
		{"07:00", "2026-03-02T08:00:00Z", "2026-03-03T07:00:00Z", time.UTC, true},
		// Near midnight the day is that of the zone.
		{"01:30", "2026-03-02T23:00:00Z", "2026-03-02T23:30:00Z", east, false},
	} {
		m, err := ParseMoment(c.text, c.zone, c.ending)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		first, err := time.Parse(time.RFC3339, c.first)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.In(httpstream.TimeOf(first)).UTC().Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%q in a capture that begins at %s is %s, want %s", c.text, c.first, got, c.want)
		}
	}
	for _, text := range []string{"", "now", "25:00", "9", "-5s", "2026-13-01", "09:15:99", "1e9999h"} {
		if m, err := ParseMoment(text, time.UTC, false); err == nil {
			t.Errorf("%q is read as %+v", text, m)
		}
	}
}
