package tokens

import (
	"slices"
	"strings"
)

// Stripped reports whether credentials, or their end, were taken out before a text was passed on. It
// does not decode what is there.
func Stripped(credentials string) bool {
	s := scanner{rest: credentials, credentials: true}
	if !s.next() {
		return false
	}
	scheme := registered(s.item.scheme)
	return s.item.stripped || (IsTokenScheme(scheme) || scheme == "Basic") && isShortened(s.item.token68)
}

// maxPasted is the length up to which a token that ends too soon was shortened by whoever passed it on:
// what cuts header lines on their way has higher limits.
const maxPasted = 4 << 10

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
// "YIIG…", "YIIG[...]", "YIIG (truncated)". No base64 has such a mark.
func isShortened(token68 string) bool {
	if strings.Contains(token68, "..") || strings.Contains(token68, "…") {
		return true
	}
	i := strings.IndexAny(token68, "[<{(")
	return i >= 0 && strings.ContainsAny(token68[i:], "]>})")
}
