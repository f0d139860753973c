package redact

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
)

// TestJSONStays holds that a body of JSON is JSON afterwards, without what was in it, and that
// one of another type is not taken for it.
func TestJSONStays(t *testing.T) {
	t.Parallel()
	body := `{"user":"` + canary + `","list":[1,2,3]}`
	for media, is := range map[string]bool{"application/json": true, "application/problem+json; charset=utf-8": true, "application/jsonp": false} {
		for _, framing := range []string{"Content-Length: 38\r\n\r\n" + body, "Transfer-Encoding: chunked\r\n\r\n26\r\n" + body + "\r\n0\r\n\r\n", "Connection: close\r\n\r\n" + body} {
			for _, size := range []int{1460, 1} {
				out := redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: "+media+"\r\n"+framing))
				_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))), "\r\n\r\n")
				got = strings.TrimSuffix(strings.TrimPrefix(got, "26\r\n"), "\r\n0\r\n\r\n")
				if json.Valid([]byte(got)) != is || len(got) != len(body) || strings.Contains(got, canary[:4]) {
					t.Errorf("%s in segments of %d became %q", media, size, got)
				}
			}
		}
	}
}

// TestBinaryBodies holds what bodies become of which Wireshark knows the form: no damaged ones.
func TestBinaryBodies(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(canary, 5)
	for media, begins := range map[string]string{
		"image/jpeg":           "\xff\xd8\xff\xe0\x00\x10JFIF\x00",
		"image/gif":            "GIF89a\x00",
		"application/cbor":     "\x00\x00\x00\x00\x00",
		"application/grpc+xml": "\x00\x00\x00\x00\x00",
		"text/xml":             "<x/>   ",
		"application/soap+xml": "<x/>   ",
		"text/plain":           "xxxxx",
	} {
		out := redacted(t, linkRaw, talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: "+media+"\r\nContent-Length: 60\r\n\r\n"+body))
		_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))), "\r\n\r\n")
		if !strings.HasPrefix(got, begins) || len(got) != len(body) || strings.Contains(got, canary[:4]) {
			t.Errorf("%s became %q", media, got)
		}
	}
}

// TestPackedBodies holds that a body which is compressed becomes one that can be unpacked, of the same type.
func TestPackedBodies(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(canary, 5)
	for coding, unpacks := range map[string]bool{"gzip": true, "x-gzip": true, "deflate": true, "br": true, "zstd": false} {
		for media, want := range map[string]string{"application/javascript": "x", "application/json": "{}", "text/xml": "<x/>"} {
			out := redacted(t, linkRaw, talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: "+media+"\r\nContent-Encoding: "+coding+"\r\nContent-Length: 60\r\n\r\n"+body))
			_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))), "\r\n\r\n")
			packed := strings.TrimRight(got, "\x00")
			if !unpacks {
				if packed != "" {
					t.Errorf("%s became %q", coding, got)
				}
				continue
			}
			if text, _, ok := unpacked([]byte(got[:len(blankPacked(coding, want))]), coding); !ok || string(text) != want || len(got) != len(body) || strings.Contains(got, canary[:4]) {
				t.Errorf("%s of %s became %q: %q", coding, media, got, text)
			}
		}
	}
}
