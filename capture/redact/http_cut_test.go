package redact

import (
	"bytes"
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

// TestPhrase holds that the phrase of a status stays where it is the usual one.
func TestPhrase(t *testing.T) {
	t.Parallel()
	for phrase, stays := range map[string]bool{"Request Header Fields Too Large": true, "Fields Too Large": false} {
		line := "HTTP/1.1 431 " + phrase + "\r\n"
		out := redacted(t, linkRaw, talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", line+"Content-Length: 0\r\n\r\n"))
		if got := string(bytes.Join(out, nil)); strings.Contains(got, line) != stays {
			t.Errorf("%q became %q", line, got)
		}
	}
}
