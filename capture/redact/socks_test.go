package redact

import (
	"bytes"
	"strings"
	"testing"
)

// TestSOCKS4InPieces holds that a request of SOCKS 4a is known in whatever pieces it comes, so that the HTTP behind it
// is read.
func TestSOCKS4InPieces(t *testing.T) {
	t.Parallel()
	for size := 1; size < 12; size++ {
		out := redacted(t, linkRaw, talked(size, ">\x04\x01\x00\x50\x00\x00\x00\x01"+canary+"\x00"+canary+".corp.test\x00", "\x00\x5a\x00\x50\x00\x00\x00\x00",
			">GET /"+canary+" HTTP/1.1\r\nHost: "+canary+"\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"))
		var all bytes.Buffer
		for _, p := range out {
			all.Write(p[44:])
		}
		for _, stays := range []string{"\x04\x01\x00\x50\x00\x00\x00\x01", "GET /", "WWW-Authenticate: Negotiate\r\n"} {
			if !strings.Contains(all.String(), stays) {
				t.Errorf("pieces of %d: %q is gone from %q", size, stays, all.String())
			}
		}
		if strings.Contains(all.String(), canary[:5]) {
			t.Errorf("pieces of %d: %q", size, all.String())
		}
	}
}

// TestSOCKSGSSAPI holds that of a token of GSS-API what says its mechanism stays, and that nothing of what is
// none does.
func TestSOCKSGSSAPI(t *testing.T) {
	t.Parallel()
	message1 := "NTLMSSP\x00\x01\x00\x00\x00\x07\x82\x08\xa2" + strings.Repeat("\x00", 16)
	long := strings.Repeat(canary, 100)
	say := []string{">\x05\x01\x01", "\x05\x01",
		">\x01\x01\x00" + string(rune(len(message1))) + message1, "\x01\x01\x00\x05" + canary[:5],
		">\x01\x02\x00\x01\x02", "\x01\x02\x00\x05" + canary[:5],
		">\x01\x03" + string([]byte{byte(len(long) >> 8), byte(len(long))}) + long, "\x01\x03\x00\x05" + canary[:5]}
	for _, size := range []int{3, 7, 1000} {
		var all bytes.Buffer
		for _, p := range redacted(t, linkRaw, talked(size, say...)) {
			all.Write(p[44:])
		}
		if got := all.String(); !strings.Contains(got, message1[:12]) || !strings.Contains(got, "\x01\x02\x00\x01\x02") || strings.Count(got, "\x01\x03") != 2 || strings.Contains(got, canary[:5]) {
			t.Errorf("pieces of %d: %q", size, got)
		}
	}
}
