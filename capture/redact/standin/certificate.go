package standin

import (
	"bytes"
	"net/netip"
	"unicode/utf16"

	"negotrace/tokens/der"
)

// MaxDER is how deeply elements of a certificate may be nested, and maxBindings how many channel bindings are
// remembered: four of each certificate.
const (
	MaxDER      = 24
	maxBindings = 16 << 10
)

// IsDER reports whether all of b is DER elements, the first of them constructed.
func IsDER(b []byte) bool {
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

// DER rewrites elements in their places: names of hosts and people become pseudonyms; keys, serial
// numbers and signatures become noise. Types and times stay.
func (v *Values) DER(b []byte, depth int) {
	for len(b) > 0 {
		tag, value, rest, ok := der.Element(b)
		const application, private = 0x40, 0xc0 // classes that certificates do not use
		if class := tag & 0xc0; !ok || depth > MaxDER || class == application || class == private {
			v.Unknown("parts of certificates", len(b))
			clear(b)
			return
		}
		v.derValue(tag, value, depth)
		b = rest
	}
}

// derValue rewrites the value of an element.
func (v *Values) derValue(tag byte, b []byte, depth int) {
	switch {
	case tag&der.Constructed != 0:
		v.DER(b, depth+1)
	case tag == der.OID:
		v.ObjectIdentifier(b)
	case tag == der.Boolean && len(b) == 1, tag == der.Null && len(b) == 0:
	case tag == der.UTCTime && isTime(b):
		clearTimeOfDay(b, len("yymmdd"))
	case tag == der.GeneralizedTime && isTime(b):
		clearTimeOfDay(b, len("yyyymmdd"))
	case tag == der.Integer:
		if len(b) > 4 {
			positive := b[0] == 0
			if copy(b, v.Names.Opaque(b)); positive {
				b[0] = 0
			} else {
				b[0] = b[0]&0x7f | 0x40
			}
		}
	case tag == der.BitString && len(b) > 1:
		if IsDER(b[1:]) {
			v.DER(b[1:], depth+1)
		} else if len(b) > 4 {
			keep := 1
			if b[1] == 4 { // a point of a curve
				keep = 2
			}
			copy(b[keep:], v.Names.Opaque(b[keep:]))
		}
	case tag == der.OctetString:
		v.octetString(b, depth)
	case tag == der.BMPString:
		v.bmpString(b)
	case tag >= der.UTF8String && tag < der.Constructed:
		Put(b, v.Names.Text(string(b)))
	case tag == 0x87 && (len(b) == 4 || len(b) == 16): // iPAddress
		if a, ok := netip.AddrFromSlice(b); ok {
			copy(b, v.Names.Addr(a).AsSlice())
		}
	case isPrintable(b):
		Put(b, v.Names.URL(string(b)))
	case len(b) > 2:
		copy(b, v.Names.Opaque(b))
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
func (v *Values) octetString(b []byte, depth int) {
	if IsDER(b) {
		v.DER(b, depth+1)
		return
	}
	if tag, value, rest, ok := der.Element(b); ok && len(rest) == 0 && (tag == der.BitString || tag == der.OctetString || tag == der.Integer || tag >= der.UTF8String && tag < der.Constructed) {
		v.derValue(tag, value, depth+1)
		return
	}
	v.OpaqueOrTimestamps(b)
}

// bmpString rewrites a string of units of two bytes.
func (v *Values) bmpString(b []byte) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = be.Uint16(b[2*i:])
	}
	for i, u := range utf16.Encode([]rune(v.Names.Text(string(utf16.Decode(units))))) {
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

// Certificate rewrites a certificate in DER where it lies.
func (v *Values) Certificate(b []byte) {
	if tag, _, rest, ok := der.Element(b); !ok || tag != der.Sequence || len(rest) > 0 {
		v.Unknown("parts of certificates", len(b))
		clear(b)
		return
	}
	v.Counts.Certificates++
	before := bindings(b)
	v.DER(b, 0)
	if len(v.bindings) > maxBindings {
		return
	}
	for i, after := range bindings(b) {
		v.bindings[before[i]] = after
	}
}
