package tokens

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Stripped reports whether credentials, or their end, were taken out before a text was passed on: what Auth.Stripped
// and Cut say when they are decoded.
func Stripped(credentials string) bool {
	s := scanner{rest: credentials, credentials: true}
	if !s.next() {
		return false
	}
	scheme := registered(s.item.scheme)
	if s.item.stripped || !s.item.isValue() && s.item.holdsStandIn() {
		return true
	}
	if !IsTokenScheme(scheme) {
		return scheme == "Basic" && isShortened(s.item.token68)
	}
	token68 := s.item.token68
	if token68 == "" {
		token68 = Decoder{}.tokenParam(&Auth{Scheme: scheme}, s.item.params)
	}
	return isShortened(token68) || isCut(token68)
}

// maxPasted is the length up to which a token that ends too soon was shortened by whoever passed it on:
// what cuts header lines on their way has higher limits.
const maxPasted = 4 << 10

// longestPlaceholder is how long credentials are at most that a program sends with a word in place of their value, as its
// author's example had it. Somebody who overwrites credentials in packets leaves their length.
const longestPlaceholder = 40

const onlyPlaceholder = "only a word stands there in place of the value, which the program sends so, or somebody has written into this capture"

// RefusedAsSent says of stripped credentials, in packets and refused, that they are what was sent, if they are so short
// that nobody need have taken anything out.
func (a *Auth) RefusedAsSent(value string) {
	if a.Stripped && a.Scheme != "Digest" && a.Token == nil && len(value) <= longestPlaceholder {
		a.Stripped, a.Len, a.Problem = false, len(value), onlyPlaceholder
	}
}

// Placeholder reports whether credentials are only a word that stands for a value.
func (a *Auth) Placeholder() bool { return a != nil && a.Problem == onlyPlaceholder }

// isCut is Cut by the outermost length alone.
func isCut(token68 string) bool {
	if len(token68) > maxPasted {
		return false
	}
	b, err := Base64(token68)
	if err != nil || len(b) == 0 || b[0] != 0x60 && b[0] != 0xa0 && b[0] != 0xa1 && b[0] != 0x30 && !IsKerberosTag(b[0]) {
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

// redacted skips a stand-in where the scanner is. Behind one in credentials there is nothing but more words of it.
func (s *scanner) redacted() bool {
	n := StandIn(s.rest)
	if n == 0 {
		return false
	}
	s.item.stripped, s.rest = true, s.rest[n:]
	if s.credentials {
		s.rest = ""
	}
	return true
}

// holdsStandIn reports whether something else stands for a secret parameter of credentials, or for the name of their
// user: of Digest, many take out nothing but the response.
func (it *item) holdsStandIn() bool {
	return slices.ContainsFunc(it.params, func(p Param) bool {
		name := strings.ToLower(p.Name)
		secret := name == "username" || !isOpenParam(registered(it.scheme), name)
		return secret && p.Value != "" && StandIn(p.Value) == len(p.Value)
	})
}

// StandIn returns the length of what text begins with, if exporters and people write that instead of a value:
// "[1882 bytes were stripped]", "[redacted]", "<token>", "REDACTED", "***", "xxxxx", "██". Otherwise it returns 0.
func StandIn(text string) int {
	if text == "" {
		return 0
	}
	if i := strings.IndexByte("[<{(", text[0]); i >= 0 {
		return strings.IndexByte(text, "]>})"[i]) + 1
	}
	if n := blank(text); n > 0 {
		return n
	}
	word := text[:min(len(text), longestReplacement+1)]
	if n := strings.IndexAny(word, separator); n >= 0 {
		word = word[:n]
	}
	if len(word) <= longestReplacement && isReplacement(strings.ToLower(strings.Trim(word, "_-*.="))) {
		return len(word)
	}
	return 0
}

// longestReplacement is how long a word is at most that stands for a value and says so. A token is longer.
const longestReplacement = 40

// isReplacement reports whether a word, in lower case, says of itself that it stands for a value.
func isReplacement(word string) bool {
	return slices.Contains(replacements, word) || namesRedaction(word)
}

// replacements are words that stand for a value that was taken out.
var replacements = []string{"redacted", "removed", "hidden", "masked", "filtered", "omitted", "stripped", "sanitized", "sanitised", "snip", "snipped"}

// namesRedaction reports whether a word holds one that is in no name and no token, as REDACTED_BY_PROXY does. A
// parameter is none.
func namesRedaction(word string) bool {
	if strings.ContainsAny(word, `="`) {
		return false
	}
	return strings.Contains(word, "redacted") || strings.Contains(word, "sanitized") || strings.Contains(word, "sanitised")
}

// blank returns the length of the word that text begins with if it is one character again and again, with
// which people blank out a value. Otherwise it returns 0.
func blank(text string) int {
	least := 4
	c, size := utf8.DecodeRuneInString(text)
	switch c {
	case '*', '•', '●', '█', '…':
		least = 1
	case '.', '#', '-', '_':
		least = 2
	case 'x', 'X':
	default:
		return 0
	}
	rest := strings.TrimLeft(text, string(c))
	n := len(text) - len(rest)
	if n < least*size || rest != "" && strings.IndexByte(separator, rest[0]) < 0 {
		return 0
	}
	return n
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
