package redact

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/tls"
	"negotrace/internal/testcost"
)

// secretMessages returns messages of TLS with a secret of many S in them.
func secretMessages() map[string]string {
	const sha256 = "\x04\x01"
	secret := strings.Repeat("S", 40)
	hello := func(kind byte, id int, value string) string {
		suites := "\xc0\x2f\x00"
		if kind == clientHello {
			suites = lengths(2, "\xc0\x2f") + lengths(1, "\x00")
		}
		return tlsRecord(kind, "\x03\x03"+strings.Repeat("S", 32)+lengths(1, "")+suites+lengths(2, extension(id, value)))
	}
	return map[string]string{
		"point of a client":           tlsRecord(clientKeyExchange, lengths(1, "\x04"+secret)),
		"short point of a client":     tlsRecord(clientKeyExchange, lengths(1, secret)),
		"encrypted secret":            tlsRecord(clientKeyExchange, lengths(2, secret)),
		"point of a server":           tlsRecord(serverKeyExchange, "\x03\x00\x17"+lengths(1, "\x04"+secret)+sha256+lengths(2, secret)),
		"point before TLS 1.2":        tlsRecord(serverKeyExchange, "\x03\x00\x17"+lengths(1, "\x04"+secret)+lengths(2, secret)),
		"Diffie-Hellman":              tlsRecord(serverKeyExchange, lengths(2, secret)+lengths(2, secret)+lengths(2, secret)+sha256+lengths(2, secret)),
		"Diffie-Hellman before":       tlsRecord(serverKeyExchange, lengths(2, secret)+lengths(2, secret)+lengths(2, secret)+lengths(2, secret)),
		"hint":                        tlsRecord(serverKeyExchange, lengths(2, secret)),
		"signature of a client":       tlsRecord(certificateVerify, sha256+lengths(2, secret)),
		"signature before TLS 1.2":    tlsRecord(certificateVerify, lengths(2, secret)),
		"authorities":                 tlsRecord(certificateRequest, lengths(1, "\x01")+lengths(2, sha256)+lengths(2, lengths(2, derElement(0x30, derElement(0x0c, secret))))),
		"authorities before TLS 1.2":  tlsRecord(certificateRequest, lengths(1, "\x01")+lengths(2, lengths(2, derElement(0x30, derElement(0x0c, secret))))),
		"status of a certificate":     tlsRecord(certificateStatus, "\x01"+lengths(3, derElement(0x30, derElement(0x0a, "\x00"), derElement(0xa0, derElement(0x04, secret))))),
		"which status is wanted":      hello(clientHello, extStatusRequest, "\x01"+lengths(2, lengths(2, derElement(0xa2, derElement(0x04, secret))))+lengths(2, "")),
		"which statuses are wanted":   hello(clientHello, extStatusRequestV2, lengths(2, "\x02"+lengths(2, lengths(2, "")+lengths(2, "")))),
		"kinds of certificates":       hello(clientHello, extClientCertificateType, lengths(1, "\x02\x00")),
		"protocols of a server":       hello(serverHello, extNextProtocolNegotiation, lengths(1, "http/1.1")+lengths(1, secret)),
		"user of a password":          hello(clientHello, extSRP, lengths(1, secret)),
		"identity of a connection":    hello(clientHello, extConnectionID, lengths(1, secret)),
		"ciphers of media and a name": hello(clientHello, extSRTP, lengths(2, "\x00\x01")+lengths(1, secret)),
	}
}

// TestTLSLengthsStay holds that what says how long something is stays in messages and
// extensions of TLS, so that others can still read them, and that the rest does not.
func TestTLSLengthsStay(t *testing.T) {
	t.Parallel()
	for name, message := range secretMessages() {
		for _, size := range []int{1460, 7} {
			out := redacted(t, linkRaw, talked(size, ">"+message))
			got := content(out, netip.AddrFrom4([4]byte(out[0][12:16])))
			if strings.Contains(got, "SSS") {
				t.Errorf("%s: the secret is in %q", name, got)
			}
			for i := range len(message) {
				if message[i] != 'S' && got[i] != message[i] {
					t.Errorf("%s: byte %d of %q became %#x", name, i, message, got[i])
					break
				}
			}
		}
	}
}

// TestTLSCut holds that a message whose end is missing is still known by its head, and keeps no
// secret.
func TestTLSCut(t *testing.T) {
	t.Parallel()
	const head = tls.RecordHeaderLen + 4
	for name, message := range secretMessages() {
		for n := head; n < len(message); n += testcost.Step(7) {
			out := redacted(t, linkRaw, talked(1460, ">"+message[:n]))
			got := content(out, netip.AddrFrom4([4]byte(out[0][12:16])))
			if strings.Contains(got, "SSS") || got[:head] != message[:head] {
				t.Errorf("%s: %d bytes of %q became %q", name, n, message, got)
			}
		}
	}
}

// TestMalformedStaysSo holds that a length that is too long is too long again, whatever it was,
// and that nothing is left of what is behind it.
func TestMalformedStaysSo(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3} {
		for n := range 40 {
			b := append([]byte{0x40, 0x40, 0x40}[:size:size], bytes.Repeat([]byte("a"), n)...)
			if value, rest := standin.Vector(b, size); value != nil || rest != nil || bytes.Contains(b, []byte("a")) {
				t.Errorf("%d bytes behind %d: % x, %q, %q", n, size, b, value, rest)
			}
			before := string(b)
			if value, _ := standin.Vector(b, size); value != nil || string(b) != before {
				t.Errorf("%d bytes behind %d are a vector later: % x", n, size, b)
			}
		}
	}
}
