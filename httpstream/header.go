package httpstream

import "strings"

// A Field is one header line.
type Field struct {
	Name  string // as sent; HTTP/2 has it in lower case
	Value string // without surrounding white space
	// RedactedLen is the length of a value that was dropped because it was secret or large; 0
	// while Value is there.
	RedactedLen int
}

// Size returns the length of the line on the wire, with its colon, space and line end.
func (f Field) Size() int { return len(f.Name) + len(": \r\n") + len(f.Value) + f.RedactedLen }

// is reports whether a line is called name, in any letter case. Names are ASCII. Most names
// differ in their lengths, which the caller finds without a call.
func (f *Field) is(name string) bool { return len(f.Name) == len(name) && f.spells(name) }

// spells reports what is does, for a name of the same length.
func (f *Field) spells(name string) bool {
	return f.Name == name || f.Name[0]|0x20 == name[0]|0x20 && strings.EqualFold(f.Name, name)
}

// A Header is the header lines of one message in their order. It is no map, since the order of
// challenges is a finding.
type Header []Field

// Values returns the values of all lines called name, in any letter case, in order.
func (h Header) Values(name string) []string {
	var v []string
	for i := range h {
		if h[i].is(name) {
			v = append(v, h[i].Value)
		}
	}
	return v
}

// Value returns the value of the first line called name, or "".
func (h Header) Value(name string) string {
	for i := range h {
		if h[i].is(name) {
			return h[i].Value
		}
	}
	return ""
}

// Has reports whether there is a line called name.
func (h Header) Has(name string) bool {
	for i := range h {
		if h[i].is(name) {
			return true
		}
	}
	return false
}

// secretHeaders are the lines whose values are credentials, or can be used as such.
var secretHeaders = [...]string{
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
	"WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info",
}

// Secret reports whether the value of the line is a credential, which must not be kept
// longer than needed and never be printed. A challenge that is only the name of a scheme
// is none.
func (f *Field) Secret() bool {
	switch len(f.Name) { // which is quicker than to compare them all
	case len("Cookie"), len("Set-Cookie"), len("Authorization"), len("WWW-Authenticate"), len("Proxy-Authenticate"),
		len("Authentication-Info"), len("Proxy-Authentication-Info"):
	default:
		return false
	}
	for _, name := range secretHeaders {
		if f.is(name) {
			challenge := f.is("WWW-Authenticate") || f.is("Proxy-Authenticate")
			return !challenge || !isToken(f.Value)
		}
	}
	return false
}
