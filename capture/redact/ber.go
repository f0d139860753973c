package redact

import (
	"bytes"

	"negotrace/tokens/der"
)

// isBER reports whether b is elements, with elements in those that are constructed. The last one may be cut.
func isBER(b []byte, depth int, isCut bool) bool {
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		end := h.Size + h.Length
		switch {
		case depth > maxDER:
			return false
		case err != nil:
			return isCut && len(b) < der.MaxSize
		case end > len(b):
			return isCut && (h.Tag&der.Constructed == 0 || isBER(b[h.Size:], depth+1, true))
		case h.Tag&der.Constructed != 0 && !isBER(b[h.Size:end], depth+1, false):
			return false
		}
		b = b[end:]
	}
	return true
}

// berElements rewrites elements, the last of which may be cut. Their tags and lengths stay; value rewrites values.
func berElements(b []byte, depth int, value func(tag byte, b []byte, depth int)) {
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		if err != nil || depth > maxDER {
			break
		}
		end := min(h.Size+h.Length, len(b))
		if inner := b[h.Size:end]; h.Tag&der.Constructed != 0 {
			berElements(inner, depth+1, value)
		} else {
			value(h.Tag, inner, depth)
		}
		b = b[end:]
	}
	clear(b)
}

// Ports of SNMP.
const (
	portSNMP     = 161
	portSNMPTrap = 162
)

// isSNMP reports whether b is a message of SNMP: a sequence that begins with a version (RFC 3412 section 6).
func isSNMP(b []byte) bool {
	h, err := der.ReadHead(b)
	return err == nil && h.Tag == der.Sequence && h.Size+h.Length == len(b) && bytes.HasPrefix(b[h.Size:], []byte{der.Integer, 1}) && isBER(b, 0, false)
}

// snmp rewrites a message. The identifiers of what is asked for stay if they are of a standard, and the numbers of
// messages and errors, but no values.
func (r *Redactor) snmp(b []byte) {
	const address, deepest, longestNumber, lastFlags = 0x40, 3, 4, 7 // deepest of what is in front of a list of values, in version 3
	var value func(tag byte, b []byte, depth int)
	value = func(tag byte, b []byte, depth int) {
		switch {
		case tag == der.Integer && depth <= deepest && len(b) <= longestNumber:
		case tag == der.OID:
			r.objectIdentifier(b)
		case tag == address && len(b) == 4:
			r.address(b)
		case tag == der.OctetString && isDER(b) && depth < maxDER:
			berElements(b, depth+deepest, value)
		case tag == der.OctetString && len(b) != 1:
			letters.fill(b, 0)
		case tag == der.OctetString && depth == 2 && b[0] <= lastFlags:
		default:
			clear(b)
		}
	}
	berElements(b, 0, value)
}
