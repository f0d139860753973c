package redact

import (
	"bytes"
	"net/netip"
	"unicode/utf16"

	"negotrace/tokens/der"
)

// certificates rewrites the chain of a Certificate message (RFC 5246 section 7.4.2).
func (r *Redactor) certificates(b []byte) {
	chain, rest := vector(b, 3)
	clear(rest)
	for len(chain) >= 3 {
		one, next := vector(chain, 3)
		r.Certificate(one)
		chain = next
	}
	clear(chain)
}

// certificateRequest rewrites the names of the authorities that a server accepts. Before TLS 1.2
// no list of signature algorithms precedes them (RFC 4346 section 7.4.4).
func (r *Redactor) certificateRequest(b []byte) {
	types, rest := vector(b, 1)
	for i, kind := range types {
		if kind > 6 && kind != 20 && (kind < 64 || kind > 68) { // IANA, TLS ClientCertificateType Identifiers
			types[i] = 0
		}
	}
	if len(rest) >= 2 && int(be.Uint16(rest)) < len(rest)-2 {
		var algorithms []byte
		algorithms, rest = vector(rest, 2)
		for ; len(algorithms) >= 2; algorithms = algorithms[2:] {
			if algorithms[0] > 8 && algorithms[0] < 0xfc { // IANA, TLS SignatureScheme
				clear(algorithms[:2])
			}
		}
		clear(algorithms)
	}
	r.authorities(rest)
}

// authorities rewrites a list of names of authorities.
func (r *Redactor) authorities(b []byte) {
	names, rest := vector(b, 2)
	clear(rest)
	for len(names) >= 2 {
		name, next := vector(names, 2)
		r.der(name, 0)
		names = next
	}
}

// isDER reports whether all of b is DER elements, the first of them constructed.
func isDER(b []byte) bool {
	if len(b) < 2 || b[0]&der.Constructed == 0 {
		return false
	}
	for len(b) > 0 {
		_, _, rest, ok := der.Element(b)
		if !ok {
			return false
		}
		b = rest
	}
	return true
}

// der rewrites elements in their places: names of hosts and people become pseudonyms; keys, serial
// numbers and signatures become noise. Types and times stay.
func (r *Redactor) der(b []byte, depth int) {
	for len(b) > 0 {
		tag, value, rest, ok := der.Element(b)
		const application, private = 0x40, 0xc0 // classes that certificates do not use
		if class := tag & 0xc0; !ok || depth > maxDER || class == application || class == private {
			r.unknown("parts of certificates", len(b))
			clear(b)
			return
		}
		r.derValue(tag, value, depth)
		b = rest
	}
}

// derValue rewrites the value of an element.
func (r *Redactor) derValue(tag byte, b []byte, depth int) {
	switch {
	case tag&der.Constructed != 0:
		r.der(b, depth+1)
	case tag == der.OID:
		r.objectIdentifier(b)
	case tag == der.Boolean && len(b) == 1, tag == der.Null && len(b) == 0:
	case tag == der.UTCTime && isTime(b):
		clearTimeOfDay(b, len("yymmdd"))
	case tag == der.GeneralizedTime && isTime(b):
		clearTimeOfDay(b, len("yyyymmdd"))
	case tag == der.Integer:
		if len(b) > 4 {
			positive := b[0] == 0
			if copy(b, r.names.Opaque(b)); positive {
				b[0] = 0
			} else {
				b[0] = b[0]&0x7f | 0x40
			}
		}
	case tag == der.BitString && len(b) > 1:
		if isDER(b[1:]) {
			r.der(b[1:], depth+1)
		} else if len(b) > 4 {
			keep := 1
			if b[1] == 4 { // a point of a curve
				keep = 2
			}
			copy(b[keep:], r.names.Opaque(b[keep:]))
		}
	case tag == der.OctetString:
		r.octetString(b, depth)
	case tag == der.BMPString:
		r.bmpString(b)
	case tag >= der.UTF8String && tag < der.Constructed:
		put(b, r.names.Text(string(b)))
	case tag == 0x87 && (len(b) == 4 || len(b) == 16): // iPAddress
		if a, ok := netip.AddrFromSlice(b); ok {
			copy(b, r.names.Addr(a).AsSlice())
		}
	case isPrintable(b):
		put(b, r.names.URL(string(b)))
	case len(b) > 2:
		copy(b, r.names.Opaque(b))
	}
}

// isTime reports whether bytes are a time (X.690 sections 11.7 and 11.8).
func isTime(b []byte) bool {
	return len(b) <= len("20260101000000.000+0000") && len(bytes.Trim(b, "0123456789.+-Z")) == 0
}

// clearTimeOfDay sets the time behind a date to midnight. The exact second of its issue would
// identify a certificate in the public logs of certificates.
func clearTimeOfDay(b []byte, date int) {
	for i := min(date, len(b)); i < len(b); i++ {
		if '0' <= b[i] && b[i] <= '9' {
			b[i] = '0'
		}
	}
}

// octetString rewrites an octet string, which holds elements in an extension.
func (r *Redactor) octetString(b []byte, depth int) {
	if isDER(b) {
		r.der(b, depth+1)
		return
	}
	if tag, value, rest, ok := der.Element(b); ok && len(rest) == 0 && (tag == der.BitString || tag == der.OctetString || tag == der.Integer || tag >= der.UTF8String && tag < der.Constructed) {
		r.derValue(tag, value, depth+1)
		return
	}
	r.opaqueOrTimestamps(b)
}

// bmpString rewrites a string of units of two bytes.
func (r *Redactor) bmpString(b []byte) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = be.Uint16(b[2*i:])
	}
	for i, u := range utf16.Encode([]rune(r.names.Text(string(utf16.Decode(units))))) {
		if i < len(units) {
			be.PutUint16(b[2*i:], u)
		}
	}
}

// isPrintable reports whether bytes are ASCII that can be read.
func isPrintable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}
