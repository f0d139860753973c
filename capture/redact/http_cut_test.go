package redact

import (
	"strings"
	"testing"
)

// TestCutStartLine holds that the beginning of a first line still says what begins, and has no name.
func TestCutStartLine(t *testing.T) {
	t.Parallel()
	for before, after := range map[string]string{
		"GET /secret":          "GET /xxxxxx",
		"GET /":                "GET /",
		"GET":                  "GET",
		"OPTIONS * HTT":        "OPTIONS *xxxx",
		"CONNECT secret:44":    "CONNECT xxxxxxxxx",
		"GET http://secret/a":  "GET xxxxxxxxxxxxxxx",
		"HTTP/1.1 401 Secret ": "HTTP/1.1 401 xxxxxxx",
		"HTTP/1.1 401":         "HTTP/1.1 401",
		"HTTP/1.1 40":          "HTTP/1.1 40",
		"HTTP/9secret01 2":     "HTTP/9xxxxxxxxxx",
	} {
		out := redacted(t, linkRaw, talked(1460, ">"+before))
		if got := string(out[0][40:]); !strings.HasSuffix(got, after) {
			t.Errorf("%q became %q", before, got)
		}
	}
}
