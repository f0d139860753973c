package redact

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"
)

// TestFoldedLine holds that a header line on several lines becomes what it becomes on one.
func TestFoldedLine(t *testing.T) {
	t.Parallel()
	basic := base64.StdEncoding.EncodeToString([]byte(canary + ":" + canary))
	for _, field := range []string{
		"Authorization: Basic " + basic, "WWW-Authenticate: Digest realm=\"" + canary + "\",  qop=\"auth\",   stale=true", "Cookie: a=" + canary + ";  b=" + canary,
		"X-Unknown: of " + canary + " and " + canary, "Server: Apache/2.4 (Unix) OpenSSL/1.1.1",
	} {
		line, next, _ := strings.Cut(field, ": ")
		one := line + ": " + next
		folded := line + ":\r\n\t" + strings.ReplaceAll(next, "  ", "\r\n ")
		for _, end := range []string{"\r\n\r\n", "\r\nX: y"} { // and in a head that is cut
			for _, size := range []int{1460, 9} {
				out := [2]string{}
				for i, text := range []string{one, folded} {
					packets := redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n"+text+end))
					_, all, _ := strings.Cut(content(packets, netip.AddrFrom4([4]byte(packets[0][12:16]))), "\r\nHost: ")
					out[i] = strings.Join(strings.Fields(all), " ")
				}
				if out[0] != out[1] || strings.Contains(out[1], canary[:4]) || strings.Contains(out[1], basic[:6]) {
					t.Errorf("%q: %q and %q", folded, out[0], out[1])
				}
			}
		}
	}
}
