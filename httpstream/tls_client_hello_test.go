package httpstream

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

// helloBody returns the body of a ClientHello with the given cipher suites and extensions.
func helloBody(suites []uint16, extensions []extension) []byte {
	var b cryptobyte.Builder
	b.AddUint16(tls12)
	b.AddBytes(make([]byte, 32))
	b.AddUint8LengthPrefixed(func(*cryptobyte.Builder) {})
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, s := range suites {
			b.AddUint16(s)
		}
	})
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddUint8(0) })
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, e := range extensions {
			b.AddUint16(e.kind)
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(e.body) })
		}
	})
	return b.BytesOrPanic()
}

// TestClientHelloSum holds which ClientHellos are taken for those of one program.
func TestClientHelloSum(t *testing.T) {
	t.Parallel()
	versions := extension{extSupportedVersions, []byte{4, 3, 4, 3, 3}}
	groups := extension{extSupportedGroups, []byte{0, 4, 0, 29, 0, 23}}
	suites := []uint16{0x1301, 0x1302, 0xc02f}
	first := helloBody(suites, []extension{versions, groups})
	sum := func(body []byte) string {
		var h tlsHello
		if !h.readClient(body) {
			t.Fatalf("%x is not read", body)
		}
		return h.sum
	}
	if got := len(sum(first)); got != 12 {
		t.Errorf("%d digits, want 12", got)
	}
	for _, tt := range []struct {
		name string
		body []byte
		same bool
	}{
		{"the same", first, true},
		{"extensions in another order", helloBody(suites, []extension{groups, versions}), true},
		{"GREASE", helloBody([]uint16{0x1a1a, 0x1301, 0x1302, 0xc02f}, []extension{{0xdada, nil}, {extSupportedVersions, []byte{6, 0x2a, 0x2a, 3, 4, 3, 3}}, {extSupportedGroups, []byte{0, 6, 0x4a, 0x4a, 0, 29, 0, 23}}}), true},
		{"ALPN, a name and padding", helloBody(suites, []extension{versions, groups, {extALPN, []byte{0, 3, 2, 'h', '2'}}, {extServerName, []byte{0, 4, 0, 0, 1, 'a'}}, {21, make([]byte, 40)}}), true},
		{"a ticket of an earlier session", helloBody(suites, []extension{versions, groups, {extSessionTicket, []byte{1, 2}}}), true},
		{"another order of suites", helloBody([]uint16{0x1302, 0x1301, 0xc02f}, []extension{versions, groups}), false},
		{"another group", helloBody(suites, []extension{versions, {extSupportedGroups, []byte{0, 2, 0, 29}}}), false},
		{"no TLS 1.3", helloBody(suites, []extension{groups}), false},
		{"a suite that only looks like GREASE", helloBody([]uint16{0x1a2a, 0x1301, 0x1302, 0xc02f}, []extension{versions, groups}), false},
	} {
		if got := sum(tt.body) == sum(first); got != tt.same {
			t.Errorf("%s: same %v, want %v", tt.name, got, tt.same)
		}
	}
	for n := range first { // a list that is cut is no reason to panic
		new(tlsHello).readClient(first[:n])
	}
}
