package standin

import (
	"bytes"
	"slices"
)

// standardArcs are the arcs of the OBJECT IDENTIFIERs of standards that certificates use: X.500, RSA,
// ANSI and Microsoft, PKIX, OIW, TeleTrusT, RFC 8410, SEC, NIST, the CA/Browser Forum, RFC 4519. Then those
// of companies that everybody uses: Microsoft, Certificate Transparency and Netscape.
var standardArcs = []string{
	"\x55", "\x2a\x86\x48", "\x2b\x06\x01\x05", "\x2b\x0e\x03", "\x2b\x24", "\x2b\x65", "\x2b\x81\x04", "\x60\x86\x48\x01\x65", "\x67\x81\x0c", "\x09\x92\x26",
	"\x2b\x06\x01\x04\x01\x82\x37", "\x2b\x06\x01\x04\x01\xd6\x79", "\x60\x86\x48\x01\x86\xf8\x42",
}

// forestArcs are arcs in which each forest of Active Directory has identifiers of its own: of
// certificate templates (MS-WCCE 2.2.2.7.7.2) and of extensions to the schema.
var forestArcs = []string{"\x2b\x06\x01\x04\x01\x82\x37\x15\x08", "\x2a\x86\x48\x86\xf7\x14\x01\xbe\x40"}

// companyArcs are the arcs under which companies register identifiers of their own.
var companyArcs = []string{"\x2b\x06\x01\x04\x01", "\x60\x86\x48\x01\x86"}

// longestOID is longer than the identifiers of standards.
const longestOID = 16

// ObjectIdentifier replaces the numbers of an identifier that is not of a standard. How many numbers
// there are stays.
func (v *Values) ObjectIdentifier(b []byte) {
	arc := func(arcs []string) int {
		i := slices.IndexFunc(arcs, func(arc string) bool { return bytes.HasPrefix(b, []byte(arc)) })
		if i < 0 {
			return 0
		}
		return len(arcs[i])
	}
	keep := min(len(b), 1)
	if n := arc(forestArcs); n > 0 {
		keep = n
	} else if arc(standardArcs) > 0 && len(b) <= longestOID {
		return
	} else if n := arc(companyArcs); n > 0 {
		keep = n
	}
	const more = 0x80
	rest := b[keep:]
	for i, c := range v.Names.Opaque(rest) {
		rest[i] = rest[i]&more | c&^more | 1 // no number begins with zeros
	}
}
