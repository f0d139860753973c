package redact

// serverKeyExchange rewrites the parameters of a server (RFC 8422 section 5.4, RFC 5246 section
// 7.4.3, RFC 4279): the curve and the lengths stay.
func (r *Redactor) serverKeyExchange(b []byte) {
	const namedCurve = 3
	if len(b) > 4 && b[0] == namedCurve && 4+int(b[3]) <= len(b) {
		point := b[4 : 4+int(b[3])]
		r.point(point)
		r.signature(b[4+len(point):])
		return
	}
	for range 3 { // the prime, the generator and the public value, or a hint
		if len(b) < 2 || int(be.Uint16(b)) > len(b)-2 {
			break
		}
		b = r.opaqueVector(b, 2)
	}
	r.signature(b)
}

// clientKeyExchange rewrites the key of a client, which follows its length (RFC 8422 section 5.7,
// RFC 5246 section 7.4.7). The form that fits the length is taken: the cipher suite need not be
// known.
func (r *Redactor) clientKeyExchange(b []byte) {
	switch {
	case len(b) > 1 && int(b[0]) == len(b)-1:
		r.point(b[1:])
	case len(b) > 2 && int(be.Uint16(b)) == len(b)-2:
		copy(b[2:], r.names.Opaque(b[2:]))
	default:
		copy(b, r.names.Opaque(b))
	}
}

// point rewrites a point of a curve; the mark of an uncompressed one stays.
func (r *Redactor) point(b []byte) {
	const uncompressed = 4
	if len(b) > 1 && b[0] == uncompressed {
		b = b[1:]
	}
	copy(b, r.names.Opaque(b))
}

// signature rewrites a signature. Its length stays, and so does the algorithm that TLS 1.2 puts
// before it.
func (r *Redactor) signature(b []byte) {
	switch {
	case len(b) >= 4 && int(be.Uint16(b[2:])) == len(b)-4:
		b = b[4:]
	case len(b) >= 2 && int(be.Uint16(b)) == len(b)-2:
		b = b[2:]
	}
	copy(b, r.names.Opaque(b))
}

// certificateStatus rewrites the OCSP response of an authority (RFC 6066 section 8).
func (r *Redactor) certificateStatus(b []byte) {
	const ocsp = 1
	if len(b) < 4 || b[0] != ocsp {
		copy(b, r.names.Opaque(b))
		return
	}
	response, rest := vector(b[1:], 3)
	clear(rest)
	r.der(response, 0)
}
