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

// clientKeyExchange rewrites the key of a client behind its length (RFC 8422 section 5.7, RFC 5246
// section 7.4.7). Which suite was chosen need not be known: it is the length that fits.
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

// point rewrites a point of a curve: that it is not compressed stays.
func (r *Redactor) point(b []byte) {
	const uncompressed = 4
	if len(b) > 1 && b[0] == uncompressed {
		b = b[1:]
	}
	copy(b, r.names.Opaque(b))
}

// signature rewrites a signature: its length stays, and the algorithm that TLS 1.2 puts in
// front of it.
func (r *Redactor) signature(b []byte) {
	switch {
	case len(b) >= 4 && int(be.Uint16(b[2:])) == len(b)-4:
		b = b[4:]
	case len(b) >= 2 && int(be.Uint16(b)) == len(b)-2:
		b = b[2:]
	}
	copy(b, r.names.Opaque(b))
}

// certificateStatus rewrites what an authority says of a certificate (RFC 6066 section 8).
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
