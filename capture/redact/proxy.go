package redact

import (
	"bytes"
	"encoding/binary"
)

// What may come before the protocol of a connection: the header that a load balancer sends,
// and the beginning of SOCKS.

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
	case family == 1 && len(rest) >= 12:
		r.address(rest[:4])
		r.address(rest[4:8])
		rest = rest[12:]
	case family == 2 && len(rest) >= 36:
		r.address(rest[:16])
		r.address(rest[16:32])
		rest = rest[36:]
	}
	for len(rest) >= 3 { // type, length and value, of which the value goes
		n := min(3+int(binary.BigEndian.Uint16(rest[1:])), len(rest))
		clear(rest[3:n])
		rest = rest[n:]
	}
	return end
}

// proxyV1 rewrites the line of that protocol's version 1.
func (r *Redactor) proxyV1(h *half) int {
	line, _, ok := bytes.Cut(h.buf, []byte("\n"))
	if !ok {
		if len(h.buf) > 107 {
			h.state = lost
		}
		return 0
	}
	fields := bytes.Split(bytes.TrimRight(line, "\r"), []byte(" "))
	for _, f := range fields[1:] {
		if bytes.ContainsAny(f, ".:") {
			copy(f, r.names.Text(string(f)))
		}
	}
	return len(line) + 1
}

// isSOCKS reports whether bytes are all of the beginning of SOCKS 5 or 4.
func isSOCKS(b []byte) bool {
	switch {
	case len(b) == 2 && b[0] == 5 && (b[1] <= 2 || b[1] == 0xff):
		return true // the method that is taken
	case len(b) >= 3 && b[0] == 5 && b[1] > 0 && len(b) == 2+int(b[1]):
		return true // methods offered
	case len(b) >= 10 && b[0] == 5 && b[1] <= 8 && b[2] == 0:
		return socksEnd(b) == len(b)
	}
	return len(b) >= 8 && (b[0] == 4 && b[1] == 1 && b[len(b)-1] == 0 || b[0] == 0 && b[1] >= 90 && b[1] <= 93 && len(b) == 8)
}

// socksEnd returns where a request or an answer of SOCKS 5 ends (RFC 1928 section 4).
func socksEnd(b []byte) int {
	switch b[3] {
	case 1:
		return 10
	case 4:
		return 22
	case 3:
		return 7 + int(b[4])
	}
	return -1
}

// socks rewrites what comes before the protocol inside.
func (r *Redactor) socks(h *half) int {
	switch b := h.buf; {
	case b[0] != 5:
		r.address(b[4:8])
		rest := b[8:] // a user, and perhaps the name of a host
		copy(rest, r.names.Text(string(rest)))
	case len(b) < 10 || socksEnd(b) != len(b):
	case b[3] == 1:
		r.address(b[4:8])
	case b[3] == 4:
		r.address(b[4:20])
	default:
		copy(b[5:len(b)-2], r.names.Text(string(b[5:len(b)-2])))
	}
	return len(h.buf)
}
