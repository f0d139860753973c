package tokens

import (
	"fmt"
	"strings"
)

// An item is one challenge, or one credentials value, before its token is decoded.
type item struct {
	scheme   string
	token68  string
	params   []Param
	problem  string
	stripped bool
}

// A scanner reads the challenges of a header value one by one (RFC 9110 sections 11.3, 11.4 and
// 5.6.1). A comma may end a parameter or a challenge, and what follows decides: a name
// with an equals sign is another parameter, anything else is a scheme.
type scanner struct {
	rest        string
	item        item
	credentials bool // some schemes have no parameters in credentials
}

const (
	space     = " \t\r\n"
	separator = space + ","
)

func (s *scanner) next() bool {
	s.rest = trimLeft(s.rest, separator)
	s.item = item{}
	if s.rest == "" {
		return false
	}
	if s.redacted() {
		return true
	}
	n := token(s.rest)
	if n == 0 {
		s.junk(fmt.Sprintf("%q begins no scheme", s.rest[0]))
		return true
	}
	if _, _, ok := s.peekParam(); ok {
		s.item.problem = "parameters without a scheme"
		s.params()
		return true
	}
	s.item.scheme, s.rest = s.rest[:n], s.rest[n:]
	after := trimLeft(s.rest, space)
	if after == s.rest && after != "" && after[0] != ',' {
		s.junk(fmt.Sprintf("%q after the scheme", after[0]))
		return true
	}
	s.rest = after
	switch {
	case s.rest == "" || s.rest[0] == ',':
	case s.redacted():
	case s.token68():
	case s.isDamagedToken():
		s.junk("neither a token nor parameters")
	default:
		s.params()
	}
	return true
}

// isDamagedToken reports whether what looks like a parameter is a token with something after it.
// The token up to its padding, which may be secret, would then be the name of the parameter.
func (s *scanner) isDamagedToken() bool {
	const longest = 32 // name of a parameter
	name, length, ok := s.peekParam()
	switch {
	case !ok:
		return false
	case len(name) > longest, strings.HasPrefix(s.rest[length:], "="):
		return true
	case !s.credentials || strings.EqualFold(name, "token"):
		return false
	}
	scheme := registered(s.item.scheme)
	return IsTokenScheme(scheme) || scheme == "Basic"
}

// isValue reports whether the first word of credentials is not a scheme but the value itself, an
// API key or a JSON Web Token, which is secret.
func (it *item) isValue() bool {
	const longest = 24 // unregistered scheme
	if it.scheme == "" || IsRegistered(it.scheme) || it.stripped {
		return false
	}
	return len(it.scheme) > longest || it.token68 == "" && len(it.params) == 0 || it.problem != "" || strings.ContainsRune(it.scheme, '.')
}

// trimLeft removes leading characters that are in set. It mostly removes one space, for which
// strings.TrimLeft would first build a table.
func trimLeft(s, set string) string {
	for s != "" && strings.IndexByte(set, s[0]) >= 0 {
		s = s[1:]
	}
	return s
}

// token68 reads a token68, which ends at a comma or at the end of the value, and reports whether
// there is one.
func (s *scanner) token68() bool {
	rest, n := s.rest, 0
	for n < len(rest) && token68Chars[rest[n]] {
		n++
	}
	if n == 0 {
		return false
	}
	for n < len(rest) && rest[n] == '=' {
		n++
	}
	after := trimLeft(rest[n:], space)
	if after != "" && after[0] != ',' {
		return false
	}
	s.item.token68, s.rest = rest[:n], after
	return true
}

// params reads parameters as long as they follow one another. Anything that is neither a parameter
// nor a token68 is read as a damaged token68, up to the next comma.
func (s *scanner) params() {
	for {
		name, length, ok := s.peekParam()
		if !ok {
			if len(s.item.params) == 0 {
				s.junk("neither a token nor parameters")
			}
			return
		}
		s.rest = s.rest[length:]
		value := s.value()
		s.item.params = append(s.item.params, Param{Name: name, Value: value})
		s.rest = trimLeft(s.rest, space)
		if s.rest != "" && s.rest[0] != ',' {
			s.item.problem = fmt.Sprintf("%q after the parameter %q", s.rest[0], name)
			if token68Chars[s.rest[0]] {
				s.item.problem = fmt.Sprintf("no comma after the parameter %q", name)
			}
			s.skip()
		}
		ahead := scanner{rest: trimLeft(s.rest, separator)}
		if _, _, ok := ahead.peekParam(); !ok {
			return
		}
		s.rest = ahead.rest
	}
}

// peekParam returns the name of the next parameter, and the length up to the beginning of its
// value.
func (s *scanner) peekParam() (name string, length int, ok bool) {
	n := token(s.rest)
	if n == 0 {
		return "", 0, false
	}
	after := trimLeft(s.rest[n:], space)
	if !strings.HasPrefix(after, "=") {
		return "", 0, false
	}
	after = trimLeft(after[1:], space)
	return s.rest[:n], len(s.rest) - len(after), true
}

// value reads a token or a quoted-string. Only a quotation mark and a backslash need a backslash before
// them (RFC 9110 section 5.6.4): any other belongs to the value, as in DOMAIN\user, which some clients
// write as it is.
func (s *scanner) value() string {
	if !strings.HasPrefix(s.rest, `"`) {
		n := strings.IndexAny(s.rest, separator)
		if n < 0 {
			n = len(s.rest)
		}
		v := s.rest[:n]
		s.rest = s.rest[n:]
		return v
	}
	var v strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.rest = s.rest[i+1:]
			return v.String()
		case c == '\\' && i+1 < len(s.rest) && (s.rest[i+1] == '"' || s.rest[i+1] == '\\'):
			i++
			v.WriteByte(s.rest[i])
		default:
			v.WriteByte(c)
		}
	}
	s.rest = ""
	s.item.problem = "quoted string without an end"
	return v.String()
}

// junk keeps what is against the grammar, up to the next comma, as a token. So its length is
// reported, and whatever can be decoded of it.
func (s *scanner) junk(problem string) {
	s.item.problem = problem
	s.item.token68 = s.skip()
}

// skip drops everything up to the next comma and returns it.
func (s *scanner) skip() string {
	n := strings.IndexByte(s.rest, ',')
	if n < 0 {
		n = len(s.rest)
	}
	v := strings.Trim(s.rest[:n], space)
	s.rest = s.rest[n:]
	return v
}

// token returns the length of the token at the beginning of s (RFC 9110 section 5.6.2).
func token(s string) int {
	n := 0
	for n < len(s) && tokenChars[s[n]] {
		n++
	}
	return n
}

// The characters of a token and of a token68 (RFC 9110 sections 5.6.2 and 11.2).
var (
	tokenChars   = alnumAnd("!#$%&'*+-.^_`|~")
	token68Chars = alnumAnd("-._~+/")
)

// alnumAnd returns the set of letters, digits and other characters.
func alnumAnd(others string) (set [256]bool) {
	for c := range set {
		set[c] = alnum(byte(c)) || strings.IndexByte(others, byte(c)) >= 0
	}
	return set
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
