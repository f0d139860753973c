package mask

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"negotrace/tokens"
)

// Header masks the value of one line of WWW-Authenticate, Proxy-Authenticate, Authorization or
// Proxy-Authorization: all have the same grammar (RFC 9110 sections 11.3 and 11.4). The result has
// the same length. Header also returns how many bytes were not understood.
func (n Names) Header(value string) (masked string, unknown int) {
	h := header{Names: n, rest: value}
	for h.rest != "" {
		h.next()
	}
	return h.out.String(), h.unknown
}

// A header masks one value from its beginning to its end.
type header struct {
	Names
	rest    string
	out     strings.Builder
	unknown int
}

const (
	space     = " \t\r\n"
	separator = space + ","
)

// keep copies the first n characters to the result.
func (h *header) keep(n int) {
	h.out.WriteString(h.rest[:n])
	h.rest = h.rest[n:]
}

// put replaces the first characters by as many others.
func (h *header) put(by string) {
	h.out.WriteString(by)
	h.rest = h.rest[len(by):]
}

// junk replaces the first n characters, which were not understood.
func (h *header) junk(n int) {
	if n == 0 {
		return
	}
	h.unknown += n
	h.put(h.letters(h.rest[:n]))
}

func (h *header) letters(s string) string { return (&masker{Names: h.Names}).letters(s) }

// skip keeps the next characters that are in set.
func (h *header) skip(set string) { h.keep(len(h.rest) - len(strings.TrimLeft(h.rest, set))) }

// next masks one challenge, or credentials, or text that is neither.
func (h *header) next() {
	h.skip(separator)
	if h.rest == "" || h.stripped() {
		return
	}
	n := token(h.rest)
	if n == 0 {
		h.toComma()
		return
	}
	if param(h.rest) > 0 { // there is no scheme
		h.params()
		return
	}
	scheme := knownScheme(h.rest[:n])
	switch {
	case scheme != "":
		h.keep(n)
	default: // an unknown scheme, or a secret without a scheme: a dot makes the difference
		for n > 0 {
			part := min(n, len(h.rest)-len(strings.TrimLeft(h.rest, ".")))
			h.keep(part)
			n -= part
			word := strings.IndexByte(h.rest[:n]+".", '.')
			h.junk(word)
			n -= word
		}
	}
	if h.rest != "" && strings.IndexByte(separator, h.rest[0]) < 0 {
		h.toComma()
		return
	}
	h.skip(space)
	switch n = token68(h.rest); {
	case h.rest == "" || h.rest[0] == ',' || h.stripped():
	case n > 0:
		h.put(h.credentials(scheme, h.rest[:n]))
	case param(h.rest) > 0:
		h.params()
	default:
		h.damaged(scheme)
	}
}

// toComma replaces everything up to the next comma, as not understood. The first sign that no token has
// stays: it shows what is wrong.
func (h *header) toComma() {
	n := strings.IndexByte(h.rest, ',')
	if n < 0 {
		n = len(h.rest)
	}
	at := strings.IndexFunc(h.rest[:n], isForeign)
	if n > 0 && token(h.rest[:1]) == 0 && h.rest[0] < utf8.RuneSelf {
		at = 0
	}
	if at >= 0 {
		h.junk(at)
		h.keep(1)
		n -= at + 1
	}
	h.junk(n)
}

// isForeign reports whether a character is a sign that is in no token68.
func isForeign(c rune) bool {
	return c > ' ' && c < 0x7f && !alnum(byte(c)) && !strings.ContainsRune("-._~+/=", c)
}

// damaged masks what should be a token and is not. It masks as much of it as it can read: in noise a reader
// could find more than there is, such as a user in front of a colon.
func (h *header) damaged(scheme string) {
	n := strings.IndexByte(h.rest, ',')
	if n < 0 {
		n = len(h.rest)
	}
	switch scheme {
	case "negotiate", "ntlm", "kerberos", "nego2", "basic":
		h.put(h.credentials(scheme, h.rest[:n]))
	default:
		h.toComma()
	}
}

// stripped keeps what stands for a value that was taken out, and reports whether there is such.
func (h *header) stripped() bool {
	n := tokens.StandIn(h.rest)
	if n == 0 {
		return false
	}
	h.put(h.standIn(h.rest[:n]))
	return true
}

// byteCount is what Chromium writes instead of a value.
var byteCount = regexp.MustCompile(`^\[\d+ bytes were stripped\]$`)

// standIn masks the words of a stand-in that could be a name.
func (h *header) standIn(s string) string {
	if byteCount.MatchString(s) {
		return s
	}
	isWord := func(r rune) bool { return r >= utf8.RuneSelf || alnum(byte(r)) }
	var b strings.Builder
	for s != "" {
		n := len(s) - len(strings.TrimLeftFunc(s, isWord))
		word := s[:n]
		if n == 0 {
			n = len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return !isWord(r) }))
			b.WriteString(s[:n])
		} else if strings.EqualFold(word, "authorization") || tokens.StandIn(word) == n {
			b.WriteString(word)
		} else {
			b.WriteString(h.letters(word))
		}
		s = s[n:]
	}
	return b.String()
}

// knownScheme returns the name of a scheme in lower case if it says nothing about who uses it, otherwise "".
func knownScheme(scheme string) string {
	lower := strings.ToLower(scheme)
	if tokens.IsRegistered(lower) || lower == "token" {
		return lower
	}
	return ""
}

// credentials masks a token68 under a scheme.
func (h *header) credentials(scheme, s string) string {
	switch scheme {
	case "negotiate", "ntlm", "kerberos", "nego2":
		return inBase64(s, h.letters, func(b []byte) []byte {
			masked, unknown := h.Token(b)
			h.unknown += unknown
			return masked
		})
	case "basic":
		return inBase64(s, h.letters, h.userPass)
	case "bearer", "dpop":
		return h.bearer(s)
	}
	return h.letters(s)
}

// userPass masks the content of Basic: a user, a colon, a password (RFC 7617 section 2).
func (h *header) userPass(b []byte) []byte {
	m := &masker{Names: h.Names, root: b[:len(b):len(b)]}
	out := slices.Clone(b)
	for i, c := range b {
		if c == ':' {
			m.name(m.root[:i], User)
			copy(out, m.later[0].bytes)
			copy(out[i+1:], h.password(b[i+1:]))
			return out
		}
	}
	return h.password(b)
}

// password returns letters instead of a password. To show which characters are digits or capital
// letters would help to guess it.
func (h *header) password(b []byte) []byte {
	out := make([]byte, len(b))
	h.Noise(out, b)
	for i, c := range out {
		out[i] = 'a' + c%26
	}
	return out
}

// token returns the length of the token at the beginning of s (RFC 9110 section 5.6.2).
func token(s string) int { return span(s, "!#$%&'*+-.^_`|~") }

func span(s, others string) int {
	n := 0
	for n < len(s) && (alnum(s[n]) || strings.IndexByte(others, s[n]) >= 0) {
		n++
	}
	return n
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// token68 returns the length of the token68 at the beginning of s, which ends at a comma or at the
// end of the value.
func token68(s string) int {
	n := span(s, "-._~+/")
	if n == 0 {
		return 0
	}
	n += len(s[n:]) - len(strings.TrimLeft(s[n:], "="))
	if after := strings.TrimLeft(s[n:], space); after != "" && after[0] != ',' {
		return 0
	}
	return n
}
