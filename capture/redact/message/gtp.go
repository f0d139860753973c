package message

import "negotrace/capture/redact/standin"

// portGTP is the port of the control of tunnels in mobile networks.
const portGTP = 2123

// isGTP reports whether b is a message of GTP 1 or 2 for control: it has its length.
func isGTP(b []byte) bool {
	const head1, head2, isGTP1 = 8, 4, 0x10
	switch {
	case len(b) < head1:
		return false
	case b[0]>>5 == 1:
		return b[0]&isGTP1 != 0 && int(be.Uint16(b[2:])) == len(b)-head1
	}
	return b[0]>>5 == 2 && int(be.Uint16(b[2:])) == len(b)-head2
}

// gtp rewrites a message. Version, kind and lengths stay; of GTP 2 the kinds of what is in it, too.
func gtp(v *standin.Values, b []byte) {
	const hasTunnel, hasNumber = 0x08, 0x07
	switch isFirst := b[0]>>5 == 1; {
	case isFirst && b[0]&hasNumber != 0: // 3GPP TS 29.060 section 6
		fields(v, b, "===="+"####"+"==")
		return
	case isFirst:
		fields(v, b, "===="+"####")
		return
	case b[0]&hasTunnel != 0: // 3GPP TS 29.274 section 5.1
		fields(v, b[:8], "===="+"####")
		b = b[min(12, len(b)):]
	default:
		b = b[8:]
	}
	gtpInformation(b, true)
}

// gtpInformation clears what is in the elements of a message of GTP 2 (section 8.2.1): kind, length, instance.
// Some are elements themselves.
func gtpInformation(b []byte, isOuter bool) {
	const head, subscriber, bearer, connection = 4, 1, 93, 109
	for len(b) >= head && head+int(be.Uint16(b[1:])) <= len(b) {
		n := head + int(be.Uint16(b[1:]))
		if isOuter && (b[0] == bearer || b[0] == connection) {
			gtpInformation(b[head:n], false)
		} else {
			clear(b[head:n])
		}
		if b[0] == subscriber && n > head { // a number with one digit less than there is room for
			b[n-1] = 0xf0
		}
		b = b[n:]
	}
	clear(b)
}
