package message

import "negotrace/capture/redact/standin"

// longestQUICID is the longest connection ID (RFC 9000 section 17.2).
const longestQUICID = 20

// quic rewrites a datagram of QUIC, which may carry several packets (RFC 9000 sections 12.2 and
// 17.2), and reports whether it begins with a long header of version 1 or a draft. Headers stay,
// except connection IDs and tokens; the rest is encrypted, and becomes noise.
func quic(v *standin.Values, b []byte) bool {
	all := b
	for {
		head := quicHeader(v, b)
		if head == 0 {
			break
		}
		length, size := quicInteger(b[head:])
		if size == 0 || length > uint64(len(b)-head-size) {
			b = b[head+size:]
			break
		}
		from := head + size
		standin.Noise.Fill(b[from:from+int(length)], 0)
		b = b[from+int(length):]
	}
	if len(b) == len(all) {
		return false
	}
	if len(b) > 0 && b[0] == 0 { // padding
		clear(b)
		return true
	}
	standin.Noise.Fill(b, 0) // a packet with a short header, or what of one is there
	return true
}

// quicHeader rewrites a long header and returns where its length begins, 0 if there is none.
func quicHeader(v *standin.Values, b []byte) int {
	const long, initial, retry = 0x80, 0, 3
	if len(b) < 7 || b[0]&long == 0 || be.Uint32(b[1:]) != 1 && b[1] != 0xff || b[0]>>4&3 == retry {
		return 0
	}
	to, rest := quicID(b[5:])
	from, rest := quicID(rest)
	if len(rest) == 0 {
		return 0
	}
	if b[0]>>4&3 == initial {
		n, size := quicInteger(rest)
		if size == 0 || n > uint64(len(rest)-size) {
			return 0
		}
		token := rest[size : size+int(n)]
		copy(token, v.Names.Opaque(token))
		rest = rest[size+int(n):]
	}
	copy(to, v.Names.Opaque(to))
	copy(from, v.Names.Opaque(from))
	return len(b) - len(rest)
}

// quicID returns the identity of a connection, and what follows it; nothing if there is none.
func quicID(b []byte) (id, rest []byte) {
	if len(b) == 0 || b[0] > longestQUICID || int(b[0]) >= len(b) {
		return nil, nil
	}
	return b[1 : 1+b[0]], b[1+b[0]:]
}

// quicInteger returns an integer and its size in bytes (RFC 9000 section 16); size 0 if it is cut.
func quicInteger(b []byte) (n uint64, size int) {
	if len(b) == 0 || len(b) < 1<<(b[0]>>6) {
		return 0, 0
	}
	size = 1 << (b[0] >> 6)
	n = uint64(b[0] & 0x3f)
	for _, c := range b[1:size] {
		n = n<<8 | uint64(c)
	}
	return n, size
}
