package tls

import "negotrace/capture/redact/standin"

// serverKeyExchange rewrites the parameters of a server (RFC 8422 section 5.4, RFC 5246 section
// 7.4.3, RFC 4279): the curve and the lengths stay.
func serverKeyExchange(v *standin.Values, b []byte) {
	const namedCurve = 3
	if len(b) > 4 && b[0] == namedCurve && 4+int(b[3]) <= len(b) {
		public := b[4 : 4+int(b[3])]
		point(v, public)
		signature(v, b[4+len(public):])
		return
	}
	for range 3 { // the prime, the generator and the public value, or a hint
		if len(b) < 2 || int(be.Uint16(b)) > len(b)-2 {
			break
		}
		b = v.OpaqueVector(b, 2)
	}
	signature(v, b)
}

// clientKeyExchange rewrites the key of a client, which follows its length (RFC 8422 section 5.7,
// RFC 5246 section 7.4.7). The form that fits the length is taken: the cipher suite need not be
// known.
func clientKeyExchange(v *standin.Values, b []byte) {
	switch {
	case len(b) > 1 && int(b[0]) == len(b)-1:
		point(v, b[1:])
	case len(b) > 2 && int(be.Uint16(b)) == len(b)-2:
		copy(b[2:], v.Names.Opaque(b[2:]))
	default:
		copy(b, v.Names.Opaque(b))
	}
}

// point rewrites a point of a curve; the mark of an uncompressed one stays.
func point(v *standin.Values, b []byte) {
	const uncompressed = 4
	if len(b) > 1 && b[0] == uncompressed {
		b = b[1:]
	}
	copy(b, v.Names.Opaque(b))
}

// signature rewrites a signature. Its length stays, and so does the algorithm that TLS 1.2 puts
// before it.
func signature(v *standin.Values, b []byte) {
	switch {
	case len(b) >= 4 && int(be.Uint16(b[2:])) == len(b)-4:
		b = b[4:]
	case len(b) >= 2 && int(be.Uint16(b)) == len(b)-2:
		b = b[2:]
	}
	copy(b, v.Names.Opaque(b))
}

// certificateStatus rewrites the OCSP response of an authority (RFC 6066 section 8).
func certificateStatus(v *standin.Values, b []byte) {
	const ocsp = 1
	if len(b) < 4 || b[0] != ocsp {
		copy(b, v.Names.Opaque(b))
		return
	}
	response, rest := standin.Vector(b[1:], 3)
	clear(rest)
	v.DER(response, 0)
}
