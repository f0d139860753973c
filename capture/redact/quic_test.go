package redact

import (
	"strings"
	"testing"

	"negotrace/internal/packettest"
)

// TestQUICHeadersStay holds that headers of QUIC stay with their lengths, and what they
// protect, identities and tokens do not.
func TestQUICHeadersStay(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("S", 30)
	long := func(kind byte, middle string) string {
		return string([]byte{0xc0 | kind<<4, 0, 0, 0, 1}) + lengths(1, secret[:8]) + lengths(1, secret[:4]) + middle
	}
	initial := long(0, lengths(1, secret[:5])+"\x40\x1e"+secret)
	handshake := long(2, "\x1e"+secret)
	for name, datagram := range map[string]string{
		"Initial":           initial,
		"several":           initial + handshake + secret,
		"cut":               initial[:len(initial)-3],
		"cut in the header": initial[:12],
		"draft":             initial[:1] + "\xff\x00\x00\x1d" + initial[5:],
		"Retry":             long(3, secret),
		"too long":          string([]byte{0xc0, 0, 0, 0, 1}) + lengths(1, "") + lengths(1, secret),
	} {
		out := redacted(t, linkRaw, [][]byte{packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, 443, []byte(datagram)))})
		got := string(out[0][28:])
		if strings.Contains(got, "SSS") {
			t.Errorf("%s: a secret is in %q", name, got)
		}
		for i := range min(len(datagram), len(got)) {
			if name != "Retry" && name != "too long" && name != "cut in the header" && datagram[i] != 'S' && got[i] != datagram[i] {
				t.Errorf("%s: byte %d of %q became %#x", name, i, datagram, got[i])
				break
			}
		}
	}
}

// TestQUICPrefixes holds that nothing is read behind the end of a datagram.
func TestQUICPrefixes(t *testing.T) {
	t.Parallel()
	datagram := "\xc0\x00\x00\x00\x01" + lengths(1, "Secret78") + lengths(1, "1234") + lengths(1, "token") + "\x40\x04body"
	for n := range len(datagram) + 1 {
		out := redacted(t, linkRaw, [][]byte{packettest.IPv4(17, client.Addr(), server.Addr(), packettest.UDP(50000, 443, []byte(datagram[:n])))})
		for _, text := range []string{"Secret", "token", "body"} {
			if got := string(out[0][28:]); strings.Contains(got, text) {
				t.Errorf("%d bytes: %q is in %q", n, text, got)
			}
		}
	}
}
