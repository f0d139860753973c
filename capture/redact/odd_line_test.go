package redact

import (
	"net/netip"
	"strings"
	"testing"
)

// TestOddStartLines holds that messages which begin as only lenient readers take it stay messages.
func TestOddStartLines(t *testing.T) {
	t.Parallel()
	const request, answer = "GET /" + canary + " HTTP/1.1\r\nHost: " + canary + "\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
	check := func(request, answer, begins string) {
		t.Helper()
		packets := redacted(t, linkRaw, talked(1000, ">"+request, answer, ">"+request, answer))
		end := func(at int) netip.Addr { return netip.AddrFrom4([4]byte(packets[0][at : at+4])) }
		sent, got := content(packets, end(12)), content(packets, end(16))
		if strings.Contains(sent, canary) || strings.Count(sent, begins) != 2 || strings.Count(sent, "Host: ") != 2 || got != answer+answer {
			t.Errorf("%q became %q, and the answers %q", request, sent, got)
		}
	}
	for _, odd := range []string{"   ", "\r\n\t", "\x00\x00", "\xef\xbb\xbf"} {
		check(odd+request, odd+answer, odd+"GET /")
	}
	for _, r := range []*strings.Replacer{
		strings.NewReplacer("GET ", "GET\t", " HTTP", "\tHTTP"), strings.NewReplacer(" HTTP", "\tHTTP"), strings.NewReplacer("HTTP/", "http/"),
	} {
		check(r.Replace(request), answer, r.Replace("GET /"))
	}
	for _, r := range []*strings.Replacer{strings.NewReplacer("HTTP/1.1 ", "HTTP/1.1\t", "401 ", "401\t"), strings.NewReplacer("401 ", "401")} {
		check(request, r.Replace(answer), "GET /")
	}
}
