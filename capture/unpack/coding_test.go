package unpack

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// page is one that is longer packed than what CodingOf looks at.
const page = "<html><head><title>401.2 - Unauthorized</title></head><body>Access is denied, and \x01 more \xe9.</body></html>"

// packedAs returns a text as servers pack it.
func packedAs(t testing.TB, how Coding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch how {
	case GzipBody:
		w = gzip.NewWriter(&b)
	case ZlibBody:
		w = zlib.NewWriter(&b)
	case DeflateBody:
		w, err = flate.NewWriter(&b, flate.BestCompression)
	case BrotliBody:
		w = brotli.NewWriter(&b)
	case ZstdBody:
		w, err = zstd.NewWriter(&b)
	default:
		return []byte(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A body is known by its first bytes, else by its head; an export's is text, whatever the head says.
func TestCodingOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		is    Coding
		named string
		want  Coding
	}{
		{GzipBody, "gzip", GzipBody}, {GzipBody, "", GzipBody}, {GzipBody, "br", GzipBody},
		{ZlibBody, "deflate", ZlibBody}, {DeflateBody, "deflate", DeflateBody}, {DeflateBody, "gzip, Deflate ", DeflateBody}, {DeflateBody, "", NoCoding},
		{BrotliBody, "br", BrotliBody}, {BrotliBody, "BR", BrotliBody}, {BrotliBody, "", NoCoding}, {ZstdBody, "zstd", ZstdBody}, {ZstdBody, "", ZstdBody},
		{NoCoding, "gzip", NoCoding}, {NoCoding, "deflate", NoCoding}, {NoCoding, "br", NoCoding}, {NoCoding, "zstd", NoCoding}, {NoCoding, "", NoCoding},
	} {
		body := packedAs(t, tt.is, page)
		if got := CodingOf(body, tt.named); got != tt.want {
			t.Errorf("%d named %q: %d, want %d", tt.is, tt.named, got, tt.want)
		}
		if tt.want != NoCoding {
			if text, err := tt.want.Unpack(body, 1<<10); err != nil || string(text) != page {
				t.Errorf("%d named %q: %q, %v", tt.is, tt.named, text, err)
			}
		}
	}
	for named, want := range map[string]Coding{"dcb": UnreadBody, "compress": UnreadBody, "zstd": UnreadBody, "lzma": NoCoding} {
		if got := CodingOf([]byte("\x01\x02\x03"), named); got != want {
			t.Errorf("%s: %d, want %d", named, got, want)
		}
	}
	if got := CodingOf(nil, "br"); got != NoCoding {
		t.Errorf("no body: %d", got)
	}
}

// What is cut unpacks to its beginning, and nothing becomes longer than its limit.
func TestUnpackCut(t *testing.T) {
	t.Parallel()
	for _, how := range []Coding{GzipBody, ZlibBody, DeflateBody, BrotliBody, ZstdBody} {
		body := packedAs(t, how, page)
		for n := 1; n < len(body); n++ {
			if text, err := how.Unpack(body[:n], 1<<10); err == nil && string(text) != page || !bytes.HasPrefix([]byte(page), text) {
				t.Fatalf("%d cut at %d of %d: %q, %v", how, n, len(body), text, err)
			}
		}
		if text, _ := how.Unpack(packedAs(t, how, string(make([]byte, 4<<20))), 100); len(text) > 100 {
			t.Errorf("%d: %d bytes", how, len(text))
		}
	}
	if _, err := UnreadBody.Unpack([]byte("x"), 10); err == nil {
		t.Error("what cannot be read is read")
	}
}

func FuzzCoding(f *testing.F) {
	for _, how := range []Coding{GzipBody, ZlibBody, DeflateBody, BrotliBody, ZstdBody} {
		f.Add("br", packedAs(f, how, page))
	}
	f.Fuzz(func(t *testing.T, named string, body []byte) {
		if text, _ := CodingOf(body, named).Unpack(body, 100); len(text) > 100 {
			t.Errorf("%d bytes", len(text))
		}
	})
}
