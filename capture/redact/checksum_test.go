package redact

import (
	"bytes"
	"testing"

	"negotrace/internal/packettest"
)

// TestBadChecksumSaysNothing holds that a checksum which is wrong or missing becomes the same
// whatever the content and the addresses were: else it would confirm guesses of them.
func TestBadChecksumSaysNothing(t *testing.T) {
	t.Parallel()
	packet := func(password string, last byte, ip, tcp int) []byte {
		src := client.Addr().As4()
		src[3] = last
		p := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n"+password))
		copy(p[12:], src[:])
		be.PutUint16(p[10:], uint16(ip))
		be.PutUint16(p[20+16:], uint16(tcp))
		return p
	}
	for name, sums := range map[string][2]int{"left to the card": {0, 0}, "of the pseudo-header without its length": {0, 0x1234}, "wrong": {0x4321, 0x1234}} {
		a := redacted(t, linkRaw, [][]byte{packet("secret", 77, sums[0], sums[1])})[0]
		b := redacted(t, linkRaw, [][]byte{packet("guess!", 78, sums[0], sums[1])})[0]
		if !bytes.Equal(a, b) {
			t.Errorf("%s: other contents become other bytes\n% x\n% x", name, a, b)
		}
		if got := int(be.Uint16(a[10:])); sums[0] == 0 && got != 0 {
			t.Errorf("%s: the missing checksum of IP became %#x", name, got)
		}
	}
}
