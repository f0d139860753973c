package redact

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
func (r *Redactor) netFlow(b []byte) {
	sets := func(kind int, b []byte) {
		const lastTemplate = 3
		if kind > lastTemplate || !isTemplate(b) {
			clear(b)
		}
	}
	switch be.Uint16(b) {
	case 5:
		r.fields(b, netFlow5)
	case 9:
		r.tlv(b, netFlow9, sets)
	default:
		r.tlv(b, ipfix, sets)
	}
}

// isTemplate reports whether b holds numbers and kinds and lengths of fields, and no text.
func isTemplate(b []byte) bool {
	const longest, variable = 0x200, 0xffff
	for ; len(b) >= 2; b = b[2:] {
		if n := be.Uint16(b); n >= longest && n != variable {
			return false
		}
	}
	return len(b) == 0
}
