package redact

// mplsEntry rewrites an entry of a label stack and returns its length. Labels that have a meaning of their own stay
// (RFC 3032 section 2.1).
func (r *Redactor) mplsEntry(b []byte) int {
	if label := be.Uint32(b) >> 12; label >= 16 {
		r.Identity(b[:2])
	}
	return 4
}

// gre rewrites the fixed part of a header of GRE, its number of a tunnel and what is reserved in it, and returns the
// length of that part (RFC 2784, RFC 2890, RFC 2637).
func (r *Redactor) gre(b []byte) int {
	const (
		checksum, route, key = 0x80, 0x40, 0x20
		recursion            = 0x07
		reserved             = 0x78
		version              = 0x07
	)
	at := 4
	if b[0]&(checksum|route) != 0 {
		at += 4
	}
	if b[0]&key != 0 && len(b) >= at+4 {
		if b[1]&version == 1 { // the length of the content is in front
			r.Identity(b[at+2 : at+4])
		} else {
			r.Identity(b[at : at+4])
		}
	}
	b[0] &^= recursion
	b[1] &^= reserved
	return 4
}
