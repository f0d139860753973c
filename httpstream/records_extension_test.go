package httpstream

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestReservedLength plays what has the reserved bit of a length of Kerberos over TCP, and holds that it is said what
// it is, and that nothing else is missed or counted.
func TestReservedLength(t *testing.T) {
	t.Parallel()
	const starttls, probe, granted = "\x80\x00\x00\x01", "\x80\x00\x00\x00", "\x00\x00\x00\x00"
	request := "\x00\x00\x00\x40\x6c" + strings.Repeat("q", 0x3f)
	reply := "\x00\x00\x00\x40\x7e" + strings.Repeat("r", 0x3f)
	reserved := "\x80" + request[1:]
	hello := "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"
	for _, tt := range []struct {
		name          string
		port          uint16
		conversation  []string // the client first, and then in turn
		read, counted string
	}{
		{"a message, and the refusal", 88, []string{reserved, reply}, "qr", reservedSet + " 4"},
		{"a message in pieces", 88, []string{reserved[:4], "", reserved[4:20], "", reserved[20:], reply}, "qr", reservedSet + " 4"},
		{"a message in pieces of a byte", 88, []string{reserved[:1], "", reserved[1:], reply}, "qr", reservedSet + " 4"},
		{"TLS, refused", 88, []string{starttls, reply}, "r", tlsAsked + " 4"},
		{"TLS, refused, and without", 88, []string{starttls, reply, request, reply}, "rqr", tlsAsked + " 4"},
		{"TLS, granted", 88, []string{starttls, granted, hello, hello}, "", "Kerberos in TLS (RFC 6251) 1, " + tlsAsked + " 4"},
		{"TLS, granted byte by byte", 88, []string{starttls[:2], "", starttls[2:], granted[:1], "", granted[1:], hello, hello}, "", "Kerberos in TLS (RFC 6251) 1, " + tlsAsked + " 4"},
		{"TLS, without an answer", 88, []string{starttls}, "", tlsAsked + " 4"},
		{"a probe, and a request", 88, []string{probe, reply, request, reply}, "rqr", extensionAsked + " 4"},
		{"an extension that nobody knows, granted", 88, []string{"\x80\x00\x00\x04", granted, "anything"}, "",
			extensionAsked + " 4, what followed an extension of Kerberos over TCP (RFC 5021) 1"},
		{"an empty length without an extension", 88, []string{request, granted + reply, request, reply}, "qrqr", ""},
		{"what begins like one", 88, []string{"\x80\x00\x01\x00nothing that is known"}, "", "port 88 1"},
		{"at another port", 8080, []string{starttls, granted}, "", "port 8080 1"},
	} {
		w := newWire()
		w.addr[Server] = netip.AddrPortFrom(serverAddr.Addr(), tt.port)
		w.handshake()
		for i, b := range tt.conversation {
			if b != "" {
				w.send(Side(i&1), b)
			}
		}
		w.close()
		w.a.Close()
		read := ""
		for _, r := range w.records {
			read += r[len(r)-2 : len(r)-1]
		}
		var counted []string
		for what, at := range maps.All(w.counters.Places.Undecoded) {
			counted = append(counted, fmt.Sprintf("%s %d", what, at.Frame))
		}
		for what, at := range maps.All(w.counters.Places.UnreadTCP) {
			counted = append(counted, fmt.Sprintf("%s %d", what, at.Frame))
		}
		slices.Sort(counted)
		if got := strings.Join(counted, ", "); read != tt.read || got != tt.counted || w.a.shared.held != 0 {
			t.Errorf("%s: read %q, want %q; counted %q, want %q; %d bytes held", tt.name, read, tt.read, got, tt.counted, w.a.shared.held)
		}
	}
}
