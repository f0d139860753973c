package tokens

import (
	"time"
	"unicode/utf8"

	"negotrace/tokens/der"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// An element is one ASN.1 element. Tokens are often cut on their way, by a limit for headers or a
// snap length. So an element that runs past the end of its bytes is cut, not refused: a strict
// reader would lose the name of the service because the end of the authenticator after it is
// missing.
type element struct {
	tag   byte
	whole []byte // with tag and length
	body  []byte
	cut   bool
}

// element takes the next element from rest. It returns false if there is none.
func (p *parser) element(rest *[]byte, name string) (element, bool) {
	b := *rest
	h, err := der.ReadHead(b)
	if err != nil {
		p.fail(b, name, "%v", err)
		*rest = nil
		return element{}, false
	}
	if !h.IsShortest() {
		p.wrong(b, "length %d in more bytes than DER allows", h.Length)
	}
	n, head := h.Length, h.Size
	e := element{tag: h.Tag}
	if n > len(b)-head {
		if p.offset(b) == 0 && p.err == nil {
			p.token.Missing = n - (len(b) - head)
		}
		p.fail(b, name, "says it has %v, %s there", byteCount(n), isOrAre(len(b)-head))
		e.cut, n = true, len(b)-head
	}
	e.whole, e.body, *rest = b[:head+n], b[head:head+n], b[head+n:]
	return e, true
}

// expect takes the next element and checks its tag.
func (p *parser) expect(rest *[]byte, tag asn1.Tag, name string) (element, bool) {
	at := *rest
	e, ok := p.element(rest, name)
	if ok && e.tag != byte(tag) {
		p.fail(at, name, "tag %#02x where %#02x belongs", e.tag, byte(tag))
		return e, false
	}
	return e, ok
}

// members reads the context-tagged members of a SEQUENCE in order, and calls read with the number
// and the element of each.
func (p *parser) members(seq element, read func(n int, v element)) {
	if seq.tag != byte(asn1.SEQUENCE) {
		p.fail(seq.whole, "", "tag %#02x where a SEQUENCE belongs", seq.tag)
		return
	}
	last := -1
	for rest := seq.body; len(rest) > 0; {
		e, ok := p.element(&rest, "member")
		if !ok {
			return
		}
		n := int(e.tag & 0x1f)
		if e.tag&0xe0 != 0xa0 {
			p.fail(e.whole, "", "tag %#02x where a context tag belongs", e.tag)
			return
		}
		if n <= last {
			p.wrong(e.whole, "member [%d] comes after [%d]", n, last)
		}
		last = max(last, n)
		inner := e.body
		v, ok := p.element(&inner, "member")
		if !ok {
			continue
		}
		if len(inner) > 0 {
			p.wrong(inner, "%v too many in member [%d]", byteCount(len(inner)), n)
		}
		read(n, v)
	}
}

// items calls read with each element of a SEQUENCE OF.
func (p *parser) items(seq element, read func(v element)) {
	if seq.tag != byte(asn1.SEQUENCE) {
		p.fail(seq.whole, "", "tag %#02x where a SEQUENCE belongs", seq.tag)
		return
	}
	for rest := seq.body; len(rest) > 0; {
		v, ok := p.element(&rest, "item")
		if !ok {
			return
		}
		read(v)
	}
}

// integer reads an INTEGER or ENUMERATED of at most eight bytes.
func (p *parser) integer(e element, name string) int64 {
	v, ok := p.int64(e, name)
	if ok {
		p.number(name, e.whole, v)
	}
	return v
}

// int64 reads an integer as integer does, but adds no leaf to the tree. It returns false if there
// is no number.
func (p *parser) int64(e element, name string) (v int64, ok bool) {
	tag := asn1.Tag(e.tag)
	s := cryptobyte.String(e.whole)
	switch {
	case e.cut:
		return 0, false
	case tag != asn1.INTEGER && tag != asn1.ENUM:
		p.fail(e.whole, name, "tag %#02x where an INTEGER belongs", e.tag)
		return 0, false
	case !s.ReadASN1Int64WithTag(&v, tag):
		p.fail(e.whole, name, "not an INTEGER of at most 64 bits")
		return 0, false
	}
	return v, true
}

// oid reads an OBJECT IDENTIFIER.
func (p *parser) oid(e element, name string) OID {
	if e.cut {
		return ""
	}
	o, ok := objectIdentifier(e.body)
	if e.tag != byte(asn1.OBJECT_IDENTIFIER) || !ok {
		p.fail(e.whole, name, "not an OBJECT IDENTIFIER")
		return ""
	}
	if p.tree != nil {
		p.fieldf(name, e.whole, "%s (%s)", string(o), o.Name())
	}
	return o
}

// octets returns the content of an OCTET STRING; if it is cut, what is there.
func (p *parser) octets(e element, name string) []byte {
	if e.tag != byte(asn1.OCTET_STRING) {
		p.fail(e.whole, name, "tag %#02x where an OCTET STRING belongs", e.tag)
		return nil
	}
	return e.body
}

// bits returns the first 32 bits of a BIT STRING, the first one highest, as Kerberos
// writes its flags (RFC 4120 section 5.2.8).
func (p *parser) bits(e element, name string) uint32 {
	if e.cut {
		return 0
	}
	if e.tag != byte(asn1.BIT_STRING) || len(e.body) == 0 {
		p.fail(e.whole, name, "not a BIT STRING")
		return 0
	}
	if len(e.body) < 1+4 {
		p.wrong(e.whole, "%s of %d bits, of 32 at least by the standard", name, 8*(len(e.body)-1))
	}
	var v uint32
	for i := range 4 {
		v <<= 8
		if i+1 < len(e.body) {
			v |= uint32(e.body[i+1])
		}
	}
	return v
}

// text reads a character string. By the standard, Kerberos names are GeneralString; in practice
// they are UTF-8. Other bytes are read as Latin-1.
func (p *parser) text(e element, name string) string {
	if e.cut {
		return ""
	}
	switch asn1.Tag(e.tag) {
	case der.GeneralString, asn1.UTF8String, asn1.IA5String, asn1.PrintableString, asn1.T61String:
	default:
		p.fail(e.whole, name, "tag %#02x where a character string belongs", e.tag)
		return ""
	}
	s := latin(string(e.body))
	p.field(name, e.whole, s)
	return p.shortName(e.whole, name, s)
}

// time reads a GeneralizedTime as Kerberos writes it: UTC, whole seconds.
func (p *parser) time(e element, name string) time.Time {
	if e.cut {
		return time.Time{}
	}
	t, err := time.Parse("20060102150405Z", string(e.body))
	if e.tag != der.GeneralizedTime || err != nil {
		p.fail(e.whole, name, "not a KerberosTime")
		return time.Time{}
	}
	if len(e.body) > len("20060102150405Z") {
		p.wrong(e.whole, "%s with a fraction of a second", name)
	}
	if p.tree != nil {
		p.field(name, e.whole, t.Format(time.RFC3339))
	}
	return t
}

// latin returns s if it is UTF-8. Otherwise it reads s as Latin-1.
func latin(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var wide []rune
	for _, c := range []byte(s) {
		wide = append(wide, rune(c))
	}
	return string(wide)
}
