package standin

// isTimestamps reports whether b is a list of signed timestamps of Certificate Transparency (RFC 6962 section 3.3): a
// length, and values behind lengths of their own, each with what a timestamp has at least.
func isTimestamps(b []byte) bool {
	const least = 2 + 47
	if len(b) < least || int(be.Uint16(b)) != len(b)-2 {
		return false
	}
	for b = b[2:]; len(b) >= least; {
		n := int(be.Uint16(b))
		if n < least-2 || n > len(b)-2 {
			return false
		}
		b = b[2+n:]
	}
	return len(b) == 0
}

// OpaqueOrTimestamps replaces a value by noise, but for the structure of a list of timestamps. The times in it would
// identify a certificate in the public logs.
func (v *Values) OpaqueOrTimestamps(b []byte) {
	const version, log, time = 1, 32, 8
	if !isTimestamps(b) {
		copy(b, v.Names.Opaque(b))
		return
	}
	for b = b[2:]; len(b) > 0; {
		one, rest := Vector(b, 2)
		one[0] = 0 // the only version
		copy(one[version:], v.Names.Opaque(one[version:version+log]))
		clear(one[version+log : version+log+time])
		if after := v.OpaqueVector(one[version+log+time:], 2); len(after) > 2 { // behind the numbers of algorithms
			clear(v.OpaqueVector(after[2:], 2))
		}
		b = rest
	}
}
