package mask

import (
	"slices"
	"strings"

	"negotrace/tokens/der"
)

// An element is one ASN.1 element. One that runs past the end of its bytes is cut.
type element struct {
	tag   byte
	whole []byte // with tag and length
	body  []byte
	// missing is how many bytes of the body were cut off.
	missing int
}

// element takes the next element from rest, and keeps its tag and length, even if these are cut or
// nothing follows them. It returns false if there is no element.
func (m *masker) element(rest *[]byte) (element, bool) {
	b := *rest
	*rest = nil
	h, err := der.ReadHead(b)
	if err != nil {
		if der.EndsTooSoon(err) {
			m.keep(b)
		}
		return element{}, false
	}
	n := min(h.Length, len(b)-h.Size)
	e := element{tag: h.Tag, whole: b[:h.Size+n], body: b[h.Size : h.Size+n], missing: h.Length - n}
	*rest = b[h.Size+n:]
	m.keepHead(e.whole, e.body)
	return e, true
}

// members calls read with each context-tagged member of a SEQUENCE, its number and the element
// inside.
func (m *masker) members(seq element, read func(n int, v element)) {
	if seq.tag != der.Sequence {
		return
	}
	for rest := seq.body; len(rest) > 0; {
		if rest[0]&0xe0 != 0xa0 {
			m.keep(rest[:1])
			return
		}
		e, ok := m.element(&rest)
		if !ok {
			return
		}
		inner := e.body
		if v, ok := m.element(&inner); ok {
			read(int(e.tag&0x1f), v)
		}
	}
}

// items calls read with each element of a SEQUENCE OF.
func (m *masker) items(seq element, read func(v element)) {
	if seq.tag != der.Sequence {
		return
	}
	for rest := seq.body; len(rest) > 0; {
		v, ok := m.element(&rest)
		if !ok {
			return
		}
		read(v)
	}
}

// tagged calls read with the SEQUENCE inside an application tag.
func (m *masker) tagged(e element, tag byte, read func(seq element)) {
	inner := e.body
	if e.tag != tag {
		return
	}
	if seq, ok := m.element(&inner); ok {
		read(seq)
	}
}

// value keeps a number, flags, a time or a mechanism, if e is one.
func (m *masker) value(e element) {
	n := len(e.body)
	switch e.tag {
	case der.Integer, der.Enumerated, der.Boolean, der.BitString:
		if n > 0 && n <= 8 {
			m.keep(e.body)
		}
	case der.GeneralizedTime:
		if isTime(e.body) {
			m.keep(e.body)
		}
	case der.OID:
		if isMechanism(e.body) {
			m.keep(e.body)
		}
	}
}

// arcs are the beginnings of the OBJECT IDENTIFIERs of mechanisms: those of the Internet, of its
// drafts, of organisations, of companies in the USA, and of X.500.
var arcs = []string{"\x2b\x06\x01", "\x2b\x05\x01\x05", "\x2a\x86\x48", "\x60\x86\x48\x01", "\x55\x1d", "\x55\x08"}

// isMechanism reports whether an OBJECT IDENTIFIER may be one of a mechanism. The longest of these
// has eleven bytes.
func isMechanism(oid []byte) bool {
	return len(oid) <= 16 && slices.ContainsFunc(arcs, func(arc string) bool { return strings.HasPrefix(string(oid), arc) })
}

// isTime reports whether b is a KerberosTime, with or without a fraction of a second.
func isTime(b []byte) bool {
	if len(b) < 15 || len(b) > 22 || b[len(b)-1] != 'Z' {
		return false
	}
	for i, c := range b[:len(b)-1] {
		if (c < '0' || c > '9') && (i != 14 || c != '.') {
			return false
		}
	}
	return true
}

// isText reports whether an element is a character string.
func isText(e element) bool {
	switch e.tag {
	case der.GeneralString, der.UTF8String, der.IA5String, der.PrintableString, der.T61String:
		return true
	}
	return false
}

// text replaces a character string.
func (m *masker) text(e element, kind Kind) {
	if isText(e) {
		m.name(e.body, kind)
	}
}

// octets replaces an OCTET STRING by noise.
func (m *masker) octets(e element) {
	if e.tag == der.OctetString {
		m.secret(e.body)
	}
}

// structured replaces an OCTET STRING by noise, in which the tags and lengths of the DER that it holds stay: readers
// that know what it is would take noise for such, now and then for one that goes on behind the end.
func (m *masker) structured(e element) {
	if e.tag != der.OctetString {
		return
	}
	h, err := der.ReadHead(e.body)
	if e.missing > 0 && (err != nil || h.Size+h.Length != len(e.body)+e.missing) {
		m.secret(e.body)
		return
	}
	by := make([]byte, len(e.body))
	m.structure(by, e.body, e.missing, maxStructure)
	m.put(e.body, by)
}

// maxStructure is how deep elements are in one another whose tags and lengths stay: those of a certificate in a
// signed message of PKINIT are in 15 others.
const maxStructure = 24

// structure fills by with what replaces b, at whose end bytes may be missing: noise for each value where b is DER
// throughout, else for all of it.
func (m *masker) structure(by, b []byte, missing, depth int) {
	if depth == 0 || !isDER(b, missing) {
		copy(by, m.noise(b))
		return
	}
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		if err != nil { // it is cut
			copy(by, b)
			return
		}
		end := min(h.Size+h.Length, len(b))
		copy(by, b[:h.Size])
		inside, body, lacks := by[h.Size:end], b[h.Size:end], h.Size+h.Length-end
		switch {
		case h.Tag&der.Constructed != 0, (h.Tag == der.OctetString || h.Tag >= 0x80) && len(body) > 0 && body[0] == der.Sequence:
			m.structure(inside, body, lacks, depth-1)
		case h.Tag == der.BitString && len(body) > 1 && body[0] == 0 && body[1] == der.Sequence:
			m.structure(inside[1:], body[1:], lacks, depth-1)
		default:
			copy(inside, m.noise(body))
		}
		by, b = by[end:], b[end:]
	}
}

// isDER reports whether b is elements of usual types up to its end, at which bytes may be missing.
func isDER(b []byte, missing int) bool {
	for len(b) > 0 {
		h, err := der.ReadHead(b)
		switch {
		case err != nil:
			return missing > 0 && der.EndsTooSoon(err) && isUsual(b[0])
		case !isUsual(h.Tag) || h.Size+h.Length > len(b)+missing:
			return false
		}
		b = b[min(h.Size+h.Length, len(b)):]
	}
	return true
}

// isUsual reports whether a tag is that of a usual type, or context-specific: no letter is one.
func isUsual(tag byte) bool {
	const context = 0x80
	return tag == der.Sequence || tag == der.Set || 0 < tag && tag <= der.BMPString || tag&^der.Constructed&^0xf == context
}
