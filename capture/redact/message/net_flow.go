package message

import (
	"bytes"

	"negotrace/capture/redact/standin"
)

// Ports of NetFlow and IPFIX.
const (
	portNetFlow  = 2055
	portNetFlow2 = 9995
	portNetFlow3 = 9996
	portIPFIX    = 4739
)

// Layouts of NetFlow.
const netFlow5 = "====" + "========" + "...." + "====" + "==" + ".." // version, count, two times, a rest, number, engine, sampling

var (
	netFlow9 = tlvLayout{"====" + "========" + "====" + "####", 2, 1} // RFC 3954 section 5.1: version, count, two times, number, source
	ipfix    = tlvLayout{"====" + "========" + "####", 2, 1}          // RFC 7011 section 3.1: version, length, time, number, domain
)

// isNetFlow reports whether b is a packet of NetFlow 5 or 9, or of IPFIX: its length is right.
func isNetFlow(b []byte) bool {
	const record, head = 48, 4
	if len(b) < len(ipfix.head) {
		return false
	}
	count := int(be.Uint16(b[2:]))
	switch be.Uint16(b) {
	case 5:
		return count > 0 && len(b) == len(netFlow5)+record*count
	case 9:
		const longest = 100
		return count > 0 && count < longest && len(b) >= len(netFlow9.head)+head
	case 10:
		return count == len(b)
	}
	return false
}

// netFlow rewrites a packet. Flows become empty; templates, which say of what kinds they are, stay.
func netFlow(v *standin.Values, b []byte) {
	sets := func(kind int, b []byte) {
		const lastTemplate = 3
		if kind > lastTemplate || !isTemplate(kind, b) {
			clear(b)
		}
	}
	switch be.Uint16(b) {
	case 5:
		fields(v, b, netFlow5)
	case 9:
		tlv(v, b, netFlow9, sets)
	default:
		tlv(v, b, ipfix, sets)
	}
}

// isTemplate reports whether b holds templates of that kind, and nothing besides: each has its number, how many
// fields it has, and their kinds and lengths.
func isTemplate(kind int, b []byte) bool {
	const options9, options10, first, field = 1, 3, 256, 4
	for len(b) >= field && be.Uint16(b) >= first {
		fields, head := int(be.Uint16(b[2:])), field
		if kind == options9 || kind == options10 {
			head += 2
		}
		if len(b) < head {
			return false
		}
		if kind == options9 { // lengths in bytes
			fields = (fields + int(be.Uint16(b[4:]))) / field
		}
		b = b[head:]
		for range fields {
			n := fieldLength(kind, b)
			if n == 0 {
				return false
			}
			b = b[n:]
		}
	}
	return len(b) < field && len(bytes.Trim(b, "\x00")) == 0
}

// fieldLength returns how long the field is that b begins with in a template, 0 if it is none: a kind and a length, in
// IPFIX the number of an enterprise (RFC 7011 section 3.2).
func fieldLength(kind int, b []byte) int {
	const lastOf9, field, longest, variable, isOfEnterprise = 1, 4, 0x200, 0xffff, 0x80
	switch {
	case len(b) < field || be.Uint16(b[2:]) >= longest && be.Uint16(b[2:]) != variable:
		return 0
	case kind <= lastOf9 || b[0]&isOfEnterprise == 0:
		return field
	case len(b) < 2*field || be.Uint16(b[field:]) != 0:
		return 0
	}
	return 2 * field
}
