package httpstream

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// The PROXY protocol (haproxy.org, proxy-protocol.txt): a load balancer sends the address
// of its client before the first byte of the client. Version 1 is a line of text, version
// 2 is binary.
const (
	proxyText      = "PROXY "
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyTextMax   = 107 // section 2.1, the line end included
	proxyBinaryLen = 16  // section 2.2, without the addresses
)

// proxyHeaders returns the length of all PROXY headers that b begins with: each load balancer adds its own in
// front. whole is not set if it takes more bytes to know.
func (s *sniffer) proxyHeaders(b []byte) (n int, whole bool) {
	for more := -1; more != 0; n += more {
		if more, whole = s.proxyHeader(b[n:]); !whole {
			return n, false
		}
	}
	return n, true
}

// behindHeader returns what a client begins with behind its PROXY headers, where the capture shows its server
// first, by which the reader is known.
func (f *flow) behindHeader(sh *shared, b []byte) []byte {
	r := f.behindAhead()
	s, is := r.(*sniffer)
	if is && s.next == nil || r == nil && !f.conn.HTTP || !isProxyHeader(b) {
		return b
	}
	n, _ := (&sniffer{shared: sh, conn: f.conn}).proxyHeaders(b)
	return b[n:]
}

// proxyHeader returns the length of the PROXY header that b begins with, 0 if it begins
// with none, and takes the address of the client from it. whole is not set if it takes
// more bytes to know.
func (s *sniffer) proxyHeader(b []byte) (n int, whole bool) {
	switch {
	case startsWith(b, proxyText):
		return s.proxyLine(b)
	case startsWith(b, proxySignature):
		return s.proxyBinary(b)
	}
	return 0, true
}

// isProxyHeader reports whether b begins with what nothing but a PROXY header begins with.
func isProxyHeader(b []byte) bool {
	return bytes.HasPrefix(b, []byte(proxySignature)) || bytes.HasPrefix(b, []byte(proxyText+"TCP"))
}

// startsWith reports whether b begins with head, as far as b goes.
func startsWith(b []byte, head string) bool {
	n := min(len(b), len(head))
	return string(b[:n]) == head[:n]
}

// proxyLine reads "PROXY TCP4 192.0.2.1 192.0.2.2 50000 443" or "PROXY UNKNOWN".
func (s *sniffer) proxyLine(b []byte) (n int, whole bool) {
	end := bytes.IndexByte(b[:min(len(b), proxyTextMax)], '\n')
	if end < 0 {
		return 0, len(b) >= proxyTextMax
	}
	f := strings.Fields(string(b[len(proxyText):end]))
	switch {
	case len(f) > 0 && f[0] == "UNKNOWN":
	case len(f) == 5 && (f[0] == "TCP4" || f[0] == "TCP6"):
		addr, err := netip.ParseAddr(f[1])
		port, errPort := strconv.ParseUint(f[3], 10, 16)
		if err != nil || errPort != nil {
			return s.badHeader(end + 1), true
		}
		s.proxied(netip.AddrPortFrom(addr, uint16(port)))
	default:
		if _, isRequest := cutRequestLine(bytes.TrimSuffix(b[:end], []byte{'\r'})); isRequest {
			return 0, true
		}
		return s.badHeader(end + 1), true
	}
	return end + 1, true
}

func (s *sniffer) proxyBinary(b []byte) (n int, whole bool) {
	if len(b) < proxyBinaryLen {
		return 0, false
	}
	const local, proxy, tcp4, tcp6 = 0x20, 0x21, 0x11, 0x21
	command, family := b[12], b[13]
	n = proxyBinaryLen + int(binary.BigEndian.Uint16(b[14:]))
	switch {
	case command != local && command != proxy, n > maxSniffed:
		return 0, true
	case len(b) < n:
		return 0, false
	}
	switch addr := b[proxyBinaryLen:n]; {
	case command == proxy && family == tcp4 && len(addr) >= 12:
		s.proxied(netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr)), binary.BigEndian.Uint16(addr[8:])))
	case command == proxy && family == tcp6 && len(addr) >= 36:
		s.proxied(netip.AddrPortFrom(netip.AddrFrom16([16]byte(addr)), binary.BigEndian.Uint16(addr[32:])))
	}
	return n, true
}

// proxied notes the client that a PROXY header names; of several the last one knows it.
func (s *sniffer) proxied(client netip.AddrPort) {
	if s.conn.Balancer == nil {
		balancer := s.conn.Client
		s.conn.Balancer = &balancer
	}
	s.conn.Client = client
}

// badHeader passes over n bytes of a PROXY header that says nothing.
func (s *sniffer) badHeader(n int) int {
	s.shared.unread(s.conn, Client, int64(n), s.shared.here())
	return n
}
