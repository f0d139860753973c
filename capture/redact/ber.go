package redact

import "bytes"

// A berHead is the tag and the length of an element of BER (X.690 section 8.1).
type berHead struct {
	tag    byte
	size   int // of the head
	length int // of the value
}

// headOfBER returns what an element begins with; size 0 if it is cut, has a length that is not definite, or a tag of
// several bytes.
func headOfBER(b []byte) (h berHead) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return h
	}
	size, n := 2, int(b[1])
	if n >= 0x80 {
		more := n & 0x7f
		if n = 0; more == 0 || more > 4 || len(b) < size+more {
			return h
		}
		for _, c := range b[size : size+more] {
			n = n<<8 | int(c)
		}
		if size += more; n < 0 {
			return h
		}
	}
	return berHead{b[0], size, n}
}

const constructed = 0x20

// isBER reports whether b is elements, with elements in those that are constructed. The last one may be cut.
func isBER(b []byte, depth int, isCut bool) bool {
	const longestHead = 6
	for len(b) > 0 {
		h := headOfBER(b)
		end := h.size + h.length
		switch {
		case depth > maxDER:
			return false
		case h.size == 0:
			return isCut && len(b) < longestHead
		case end > len(b):
			return isCut && (h.tag&constructed == 0 || isBER(b[h.size:], depth+1, true))
		case h.tag&constructed != 0 && !isBER(b[h.size:end], depth+1, false):
			return false
		}
		b = b[end:]
	}
	return true
}

// berElements rewrites elements, the last of which may be cut. Their tags and lengths stay; value rewrites values.
func berElements(b []byte, depth int, value func(tag byte, b []byte, depth int)) {
	for len(b) > 0 {
		h := headOfBER(b)
		if h.size == 0 || depth > maxDER {
			break
		}
		end := min(h.size+h.length, len(b))
		if inner := b[h.size:end]; h.tag&constructed != 0 {
			berElements(inner, depth+1, value)
		} else {
			value(h.tag, inner, depth)
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
	h := headOfBER(b)
	return h.tag == derSequence && h.size > 0 && h.size+h.length == len(b) && bytes.HasPrefix(b[h.size:], []byte{derInteger, 1}) && isBER(b, 0, false)
}

// snmp rewrites a message. The identifiers of what is asked for stay if they are of a standard, and the numbers of
// messages and errors, but no values.
func (r *Redactor) snmp(b []byte) {
	const address, deepest, longestNumber, lastFlags = 0x40, 3, 4, 7 // deepest of what is in front of a list of values, in version 3
	var value func(tag byte, b []byte, depth int)
	value = func(tag byte, b []byte, depth int) {
		switch {
		case tag == derInteger && depth <= deepest && len(b) <= longestNumber:
		case tag == derOID:
			r.objectIdentifier(b)
		case tag == address && len(b) == 4:
			r.address(b)
		case tag == derOctetString && isDER(b) && depth < maxDER:
			berElements(b, depth+deepest, value)
		case tag == derOctetString && len(b) != 1:
			letters.fill(b, 0)
		case tag == derOctetString && depth == 2 && b[0] <= lastFlags:
		default:
			clear(b)
		}
	}
	berElements(b, 0, value)
}
