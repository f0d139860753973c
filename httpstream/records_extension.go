package httpstream

import "encoding/binary"

// The highest bit of the length of a Kerberos message over TCP is reserved (RFC 4120 section 7.2.2). In what a client
// sends in place of a length it asks for extensions of TCP, each of which has a bit (RFC 5021 section 3).
const (
	reservedLength = 1 << 31
	extensionTLS   = 1 // RFC 6251

	extensionAsked = "request for an extension of Kerberos over TCP (RFC 5021)"
	tlsAsked       = "request for TLS in Kerberos over TCP (RFC 6251)"
	reservedSet    = "length of a Kerberos message whose reserved bit is set (RFC 4120 section 7.2.2), which a KDC must refuse; the message was read"
)

// asksExtension reports whether b begins with a request for extensions of Kerberos over TCP. Of these there are few,
// and messages are longer than their bits say.
func asksExtension(b []byte) bool {
	const most = 32
	return len(b) >= kerberosHead && b[0] == 0x80 && b[1] == 0 && b[2] == 0 && b[3] < most
}

// classifyReserved recognises what has the reserved bit of a length: a request for extensions, or a message all
// the same.
func classifyReserved(b []byte) protocol {
	switch {
	case len(b) == 0 || b[0] != reservedLength>>24:
		return unknown
	case asksExtension(b) || fitsRecords(kerberosHead, b):
		return kerberosRecord
	case len(b) <= kerberosHead:
		return undecided
	}
	return unknown
}

// extension takes a request for extensions, or the answer by which a KDC grants them, and reports whether it is one.
func (r *recordReader) extension(from Side, m *record) bool {
	head := binary.BigEndian.Uint32(m.held)
	switch {
	case from == Client && asksExtension(m.held):
		r.asked, r.read = head, true
		what := extensionAsked
		if head == reservedLength|extensionTLS {
			what = tlsAsked
		}
		r.shared.counters.Undecodable(what, m.at)
	case from == Server && head == 0 && r.asked != 0:
		r.granted = true
	default:
		if head&reservedLength != 0 && len(m.held) == kerberosHead+prefixedLen(kerberosHead, m.held) {
			r.shared.counters.Undecodable(reservedSet, m.at)
		}
		return false
	}
	r.drop(m)
	return true
}

// extended names what followed extensions that the KDC granted.
func (r *recordReader) extended() string {
	if r.asked == reservedLength|extensionTLS {
		return "Kerberos in TLS (RFC 6251)"
	}
	return "what followed an extension of Kerberos over TCP (RFC 5021)"
}
