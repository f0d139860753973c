package redact

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The header that a load balancer sends before the protocol of a connection.

var proxySignature = []byte("\r\n\r\n\x00\r\nQUIT\n")

// isProxyV2 reports whether a header of the PROXY protocol, version 2, begins.
func isProxyV2(b []byte) bool { return bytes.HasPrefix(b, proxySignature) }

// proxyV2 rewrites that header: the addresses stay addresses, and what else it has becomes
// zeros.
func (r *Redactor) proxyV2(h *half) int {
	b := h.buf
	if len(b) < 16 {
		return 0
	}
	end := 16 + int(binary.BigEndian.Uint16(b[14:]))
	if len(b) < end {
		return 0
	}
	rest := b[16:end]
	switch family := b[13] >> 4; {
	case family == 0:
	case family == 1 && len(rest) >= 12:
		r.Address(rest[:4])
		r.Address(rest[4:8])
		rest = rest[12:]
	case family == 2 && len(rest) >= 36:
		r.Address(rest[:16])
		r.Address(rest[16:32])
		rest = rest[36:]
	default:
		const paths = 2 * 108 // of sockets
		clear(rest[:min(paths, len(rest))])
		rest = rest[min(paths, len(rest)):]
	}
	for len(rest) >= 3 && isProxyTLV(rest[0]) { // type, length and value; the value is cleared
		n := 3 + int(binary.BigEndian.Uint16(rest[1:]))
		if n > len(rest) {
			break
		}
		clear(rest[3:n])
		rest = rest[n:]
	}
	clear(rest)
	return end
}

// proxyV1 rewrites the line of that protocol's version 1.
func (r *Redactor) proxyV1(h *half) int {
	line, _, ok := bytes.Cut(h.buf, []byte("\n"))
	if !ok {
		if len(h.buf) > 107 {
			h.state = resync
		}
		return 0
	}
	fields := bytes.Split(bytes.TrimRight(line, "\r"), []byte(" "))
	for i, f := range fields[1:] {
		isKnown := i == 0 && slices.Contains([]string{"TCP4", "TCP6", "UNKNOWN"}, string(f))
		if isPort := len(f) <= 5 && len(bytes.Trim(f, "0123456789")) == 0; !isKnown && !isPort {
			copy(f, r.Names.Text(string(f)))
		}
	}
	return len(line) + 1
}

// isProxyTLV reports whether a type of a TLV has a meaning (the PROXY protocol, section 2.2): those of
// the protocol, of TLS and of networks, and those left to companies.
func isProxyTLV(kind byte) bool {
	return kind >= 0x01 && kind <= 0x05 || kind >= 0x20 && kind <= 0x25 || kind == 0x30 || kind >= 0xe0
}
