package tokens

import (
	"slices"
	"strings"
)

// Stripped reports whether credentials, or their end, were taken out before a text was passed on: what Auth.Stripped
// and Cut say when they are decoded.
func Stripped(credentials string) bool {
	s := scanner{rest: credentials, credentials: true}
	if !s.next() {
		return false
	}
	scheme := registered(s.item.scheme)
	if !IsTokenScheme(scheme) {
		return s.item.stripped || scheme == "Basic" && isShortened(s.item.token68)
	}
	token68 := s.item.token68
	if token68 == "" {
		token68 = Decoder{}.tokenParam(&Auth{Scheme: scheme}, s.item.params)
	}
	return s.item.stripped || isShortened(token68) || isCut(token68)
}

// maxPasted is the length up to which a token that ends too soon was shortened by whoever passed it on:
// what cuts header lines on their way has higher limits.
const maxPasted = 4 << 10

// isCut is Cut by the outermost length alone.
func isCut(token68 string) bool {
	if len(token68) > maxPasted {
		return false
	}
	b, err := Base64(token68)
	if err != nil || len(b) == 0 || b[0] != 0x60 && b[0] != 0xa0 && b[0] != 0xa1 && b[0] != 0x30 && !isKerberos(b[0]) {
		return false
	}
	p := newParser(Decoder{}, b)
	rest := p.root
	p.element(&rest, "token")
	return p.token.Missing > 0
}

// Cut reports whether the token of a ends too soon, and is too short for anybody to have cut it on its way.
// Of a text it says that the end was left out before it was passed on; it may be nil.
func (a *Auth) Cut() bool {
	return a != nil && !a.Stripped && a.Token != nil && a.Token.Missing > 0 && a.Len <= maxPasted
}

// redacted reads what exporters and people write instead of a value: "[1882 bytes were stripped]",
// "[redacted]", "<token>", "REDACTED", "***", "xxxxx".
func (s *scanner) redacted() bool {
	word := s.rest
	if close := strings.IndexByte("[<{(", word[0]); close >= 0 {
		n := strings.IndexByte(word, "]>})"[close])
		if n < 0 {
			return false
		}
		s.item.stripped, s.rest = true, word[n+1:]
		return true
	}
	if n := strings.IndexAny(word, separator); n >= 0 {
		word = word[:n]
	}
	bare := strings.Trim(word, "_-*.")
	if !isBlank(word) && !slices.ContainsFunc(replacements, func(r string) bool { return strings.EqualFold(r, bare) }) {
		return false
	}
	s.item.stripped, s.rest = true, s.rest[len(word):]
	return true
}

// replacements are words that stand for a value that was taken out.
var replacements = []string{"redacted", "removed", "hidden", "masked", "filtered", "omitted", "stripped", "sanitized", "sanitised", "snip", "snipped"}

// isBlank reports whether a word is one character again and again, with which people blank out a
// value.
func isBlank(word string) bool {
	c := word[0]
	least := 4
	switch c {
	case '*':
		least = 1
	case '.', '#', '-', '_':
		least = 2
	case 'x', 'X':
	default:
		return false
	}
	return len(word) >= least && strings.Trim(word, string(c)) == ""
}

// isShortened reports whether the end of a token was left out by whoever passed it on: "YIIG...",
// "YIIG…", "YIIG***", "YIIG[...]", "YIIG (truncated)". No base64 has such a mark.
func isShortened(token68 string) bool {
	if strings.Contains(token68, "..") || strings.Contains(token68, "…") || strings.Contains(token68, "**") {
		return true
	}
	i := strings.IndexAny(token68, "[<{(")
	return i >= 0 && strings.ContainsAny(token68[i:], "]>})")
}
