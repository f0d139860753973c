package message

import (
	"bytes"

	"negotrace/capture/redact/standin"
	"negotrace/tokens/der"
)

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
func snmp(v *standin.Values, b []byte) {
	const address, deepest, longestNumber, lastFlags = 0x40, 3, 4, 7 // deepest of what is in front of a list of values, in version 3
	var value func(tag byte, b []byte, depth int)
	value = func(tag byte, b []byte, depth int) {
		switch {
		case tag == der.Integer && depth <= deepest && len(b) <= longestNumber:
		case tag == der.OID:
			v.ObjectIdentifier(b)
		case tag == address && len(b) == 4:
			v.Address(b)
		case tag == der.OctetString && standin.IsDER(b) && depth < standin.MaxDER:
			berElements(b, depth+deepest, value)
		case tag == der.OctetString && len(b) != 1:
			standin.Letters.Fill(b, 0)
		case tag == der.OctetString && depth == 2 && b[0] <= lastFlags:
		default:
			clear(b)
		}
	}
	berElements(b, 0, value)
}
