package mask

import (
	"slices"
	"strings"
)

// The tags that tokens are made of (X.690 section 8).
const (
	tagBoolean         = 0x01
	tagInteger         = 0x02
	tagBitString       = 0x03
	tagOctetString     = 0x04
	tagOID             = 0x06
	tagEnumerated      = 0x0a
	tagUTF8String      = 0x0c
	tagPrintableString = 0x13
	tagT61String       = 0x14
	tagIA5String       = 0x16
	tagGeneralizedTime = 0x18
	tagGeneralString   = 0x1b
	tagSequence        = 0x30
)

// An element is one ASN.1 element. One that runs past the end of its bytes is cut.
type element struct {
	tag   byte
	whole []byte // with tag and length
	body  []byte
}

// element takes the next element from rest, and keeps its tag and length, even if these are cut or
// nothing follows them. It returns false if there is no element.
func (m *masker) element(rest *[]byte) (element, bool) {
	b := *rest
	*rest = nil
	if len(b) < 2 {
		m.keep(b)
		return element{}, false
	}
	if b[0]&0x1f == 0x1f {
		return element{}, false
	}
	n, head := int(b[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 4 {
			return element{}, false
		}
		if len(b) < 2+size {
			m.keep(b)
			return element{}, false
		}
		var long uint64
		for _, c := range b[2 : 2+size] {
			long = long<<8 | uint64(c)
		}
		n, head = int(min(long, 1<<31-1)), 2+size
	}
	n = min(n, len(b)-head)
	e := element{tag: b[0], whole: b[:head+n], body: b[head : head+n]}
	*rest = b[head+n:]
	m.keepHead(e.whole, e.body)
	return e, true
}

// members calls read with each context-tagged member of a SEQUENCE, its number and the element
// inside.
func (m *masker) members(seq element, read func(n int, v element)) {
	if seq.tag != tagSequence {
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
	if seq.tag != tagSequence {
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
	case tagInteger, tagEnumerated, tagBoolean, tagBitString:
		if n > 0 && n <= 8 {
			m.keep(e.body)
		}
	case tagGeneralizedTime:
		if isTime(e.body) {
			m.keep(e.body)
		}
	case tagOID:
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
	case tagGeneralString, tagUTF8String, tagIA5String, tagPrintableString, tagT61String:
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
	if e.tag == tagOctetString {
		m.secret(e.body)
	}
}

// structured replaces an OCTET STRING by noise, in which the tags and lengths of the DER that it holds stay: readers
// that know what it is would take noise for such, now and then for one that goes on behind the end.
func (m *masker) structured(e element) {
	if e.tag != tagOctetString {
		return
	}
	by := make([]byte, len(e.body))
	m.structure(by, e.body, maxStructure)
	m.put(e.body, by)
}

// maxStructure is how deep elements are in one another whose tags and lengths stay: those of a certificate in a
// signed message of PKINIT are in 15 others.
const maxStructure = 24

// structure fills by with what replaces b: noise for each value where b is DER throughout, else for all of it.
func (m *masker) structure(by, b []byte, depth int) {
	if depth == 0 || !isDER(b) {
		copy(by, m.noise(b))
		return
	}
	for len(b) > 0 {
		head, n, _ := derHead(b)
		copy(by, b[:head])
		tag, inside, body := b[0], by[head:head+n], b[head:head+n]
		switch {
		case tag&0x20 != 0, (tag == tagOctetString || tag >= 0x80) && n > 0 && body[0] == tagSequence:
			m.structure(inside, body, depth-1)
		case tag == tagBitString && n > 1 && body[0] == 0 && body[1] == tagSequence:
			m.structure(inside[1:], body[1:], depth-1)
		default:
			copy(inside, m.noise(body))
		}
		by, b = by[head+n:], b[head+n:]
	}
}

// isDER reports whether b is elements up to its end.
func isDER(b []byte) bool {
	for len(b) > 0 {
		head, n, ok := derHead(b)
		if !ok {
			return false
		}
		b = b[head+n:]
	}
	return true
}

// derHead returns the lengths of the head and of the body of the element at the beginning of b, and whether it is
// there as a whole. A tag is that of a usual type, or context-specific: no letter is one.
func derHead(b []byte) (head, n int, ok bool) {
	const set, bmpString, context, constructed = 0x31, 0x1e, 0x80, 0x20
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return 0, 0, false
	}
	switch tag := b[0]; {
	case tag == tagSequence, tag == set, 0 < tag && tag <= bmpString, tag&^constructed&^0xf == context:
	default:
		return 0, 0, false
	}
	if head, n = 2, int(b[1]); n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 3 || len(b) < head+size {
			return 0, 0, false
		}
		n = 0
		for _, c := range b[head : head+size] {
			n = n<<8 | int(c)
		}
		head += size
	}
	return head, n, n <= len(b)-head
}
