package message

import "negotrace/capture/redact/standin"

const portLDP = 646

// ldpSize returns the length of the PDU that b begins with (RFC 5036 section 3.1), as Stream.Size does.
func ldpSize(b []byte) int {
	const head, before, version, lastMessage, unknown = 10, 4, 1, 0x500, 0x8000
	switch {
	case len(b) < head+2:
		return 0
	case be.Uint16(b) != version || be.Uint16(b[2:]) < head || be.Uint16(b[head:])&^unknown > lastMessage:
		return -1
	}
	return before + int(be.Uint16(b[2:]))
}

// isLDP reports whether b is a PDU of LDP: it has its length.
func isLDP(b []byte) bool { return ldpSize(b) == len(b) }

// ldp rewrites a PDU: kinds and lengths of messages and of what is in them stay.
func ldp(v *standin.Values, b []byte) {
	const head, identifier = "====" + "####" + "..", 4 // version, length, sender, labels
	n := min(len(head), len(b))
	fields(v, b[:n], head)
	plainTLV(b[n:], 2, 2, func(_ int, message []byte) {
		n := min(identifier, len(message))
		v.Identity(message[:n])
		plainTLV(message[n:], 2, 2, clearValue)
	})
}
