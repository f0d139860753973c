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
