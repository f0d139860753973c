package httpstream

import "encoding/binary"

// ssl2HelloHead is what is in front of the lists of a ClientHello of SSL 2.0: its length, its
// type, a version, and three lengths.
const ssl2HelloHead = 11

// isSSL2Hello reports whether b is a ClientHello in the form of SSL 2.0 that offers TLS (RFC 5246
// appendix E.2), as Java up to version 6 sends it.
func isSSL2Hello(b []byte) bool {
	if len(b) < ssl2HelloHead || b[0]&0x80 == 0 || b[2] != clientHello || b[3] != 3 {
		return false
	}
	size := int(b[0]&0x7f)<<8 | int(b[1])
	suites, session, challenge := ssl2Lengths(b)
	return suites%3 == 0 && challenge >= 16 && challenge <= 32 && size == ssl2HelloHead-2+suites+session+challenge && size+2 <= len(b)
}

func ssl2Lengths(b []byte) (suites, session, challenge int) {
	n := binary.BigEndian.Uint16
	return int(n(b[5:])), int(n(b[7:])), int(n(b[9:]))
}

// ssl2Hello takes a ClientHello of SSL 2.0, and returns how long it is. Its challenge is the
// end of the random.
func (t *tlsReader) ssl2Hello(b []byte) int {
	suites, session, challenge := ssl2Lengths(b)
	end := ssl2HelloHead + suites + session + challenge
	t.hello = tlsHello{client: true, version: binary.BigEndian.Uint16(b[3:])}
	copy(t.hello.clientRandom[32-challenge:], b[end-challenge:end])
	t.certs = false
	return end
}
