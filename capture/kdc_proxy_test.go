package capture

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/packing"
	"negotrace/capture/unpack"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
	"negotrace/tokens"
)

// TestPackedKDCProxy holds that a message for a KDC proxy is read in whatever coding it is sent, and counted with its
// frame where it cannot be.
func TestPackedKDCProxy(t *testing.T) {
	t.Parallel()
	element := func(tag byte, parts ...string) string {
		b := strings.Join(parts, "")
		return string([]byte{tag, byte(len(b))}) + b
	}
	name := element(0x30, element(0xa0, "\x02\x01\x02"), element(0xa1, element(0x30, element(0x1b, "HTTP"), element(0x1b, "web"))))
	krbError := element(0x7e, element(0x30, element(0xa0, "\x02\x01\x05"), element(0xa1, "\x02\x01\x1e"), element(0xa4, element(0x18, "20260101000000Z")),
		element(0xa5, "\x02\x01\x00"), element(0xa6, "\x02\x01\x07"), element(0xa9, element(0x1b, "CORP")), element(0xaa, name)))
	plain := element(0x30, element(0xa0, element(0x04, "\x00\x00\x00", string([]byte{byte(len(krbError))}), krbError)))
	packed := func(how unpack.Coding, text string) string {
		b, ok := packing.Into(how, []byte(text), 2*len(text)+40)
		if !ok {
			t.Fatalf("%q is not packed", text)
		}
		return string(b)
	}
	const read = "KDC_ERR_S_PRINCIPAL_UNKNOWN (7)"
	const cut, unread = "malformed Kerberos: 4", packedKDCProxy + ": 4"
	gzip := packed(unpack.GzipBody, plain)
	for _, tt := range []struct{ name, coding, body, want string }{
		{"plain", "", plain, read},
		{"identity", "identity", plain, read},
		{"gzip", "gzip", gzip, read},
		{"gzip, in other letters", "X-GZIP", gzip, read},
		{"gzip that no header line names", "", gzip, read},
		{"deflate", "deflate", packed(unpack.ZlibBody, plain), read},
		{"deflate without its frame", "deflate", packed(unpack.DeflateBody, plain), read},
		{"brotli", "br", packed(unpack.BrotliBody, plain), read},
		{"zstd", "zstd", packed(unpack.ZstdBody, plain), read},
		{"two codings", "deflate, gzip", packed(unpack.GzipBody, packed(unpack.ZlibBody, plain)), read},
		{"two codings without a space", "deflate,gzip", packed(unpack.GzipBody, packed(unpack.ZlibBody, plain)), read},
		{"a coding that is only named", "gzip", plain, read},
		{"a coding that is not known", "xpress", "\x93\x01\x02", unread},
		{"a coding that is not read", "compress", "\x1f\x9d\x90\x01", unread},
		{"damaged gzip", "gzip", "\x1f\x8b\x08\xff", unread},
		{"gzip of nothing", "gzip", packed(unpack.GzipBody, "x")[:20], unread},
		{"gzip of something else", "gzip", packed(unpack.GzipBody, strings.Repeat("\x01\x02", 40)), cut},
		{"more codings than anybody sends", "gzip, gzip, gzip, gzip\r\n",
			packed(unpack.GzipBody, packed(unpack.GzipBody, packed(unpack.GzipBody, packed(unpack.GzipBody, plain)))), unread},
		{"no message", "", "\x01\x02", cut},
	} {
		got := ""
		d := newDispatcher(newRun(t.Context(), Sink{Kerberos: func(_ httpstream.Pos, _, _ netip.AddrPort, _ *httpstream.Destination, k *tokens.Kerberos) {
			got = k.Error.Code.String()
		}}, Options{}))
		d.kdcProxy(&httpstream.Conn{Client: packettest.Client4, Server: packettest.Server4}, httpstream.Server, httpstream.Pos{Frame: 4}, tt.coding, []byte(tt.body))
		for what, at := range d.counters.Places.Undecoded {
			got += fmt.Sprintf("%s: %d", what, at.Frame)
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
