package correlate

import (
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

func TestSameUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`CORP\alice`, "alice@CORP.TEST", true},
		{`CORP\alice`, "alice@OTHER.TEST", false},
		{`CORP\alice`, "bob@CORP.TEST", false},
		{"alice@corp.test", "alice@CORP.TEST", true},
		{"alice", `CORP\alice`, false},
	} {
		if got := sameUser(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// Each handshake of the bad capture is held against the one that it has most in common with,
// which no other takes.
func TestContrastPairs(t *testing.T) {
	t.Parallel()
	handshake := func(id int, host, user string, o analysis.Outcome) *analysis.Handshake {
		return &analysis.Handshake{ID: id, Target: analysis.ToServer, Host: host, User: user, Outcome: o,
			Legs: []*analysis.Leg{{Exchange: &httpstream.Exchange{}, Conn: &httpstream.Conn{}}}}
	}
	good := &analysis.Report{Handshakes: []*analysis.Handshake{
		handshake(1, "web", "alice", analysis.Failed), handshake(2, "web", "alice", analysis.Succeeded),
		handshake(3, "web", "bob", analysis.Succeeded), handshake(4, "other", "carol", analysis.Succeeded),
	}}
	bad := &analysis.Report{Handshakes: []*analysis.Handshake{
		handshake(1, "web", "bob", analysis.Succeeded), handshake(2, "WEB", "alice", analysis.Failed),
	}}
	c := Contrast(good, bad)
	got := map[int]int{}
	for _, p := range c.Pairs {
		got[p.Bad.ID] = p.Good.ID
	}
	if len(got) != 2 || got[1] != 3 || got[2] != 2 {
		t.Errorf("bad to good: %v, want 1 to 3 and 2 to 2", got)
	}
	if len(c.OnlyGood) != 2 || c.OnlyGood[0].ID != 1 || c.OnlyGood[1].ID != 4 || len(c.OnlyBad) != 0 {
		t.Errorf("without a counterpart are %d and %d, want 1 and 4 of the good one", len(c.OnlyGood), len(c.OnlyBad))
	}
}

// Who sent no credentials differs from who did, and so do two sites.
func TestContrastSides(t *testing.T) {
	t.Parallel()
	handshake := func(host string, sent *tokens.Auth) *analysis.Report {
		return &analysis.Report{Handshakes: []*analysis.Handshake{{ID: 1, Target: analysis.ToServer, Host: host, Scheme: "Negotiate",
			Legs: []*analysis.Leg{{Exchange: &httpstream.Exchange{}, Conn: &httpstream.Conn{}, Sent: sent}}}}}
	}
	token := &tokens.Auth{Scheme: "Negotiate"}
	for _, c := range []struct {
		good, bad *analysis.Report
		want      string
	}{
		{handshake("web", token), handshake("WEB", token), ""},
		{handshake("web", token), handshake("web", nil), "credentials"},
		{handshake("web", token), handshake("other", nil), analysis.DifferentSite},
	} {
		got := ""
		if d := Contrast(c.good, c.bad).Pairs[0].Differs; len(d) > 0 {
			got = d[0].What
		}
		if got != c.want {
			t.Errorf("first difference %q, want %q", got, c.want)
		}
	}
}

// What a proxy passes on has the name of the server behind it.
func TestServerHeader(t *testing.T) {
	t.Parallel()
	leg := func(status int, server string) *analysis.Leg {
		return &analysis.Leg{Exchange: &httpstream.Exchange{Response: &httpstream.Response{Status: status, Header: httpstream.Header{{Name: "Server", Value: server}}}}}
	}
	legs := []*analysis.Leg{leg(407, "squid/5.7"), leg(200, "Apache")}
	for target, want := range map[analysis.Target]string{analysis.ToProxy: "squid/5.7", analysis.ToServer: "Apache"} {
		if got := serverHeader(&analysis.Handshake{Target: target, Legs: legs}); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}

// What is a cause in the report of one capture only is a difference, although no value differs.
func TestContrastCauses(t *testing.T) {
	t.Parallel()
	cause, hygiene := &analysis.Check{Topic: analysis.Cause}, &analysis.Check{Topic: analysis.Hygiene}
	report := func(findings ...*analysis.Finding) *analysis.Report {
		return &analysis.Report{Findings: findings, Handshakes: []*analysis.Handshake{{ID: 2, Target: analysis.ToServer,
			Legs: []*analysis.Leg{{Exchange: &httpstream.Exchange{}, Conn: &httpstream.Conn{}}}}}}
	}
	found := func(check string, by *analysis.Check, s analysis.Severity, at ...int) *analysis.Finding {
		return &analysis.Finding{Check: check, By: by, Severity: s, Handshake: at[0], Handshakes: at}
	}
	good := report(found("both", cause, analysis.Error, 2))
	for _, c := range []struct {
		bad  *analysis.Finding
		want string
	}{
		{found("split", cause, analysis.Error, 2), "split"},
		{found("split", cause, analysis.Warning, 1, 2), "split"},
		{found("split", cause, analysis.Error, 1), ""},
		{found("split", cause, analysis.Info, 2), ""},
		{found("plain", hygiene, analysis.Warning, 2), ""},
		{&analysis.Finding{Check: "split", By: cause, Severity: analysis.Error, Handshake: 2, RootCheck: "both"}, ""},
	} {
		got := ""
		if d := Contrast(good, report(found("both", cause, analysis.Error, 2), c.bad)).Pairs[0].Differs; len(d) > 0 {
			got = d[0].Bad
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.bad, got, c.want)
		}
	}
}
