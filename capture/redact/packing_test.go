package redact

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/packing"
	"negotrace/capture/unpack"
	"negotrace/tokens"
)

// TestPackedPage holds that compressed pages keep what went wrong, whatever is between their bytes, and
// no name.
func TestPackedPage(t *testing.T) {
	t.Parallel()
	text := []byte("<html><head><title>401.2 - Unauthorized</title></head><p>Access denied for the account " + canary + ", which is locked out by a policy</p></html>")
	for how, coding := range map[unpack.Coding]string{unpack.GzipBody: "gzip", unpack.ZlibBody: "deflate", unpack.DeflateBody: "deflate", unpack.BrotliBody: "br", unpack.ZstdBody: "zstd"} {
		page, ok := packing.Into(how, text, len(text)+40)
		if !ok {
			t.Fatal("no page")
		}
		head := "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\nContent-Encoding: " + coding + "\r\n"
		for framing, message := range map[string]string{
			"length": fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(page), page),
			"close":  head + "\r\n" + string(page),
			"chunks": fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n5;a=%s\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", head, canary, page[:5], len(page)-5, page[5:]),
		} {
			for _, size := range []int{1460, 7} {
				behind := "HTTP/1.1 200 OK\r\n\r\n"
				if framing == "close" {
					behind = ""
				}
				packets := redacted(t, linkRaw, talked(size, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", message+behind))
				_, all, _ := strings.Cut(content(packets, netip.AddrFrom4([4]byte(packets[0][16:20]))), "\r\n\r\n")
				body, next, ok := strings.Cut(all, "HTTP/1.1 200 OK")
				if framing == "close" {
					body, ok, next = all, true, "none"
				}
				if framing == "chunks" {
					_, first, _ := strings.Cut(body, "\r\n")
					second := first[5:]
					_, rest, _ := strings.Cut(second[2:], "\r\n")
					body = first[:5] + rest[:len(page)-5]
				}
				got, _, whole := packing.Unpacked([]byte(body), coding)
				if !ok || !whole || next == "" || !bytes.Contains(got, []byte("<p>Access denied for the account xxxxxxxxxxxx, which is locked out by a policy</p>")) {
					t.Errorf("%s, %s, segments of %d: %q", coding, framing, size, got)
				}
			}
		}
	}
}

// TestDamagedPage holds that of a compressed page that is damaged, or not there to its end, stays what went wrong,
// as far as it can be read.
func TestDamagedPage(t *testing.T) {
	t.Parallel()
	const words = "HTTP Error 401.2 - Unauthorized"
	text := []byte("<html><h3>" + words + "</h3><p>" + strings.Repeat("Access denied for the account "+canary+". ", 9) + "</p></html>")
	for how, coding := range map[unpack.Coding]string{unpack.GzipBody: "gzip", unpack.ZlibBody: "deflate", unpack.DeflateBody: "deflate", unpack.BrotliBody: "br"} {
		page, ok := packing.Into(how, text, 400)
		if !ok {
			t.Fatal("no page")
		}
		for what, body := range map[string]string{
			"cut": string(page[:len(page)-6]), "with more behind it": string(page) + canary + canary + canary, "with another sum": string(page[:len(page)-8]) + canary[:8],
		} {
			for _, missing := range []int{0, 20} { // in the capture
				packets := redacted(t, linkRaw, talked(200, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", fmt.Sprintf("HTTP/1.1 401 Unauthorized\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(body)+missing, body)))
				_, got, _ := strings.Cut(content(packets, netip.AddrFrom4([4]byte(packets[0][16:20]))), "\r\n\r\n")
				was, _ := how.Unpack([]byte(body), packing.MaxText)
				is, _ := how.Unpack([]byte(got), packing.MaxText)
				if strings.Contains(string(was), words) != strings.Contains(string(is), words) || strings.Contains(string(is)+got, canary[:4]) {
					t.Errorf("%s, %s, %d bytes are missing: %q", coding, what, missing, is)
				}
			}
		}
	}
}

// TestPageOfNoCoding holds that a page which is not packed as its head says keeps what went wrong.
func TestPageOfNoCoding(t *testing.T) {
	t.Parallel()
	const page = "<p>Access denied for " + canary + "</p>"
	for _, coding := range []string{"gzip", "br", "zstd", "UTF-8", "none"} {
		packets := redacted(t, linkRaw, talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", fmt.Sprintf("HTTP/1.1 401 Unauthorized\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(page), page)))
		if got := content(packets, netip.AddrFrom4([4]byte(packets[0][16:20]))); !strings.HasSuffix(got, "<p>Access denied for xxxxxxxxxxxx</p>") {
			t.Errorf("%s: %q", coding, got)
		}
	}
}

// TestPageInChunks holds that a page keeps what went wrong where chunks end in the middle of words, also
// where the last ones are missing.
func TestPageInChunks(t *testing.T) {
	t.Parallel()
	const page = "<p>HTTP Error 401.2 - Access denied for " + canary + "</p>"
	damaged := redacted(t, linkRaw, talked(1460, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345"+canary+"\r\n0\r\n\r\n"))
	if got := content(damaged, netip.AddrFrom4([4]byte(damaged[0][16:20]))); strings.Contains(got, canary[:5]) {
		t.Errorf("a chunk that is too long became %q", got)
	}
	for size := 1; size < len(page)+2; size += 1 + size/9 {
		message := "HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n"
		for rest := page; rest != ""; {
			n := min(size, len(rest))
			message += fmt.Sprintf("%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		for _, end := range []string{"0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", ""} {
			packets := redacted(t, linkRaw, talked(100, ">GET / HTTP/1.1\r\nHost: a\r\n\r\n", message+end))
			got := ""
			for i, part := range strings.Split(content(packets, netip.AddrFrom4([4]byte(packets[0][16:20]))), "\r\n") {
				if i > 2 && i%2 == 0 {
					got += part
				}
			}
			want := "<p>HTTP Error 401.2 - Access denied for xxxxxxxxxxxx</p>"
			if end != "" && !strings.HasPrefix(got, want) || end == "" && size > len(page) && got != want || strings.Contains(got, canary[:3]) {
				t.Errorf("chunks of %d, %v: %q", size, end != "", got)
			}
		}
	}
}

// TestPackedKDCProxy holds that a message for a KDC proxy that is packed is one afterwards, without the names in it, and
// that one that cannot be packed into its length is cleared.
func TestPackedKDCProxy(t *testing.T) {
	t.Parallel()
	num := func(tag byte, n string) string { return derElement(tag, derElement(2, n)) }
	principal := derElement(0x30, num(0xa0, "\x02"), derElement(0xa1, derElement(0x30, derElement(0x1b, "HTTP"), derElement(0x1b, canary+".corp.test"))))
	krbError := derElement(0x7e, derElement(0x30, num(0xa0, "\x05"), num(0xa1, "\x1e"), derElement(0xa4, derElement(0x18, "20260101000000Z")), num(0xa5, "\x00"), num(0xa6, "\x07"),
		derElement(0xa9, derElement(0x1b, "CORP.TEST")), derElement(0xaa, principal)))
	message := derElement(0x30, derElement(0xa0, derElement(4, "\x00\x00\x00"+string([]byte{byte(len(krbError))})+krbError)))
	for how, coding := range map[unpack.Coding]string{unpack.GzipBody: "gzip", unpack.ZlibBody: "deflate", unpack.BrotliBody: "br"} {
		for _, fits := range []bool{true, false} {
			body, ok := packing.Into(how, []byte(message), len(message)+60)
			if !ok {
				t.Fatal("no message")
			}
			if !fits { // only the canary is as short as this
				repeated := []byte(strings.Replace(message, canary+".corp.test", strings.Repeat("a", len(canary+".corp.test")), 1))
				for size := 20; ; size++ {
					if body, ok = packing.Into(how, repeated, size); ok {
						break
					}
				}
			}
			packets := redacted(t, linkRaw, talked(1460, ">POST /KdcProxy HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
				fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(body), body)))
			_, got, _ := strings.Cut(content(packets, netip.AddrFrom4([4]byte(packets[len(packets)-1][12:16]))), "\r\n\r\n")
			text, _, whole := packing.Unpacked([]byte(got), coding)
			k, err := tokens.Decoder{}.KDCProxy(text)
			if read := whole && err == nil && k.Error != nil && k.Error.Code == 7; read != fits || strings.Contains(string(text), canary) || strings.Contains(string(text), "aaaa") {
				t.Errorf("%s, fits %v: %q, %v", coding, fits, text, err)
			}
		}
	}
}
