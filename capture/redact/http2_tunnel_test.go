package redact

import (
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/packing"
	"negotrace/capture/unpack"
)

// tunneled returns HTTP/1.1 in a stream of HTTP/2, in frames of so many bytes, with another stream
// between them.
func tunneled(size int) (messages []string) {
	inside := func(text string) (frames string) {
		for len(text) > 0 {
			n := min(size, len(text))
			frames += frameOf(0, 0, 1, text[:n]) + frameOf(6, 0, 0, canary[:8])
			text = text[n:]
		}
		return frames
	}
	return []string{
		">" + http2Preface + frameOf(4, 0, 0, ""), frameOf(4, 0, 0, ""),
		">" + frameOf(1, 4, 1, fields(":method=CONNECT", ":authority="+canary+".corp.test:80")),
		frameOf(1, 4, 1, fields(":status=200")),
		">" + inside("GET /"+canary+" HTTP/1.1\r\nHost: "+canary+"\r\nCookie: a="+canary+"\r\n\r\n") + frameOf(1, 5, 3, fields(":method=GET", ":path=/"+canary)),
		inside("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\""+canary+"\"\r\nContent-Length: 24\r\n\r\n"+"<p>denied "+canary+"</") + frameOf(1, 5, 3, fields(":status=404")),
		">" + inside("GET / HTTP/1.1\r\n\r\n"), inside("HTTP/1.1 304 Not Modified\r\n\r\n"),
	}
}

// TestHTTP2Tunnel holds that what a stream of HTTP/2 carries behind a CONNECT is rewritten as on a
// connection of its own.
func TestHTTP2Tunnel(t *testing.T) {
	t.Parallel()
	for _, frame := range []int{1 << 14, 13, 1} {
		for segment := 1; segment < 1500; segment = 5*segment + 1 {
			out := redactedMade(t, talked(segment, tunneled(frame)...))
			both := content(out, netip.AddrFrom4([4]byte(out[0][12:16]))) + "|" + content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
			if strings.Contains(strings.ToLower(both), strings.ToLower(canary)) || strings.Contains(both, canary[:8]) {
				t.Errorf("segments of %d: the canary is in %q", segment, both)
			}
			for _, stays := range []string{"HTTP/1.1 401 Unauthorized", "Basic realm=\"", "<p>denied ", "HTTP/1.1 304 Not Modified", ":status\x03404"} {
				if !strings.Contains(both, stays) && frame > 100 {
					t.Errorf("segments of %d: %q is gone from %q", segment, stays, both)
				}
			}
		}
	}
}

// FuzzHTTP2Tunnel rewrites anything in a tunnel.
func FuzzHTTP2Tunnel(f *testing.F) {
	for _, m := range canaries() {
		f.Add([]byte(m), []byte(m), 100)
	}
	f.Fuzz(func(t *testing.T, a, b []byte, size int) {
		size = max(size%1460, 1+(len(a)+len(b))/200)
		messages := tunneled(1 << 14)[:4]
		redactedMade(t, talked(size, append(messages, ">"+frameOf(0, 0, 1, string(a)), frameOf(0, 0, 1, string(b)), ">"+frameOf(0, 1, 1, string(b)))...))
	})
}

// TestHTTP2PackedPage holds that a compressed page keeps what went wrong, in however many frames it is and
// however the stream ends.
func TestHTTP2PackedPage(t *testing.T) {
	t.Parallel()
	page, ok := packing.Into(unpack.GzipBody, []byte("<p>Access denied for the account "+canary+", which is locked out</p>"), 150)
	if !ok {
		t.Fatal("no page")
	}
	for ends, last := range map[string]string{"with its last bytes": "", "with an empty frame": frameOf(0, 1, 1, ""), "with a trailer": frameOf(1, 5, 1, fields("x-a="+canary)), "by a reset": frameOf(3, 0, 1, "\x00\x00\x00\x00"), "never": " "} {
		for _, size := range []int{1 << 14, 40, 1} {
			answer, rest := frameOf(1, 4, 1, fields(":status=401", "content-encoding=gzip")), string(page)
			for len(rest) > 0 {
				n, flags := min(size, len(rest)), byte(0)
				if ends == "with its last bytes" && n == len(rest) {
					flags = 1
				}
				answer += frameOf(0, flags, 1, rest[:n]) + frameOf(0, 0, 3, canary)
				rest = rest[n:]
			}
			for segment := 1; segment < 1500; segment = 30*segment + 1 {
				out := redactedMade(t, talked(segment, ">"+http2Preface+frameOf(4, 0, 0, "")+frameOf(1, 5, 1, fields(":method=GET", ":path=/")), frameOf(4, 0, 0, "")+answer+strings.TrimSpace(last)))
				all := content(out, netip.AddrFrom4([4]byte(out[0][16:20])))
				var body []byte
				for b := all; len(b) >= frameHeaderLen; {
					n := frameHeaderLen + int(b[1])<<8 + int(b[2])
					if b[3] == frameData && b[8] == 1 {
						body = append(body, b[frameHeaderLen:n]...)
					}
					b = b[n:]
				}
				got, _, whole := packing.Unpacked(body, "gzip")
				if !whole || !strings.Contains(string(got), "<p>Access denied for the account xxxxxxxxxxxx, which is locked out</p>") || strings.Contains(all, canary) {
					t.Errorf("%s, frames of %d, segments of %d: %v, %q", ends, size, segment, whole, got)
				}
			}
		}
	}
}
