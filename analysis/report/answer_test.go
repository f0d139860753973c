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
	if got, want := who([]*analysis.Handshake{{Host: "p", Target: analysis.ToProxy}}), "a client to the proxy p"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
