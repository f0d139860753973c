package redact

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"negotrace/capture/redact/packing"
	"negotrace/internal/packettest"
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
	const zeros = "\x00\x00\x00\x00\x00"
	for _, c := range []struct{ media, before, after string }{
		{"image/jpeg", "\xff\xd8\xff\xe1\x20\x00Exif", "\xff\xd8\xff\xe0\x00\x10JFIF\x00"},
		{"image/gif", "GIF87a", "GIF89a\x00"},
		{"image/gif", "\x89PNG\r\n\x1a\n", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"},
		{"application/unknown", "\x89PNG\r\n\x1a\n", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"},
		{"video/mp4", "\x00\x00\x00\x1cftypmp42", "\x00\x00\x00\x10ftypisom" + zeros},
		{"image/gif", "", zeros},
		{"application/cbor", "", zeros},
		{"application/grpc+xml", "", zeros},
		{"application/ocsp-response", "0\x82\x01\x00", "0\x00" + zeros},
		{"text/xml", "", "<x/>   "},
		{"application/soap+xml", "<?xml version=", "<x/>   "},
		{"text/html", "<?xml version='1.0'?>", "<?xml ?>xxxxx"},
		{"application/json", "<?xml version='1.0'?>", "<?xml ?>xxxxx"},
		{"application/json", "", "xxxxx"},
		{"application/json", " \r\n[", "{}   "},
		{"text/plain", "", "xxxxx"},
	} {
		body := c.before + strings.Repeat(canary, 5)
		for _, framing := range []string{fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body), "Connection: close\r\n\r\n" + body, fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)} {
			for _, size := range []int{1460, 1} {
				if strings.Contains(c.before, "PNG") && strings.HasPrefix(framing, "Connection") {
					continue // its length is not known
				}
				out := redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: "+c.media+"\r\n"+framing))
				_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))), "\r\n\r\n")
				if framing[0] == 'T' {
					_, got, _ = strings.Cut(strings.TrimSuffix(got, "\r\n0\r\n\r\n"), "\r\n")
				}
				if !strings.HasPrefix(got, c.after) || len(got) != len(body) || strings.Contains(got, canary[:4]) {
					t.Errorf("%s that begins with %q became %q", c.media, c.before, got)
				}
			}
		}
	}
}

// TestBeginningsAreLost holds that a body of which the first bytes, or those behind them, are missing in the
// capture goes on as one, and that the next message is read.
func TestBeginningsAreLost(t *testing.T) {
	t.Parallel()
	for _, cut := range []int{0, 3} {
		body := strings.Repeat(canary, 5)
		response := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", len(body))
		packets := talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", response+body[:cut], body[cut:cut+20], body[cut+20:]+"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		out := redacted(t, linkRaw, slices.Delete(packets, 2, 3))
		got := content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
		if !strings.Contains(got, response+"xxx"[:cut]+strings.Repeat("x", len(body)-20-cut)+"HTTP/1.1 404 Not Found") {
			t.Errorf("%q", got)
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
			if text, _, ok := packing.Unpacked([]byte(got[:len(packing.Blank(coding, want))]), coding); !ok || string(text) != want || len(got) != len(body) || strings.Contains(got, canary[:4]) {
				t.Errorf("%s of %s became %q: %q", coding, media, got, text)
			}
		}
	}
}

// TestPageIsCut holds that a page of which a part is missing goes on as one, also in chunks.
func TestPageIsCut(t *testing.T) {
	t.Parallel()
	const before, lost, after = "<p>Access is denied to " + canary, " and to others there, also to " + canary, canary + " was here</p>"
	length := len(before) + len(lost) + len(after)
	for _, framing := range []string{fmt.Sprintf("Content-Length: %d\r\n\r\n", length), fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n", length)} {
		response := "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\n" + framing
		next := "\r\n0\r\n\r\n"
		if framing[0] == 'C' {
			next = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
		}
		packets := talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", response+before, lost, after+next)
		out := redacted(t, linkRaw, slices.Delete(packets, 2, 3))
		got := content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
		if want := response + "<p>Access is denied to xxxxxxxxxxxx" + strings.Repeat("x", len(after)) + next; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestPackedBodiesByContent holds that what is packed stays of the kind that it is, whatever its type says.
func TestPackedBodiesByContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ media, text, want string }{
		{"text/html", `<?xml version="1.0"?>`, "<?xml ?>" + strings.Repeat("x", 32)},
		{"text/html", "<html>", "x"},
		{"text/xml", `<?xml version="1.0"?>`, "<x/>"},
		{"application/json", "[", "{}"},
		{"application/json", "forbidden", "x"},
	} {
		packed := packettest.Packed(t, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }, []byte(c.text+canary+strings.Repeat(" and so on", 90)+string(packettest.Noise(1, 300))))
		for _, size := range []int{1460, 1} {
			out := redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: "+c.media+"\r\nContent-Encoding: gzip\r\n"+fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(packed), packed)))
			_, got, _ := strings.Cut(content(out, netip.AddrFrom4([4]byte(out[0][16:20]))), "\r\n\r\n")
			if text, _, _ := packing.Unpacked([]byte(got[:len(packing.Blank("gzip", c.want))]), "gzip"); string(text) != c.want || len(got) != len(packed) || strings.Contains(got, canary[:4]) {
				t.Errorf("%s of %q in segments of %d became %q", c.media, c.text, size, text)
			}
		}
	}
}
