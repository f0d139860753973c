package servertext

import (
	"bytes"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"negotrace/httpstream"
)

func packedBy(t testing.TB, coding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = brotli.NewWriter(&b)
	if coding == "zstd" {
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packedResponse(status int, coding string, body []byte) *httpstream.Response {
	return &httpstream.Response{Status: status, Body: body, BodyLen: int64(len(body)), Header: httpstream.Header{{Name: "Content-Encoding", Value: coding}}}
}

// TestPackedPages holds that pages are read that are packed as browsers ask for it, that what
// is cut does no harm, and that no page becomes larger than its limit.
func TestPackedPages(t *testing.T) {
	t.Parallel()
	const failed = "<html><pre>GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)</pre></html>"
	const form = `<html><head><title>Login</title></head><body><form action="login"><input type="password" name="p"></form></body></html>`
	for _, coding := range []string{"br", "zstd"} {
		b := packedBy(t, coding, failed)
		if got := ReadPage(packedResponse(500, coding, b), true).Text; got != "GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)" {
			t.Errorf("%s: %q", coding, got)
		}
		if got := ReadPage(packedResponse(200, coding, packedBy(t, coding, form)), false); got.Logon != LogonForm || got.Unread != "" {
			t.Errorf("%s: %+v", coding, got)
		}
		for n := range b {
			ReadPage(packedResponse(500, coding, b[:n]), true)
			ReadPage(packedResponse(200, coding, b[:n]), false)
		}
		bomb := packedBy(t, coding, string(make([]byte, 4<<20)))
		if text, _ := unpacked(bomb, coding); len(text) > maxPage {
			t.Errorf("%s: %d bytes", coding, len(text))
		}
	}
	if got := ReadPage(packedResponse(200, "br", []byte("\xff\xff\xff\xff\xff\xff")), false).Unread; got != "packed with br" {
		t.Errorf("noise: %q", got)
	}
}

func FuzzUnpacked(f *testing.F) {
	for _, coding := range []string{"br", "zstd"} {
		f.Add(coding, packedBy(f, coding, "<p>denied</p>"))
	}
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		if text, _ := unpacked(body, coding); len(text) > max(maxPage, len(body)) {
			t.Errorf("%d bytes", len(text))
		}
	})
}
