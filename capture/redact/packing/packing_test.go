package packing

import (
	"strings"
	"testing"

	"negotrace/capture/unpack"
	"negotrace/internal/packettest"
)

// TestInto holds that a text is packed into any size that is not too short, and unpacked again.
func TestInto(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"<p>denied</p>", "<html><title>401.2</title><p>" + strings.Repeat("You are not authorized. ", 9) + "xxxx</p>", string(packettest.Noise(7, 300))} {
		least := len(deflated([]byte(text)))
		for how, coding := range map[unpack.Coding]string{unpack.GzipBody: "gzip", unpack.ZlibBody: "deflate", unpack.DeflateBody: "deflate", unpack.BrotliBody: "br", unpack.ZstdBody: "zstd"} {
			from := least + map[unpack.Coding]int{unpack.GzipBody: 18, unpack.ZlibBody: 6, unpack.BrotliBody: 20, unpack.ZstdBody: 20}[how]
			failed := 0
			for _, more := range []int{0, 6, 9, 13, 257, 1001} {
				b, ok := Into(how, []byte(text), from+more)
				if !ok {
					failed++
					continue
				}
				got, as, ok := Unpacked(b, coding)
				if len(b) != from+more || !ok || as != how || string(got) != text {
					t.Fatalf("%d bytes as %d in %d: %d bytes, %v, %d, %q", len(text), how, from+more, len(b), ok, as, got[:min(len(got), 50)])
				}
			}
			if failed > 2 {
				t.Errorf("%d bytes as %d: %d sizes are not possible", len(text), how, failed)
			}
			if _, ok := Into(how, []byte(text), from/3); ok {
				t.Errorf("%d bytes as %d in %d", len(text), how, from/3)
			}
		}
	}
}

// TestZstdInto holds that Zstandard has any size above the least.
func TestZstdInto(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"<p>denied</p>", strings.Repeat("You are not authorized. ", 5), string(packettest.Noise(7, 50))} {
		least := 0
		for size := range len(text) + 40 {
			b, ok := zstdInto([]byte(text), size)
			if least > 0 != ok {
				if least = size; !ok {
					t.Fatalf("%d bytes in %d are not possible", len(text), size)
				}
			}
			if !ok {
				continue
			}
			if got, err := unpack.ZstdBody.Unpack(b, MaxText); len(b) != size || err != nil || string(got) != text {
				t.Fatalf("%d bytes in %d: %d bytes, %v, %q", len(text), size, len(b), err, got[:min(len(got), 50)])
			}
		}
		if least == 0 {
			t.Errorf("%d bytes are not possible", len(text))
		}
	}
}
