package report

import (
	"fmt"
	"testing"

	"negotrace/analysis"
)

func TestWho(t *testing.T) {
	t.Parallel()
	var all []*analysis.Handshake
	for i := range 4 {
		all = append(all, &analysis.Handshake{User: fmt.Sprintf("user%d", i), Client: fmt.Sprintf("10.0.0.%d:5000", i%2), Program: "curl/8.5.0", URL: "http://web/"})
	}
	for n, want := range map[int]string{
		1: "user0 at 10.0.0.0 (curl/8.5.0) to http://web/",
		2: "user0 and user1 at 10.0.0.0 and 10.0.0.1 (curl/8.5.0) to http://web/, 2 handshakes",
		4: "4 users (user0, user1 ...) at 10.0.0.0 and 10.0.0.1 (curl/8.5.0) to http://web/, 4 handshakes",
	} {
		if got := who(all[:n]); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got, want := who([]*analysis.Handshake{{Server: "10.0.0.30:3128", Target: analysis.ToProxy}}), "a client to the proxy 10.0.0.30:3128"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for want, f := range map[string]analysis.Finding{
		"": {}, "alice": {User: "alice"}, "alice@LAB.TEST at 10.0.0.10 to 10.0.0.1:88": {User: "alice@LAB.TEST", Client: "10.0.0.10:5000", Server: "10.0.0.1:88", Host: "web", SPN: "HTTP/web"},
		"10.0.0.10 to web": {Client: "10.0.0.10:5000", Server: "10.0.0.20:80", Host: "web"}, "10.0.0.10 to 10.0.0.30:3128": {Client: "10.0.0.10:5000", Server: "10.0.0.30:3128"},
	} {
		if got := whoAlone(&f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := who([]*analysis.Handshake{{Host: "p", Target: analysis.ToProxy}}), "a client to the proxy p"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A check that looks at the first handshake of each host does not say that the others are
// not concerned, nor does a finding that names some of many.
func TestMayConcernMore(t *testing.T) {
	t.Parallel()
	first, second, other := &analysis.Handshake{ID: 1, Host: "web"}, &analysis.Handshake{ID: 2, Host: "web"}, &analysis.Handshake{ID: 3, Host: "other"}
	for _, c := range []struct {
		all   []*analysis.Handshake
		once  bool
		named []int
		want  bool
	}{
		{[]*analysis.Handshake{first}, true, nil, false},
		{[]*analysis.Handshake{first, second}, true, nil, true},
		{[]*analysis.Handshake{first, second}, false, nil, false},
		{[]*analysis.Handshake{first, other}, true, nil, false},
		{[]*analysis.Handshake{first}, false, []int{1}, true},
	} {
		f := &analysis.Finding{Handshake: 1, Count: 2, Handshakes: c.named, By: &analysis.Check{OncePerHost: c.once}}
		if got := mayConcernMore(&analysis.Report{Handshakes: c.all}, f, c.all[:1]); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
