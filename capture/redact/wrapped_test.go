package redact

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/standin"
	"negotrace/internal/packettest"
)

// TestSignedIPsec holds that what IPsec only signs is redacted as without it: checksums are right, the
// trailer of ESP stays, and the signature becomes zeros.
func TestSignedIPsec(t *testing.T) {
	t.Parallel()
	segment := packettest.Segment(client, server, "GET /"+canary+" HTTP/1.1\r\nHost: "+canary+"\r\n\r\n")
	sum := func(src, dst, segment []byte) uint16 {
		pseudo := append(append(bytes.Clone(src), dst...), 0, 6, byte(len(segment)>>8), byte(len(segment)))
		return standin.OnesComplementSum(segment, -1, uint32(standin.OnesComplementSum(pseudo, -1, 0)))
	}
	src, dst := client.Addr().AsSlice(), server.Addr().AsSlice()
	be.PutUint16(segment[16:], 0)
	be.PutUint16(segment[16:], ^sum(src, dst, segment))
	padding := []byte{1, 2, 3, 4}[:(6-len(segment)%4)%4]
	trailer := string(padding) + string([]byte{byte(len(padding)), 6})
	for name, k := range map[string]struct {
		proto                  byte
		head, trailer, missing string
	}{"ESP": {50, "\x00\x00\x12\x34\x00\x00\x00\x07", trailer, canary}, "AH": {51, "\x06\x04\x00\x00\x00\x00\x12\x34\x00\x00\x00\x07" + canary, "", ""}} {
		p := packettest.IPv4(k.proto, client.Addr(), server.Addr(), []byte(k.head+string(segment)+k.trailer+k.missing))
		out := redacted(t, linkRaw, [][]byte{p})[0]
		inner := out[20+len(k.head):][:len(segment)]
		if got := sum(out[12:16], out[16:20], inner); got != 0xffff {
			t.Errorf("%s: the sum is %#x", name, got)
		}
		if rest := string(out[20+len(k.head)+len(segment):]); rest != k.trailer+strings.Repeat("\x00", len(k.missing)) {
			t.Errorf("%s: %q follows", name, rest)
		}
		if !bytes.Contains(inner, []byte(" HTTP/1.1\r\nHost: ")) || bytes.Contains(out, []byte(canary[:5])) {
			t.Errorf("%s: %q", name, out)
		}
	}
}

// TestFDDI holds that frames of FDDI are read.
func TestFDDI(t *testing.T) {
	t.Parallel()
	const linkFDDI = 10
	head := "\x50" + canary + "\xaa\xaa\x03\x00\x00\x00\x08\x00"
	ip := packettest.IPv4(6, client.Addr(), server.Addr(), packettest.Segment(client, server, "GET /"+canary+" HTTP/1.1\r\n\r\n"))
	out := redacted(t, linkFDDI, [][]byte{[]byte(head + string(ip))})[0]
	if !bytes.Contains(out, []byte(" HTTP/1.1")) || bytes.Contains(out, []byte(canary[:5])) || bytes.Contains(out, []byte("Zebra")) {
		t.Errorf("%q", out)
	}
}

// TestRecordsOfOneByte holds that a hello in records of a byte each is the hello that it is in one.
func TestRecordsOfOneByte(t *testing.T) {
	t.Parallel()
	hello := "\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x02\x13\x01\x01\x00" + lengths(2, extension(0, lengths(2, "\x00"+lengths(2, strings.ToLower(canary)+".corp.test"))))
	message := "\x01" + lengths(3, hello)
	var records strings.Builder
	for i := range len(message) {
		records.WriteString("\x16\x03\x01\x00\x01" + message[i:i+1])
	}
	whole := redacted(t, linkRaw, talked(1460, ">\x16\x03\x01"+lengths(2, message)))
	split := redacted(t, linkRaw, talked(700, ">"+records.String()))
	var got strings.Builder
	for i, c := range []byte(content(split, clientOf(split))) {
		if i%6 == 5 {
			got.WriteByte(c)
		}
	}
	if want := content(whole, clientOf(whole))[5:]; got.String() != want {
		t.Errorf("%q and not %q", got.String(), want)
	}
}

// clientOf returns the address of who sent the first packet.
func clientOf(packets [][]byte) netip.Addr { return netip.AddrFrom4([4]byte(packets[0][12:16])) }
