package checks_test

import (
	"strings"
	"testing"

	"negotrace/internal/capturetest"
)

// TestLogProvesNobodyElse holds that a line proves that the user of a request was let in where
// it names that user, and does not where it names another.
func TestLogProvesNobodyElse(t *testing.T) {
	for user, proves := range map[string]bool{`CONTOSO\alice`: true, `CONTOSO\mallory`: false} {
		c, err := capturetest.Parse("log #Fields: date time c-ip c-port cs-method cs-uri-stem cs-username sc-status\n" +
			"log 2026-01-02 03:04:05 10.0.0.10 50000 GET /app " + user + " 200\n" +
			"conn 1 10.0.0.10:50000 > 10.0.0.20:80\n> GET /app HTTP/1.1\n> Host: web.contoso.com\n> Authorization: Basic {basic alice:secret}\n" +
			"< HTTP/1.1 200 OK\n< Server: Microsoft-IIS/10.0\n\nwant none\n")
		if err != nil {
			t.Fatal(err)
		}
		h := replay(t, c, c.File()).Handshakes[0]
		if h.Last().Logged == nil {
			t.Fatalf("%s: the request has no line", user)
		}
		if got := strings.Contains(h.OutcomeReason, user); got != proves {
			t.Errorf("%s: %s, %s: %s", user, h.Outcome, h.OutcomeEvidence, h.OutcomeReason)
		}
	}
}
