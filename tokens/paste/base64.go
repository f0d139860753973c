package paste

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"negotrace/internal/lazyregexp"
)

func isBase64(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_'
}

func isAlnum(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

// readBase64 reads the base64 of the token that begins at i, and returns it in one piece with the
// offset after it. The text may break it into lines or strings, and may escape its characters. The
// token continues after a break only if its own length says so.
func readBase64(text []byte, i int) (s []byte, end int) {
	for i < len(text) && len(s) < maxValue {
		c, n := base64Char(text[i:])
		switch {
		case n > 0 && c != '=':
			s = append(s, c)
			i += n
			continue
		case n > 0 && !softBreak(text[i:]):
			return readPadding(text, i, s)
		}
		next := breakEnd(text, i)
		if next == 0 || !goesOn(text, next, s) {
			break
		}
		i = next
	}
	return s, i
}

// base64Char returns the base64 character at the beginning of text, and how long its spelling is;
// 0 if there is none.
func base64Char(text []byte) (c byte, n int) {
	switch {
	case isBase64(text[0]) || text[0] == '=':
		return text[0], 1
	case bytes.HasPrefix(text, []byte(`\/`)): // JSON
		return '/', 2
	}
	for _, prefix := range []string{"%", `\u00`, `\x`} {
		rest, ok := bytes.CutPrefix(text, []byte(prefix))
		var b [1]byte
		if !ok || len(rest) < 2 {
			continue
		}
		if _, err := hex.Decode(b[:], rest[:2]); err == nil && (isBase64(b[0]) || b[0] == '=') {
			return b[0], len(prefix) + 2
		}
	}
	return 0, 0
}

// softBreak reports whether text begins with a soft line break of quoted-printable.
func softBreak(text []byte) bool { return bytes.HasPrefix(text, []byte("=\n")) }

// readPadding reads the padding after s: up to two equals signs, also in the spelling of mails
// (=3D).
func readPadding(text []byte, i int, s []byte) ([]byte, int) {
	for range 2 {
		if i == len(text) {
			break
		}
		c, n := base64Char(text[i:])
		if c != '=' {
			break
		}
		s = append(s, '=')
		i += n
		if n == 1 && bytes.HasPrefix(text[i:], []byte("3D")) {
			i += 2
		}
	}
	return s, i
}

// breakEnd returns the offset after what interrupts a token at i: white space, quotes of joined
// strings, marks of continued lines and of quoted mail. It returns 0 if the token ends at i.
func breakEnd(text []byte, i int) int {
	const most = 80
	for n := i; n < len(text) && n < i+most; n++ {
		if width := escapedSpace(text[n:]); width > 0 {
			n += width - 1
			if n+1 < len(text) && isBase64(text[n+1]) {
				return n + 1
			}
			continue
		}
		switch c := text[n]; c {
		case ' ', '\t', '\n', '"', '\'', '`', '^', '\\', '>', '|', '&', ',':
		case '=':
			if !softBreak(text[n:]) {
				return 0
			}
		case '.':
			if bytes.HasPrefix(text[n:], []byte("..")) { // the token was cut here
				return 0
			}
		case '+':
			if n+1 == len(text) || strings.IndexByte(" \t\n\"'", text[n+1]) < 0 {
				return n
			}
		default:
			if n > i && isBase64(c) {
				return n
			}
			return 0
		}
	}
	return 0
}

// escapedSpace returns the length of a line end or space at the beginning of text that is escaped
// in the way of JSON, C, PowerShell or a URL; 0 if there is none.
func escapedSpace(text []byte) int {
	if len(text) < 2 || text[0] != '\\' && text[0] != '`' && text[0] != '%' {
		return 0
	}
	for _, e := range []string{`\r`, `\n`, `\t`, "`r", "`n", "`t", `\u000a`, `\u000d`, `\x0a`, `\x0d`, "%0a", "%0d", "%20"} {
		if len(text) >= len(e) && bytes.EqualFold(text[:len(e)], []byte(e)) {
			return len(e)
		}
	}
	return 0
}

// goesOn reports whether the token s continues at i: s is shorter than the token says, and a whole
// line or word of base64 follows that is long, or just long enough.
func goesOn(text []byte, i int, s []byte) bool {
	missing := tokenLen(decodeHead(s)) - len(s)*3/4
	if missing <= 0 {
		return false
	}
	n := 0
	for i+n < len(text) && n <= maxValue {
		_, width := base64Char(text[i+n:])
		if width == 0 {
			break
		}
		n += width
	}
	if i+n < len(text) && strings.IndexByte(":@(?!", text[i+n]) >= 0 {
		return false
	}
	return n >= 16 || n*3/4 >= missing-2
}

// decodeHead decodes the beginning of a base64 text, enough for tokenLen.
func decodeHead(s []byte) []byte {
	return decode(s[:min(len(s), 96)&^3])
}

// decode decodes base64 in either alphabet, up to the first error.
func decode(s []byte) []byte {
	plain := make([]byte, 0, len(s))
	for _, c := range s {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		case '=':
			continue
		}
		plain = append(plain, c)
	}
	if len(plain)%4 == 1 {
		plain = plain[:len(plain)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(plain)))
	n, _ := base64.RawStdEncoding.Decode(out, plain)
	return out[:n]
}

// bare finds tokens without a scheme by the first characters of their base64.
func (s *searcher) bare() {
	const least = 12
	for i := 0; i < len(s.text); i++ {
		if !isAlnum(s.text[i]) { // the others may stand before a token: /YII
			continue
		}
		n := i
		for n < len(s.text) && isBase64(s.text[n]) {
			n++
		}
		if n-i >= least && beginsToken(decodeHead(s.text[i:n])) {
			b64, end := readBase64(s.text, i)
			s.add(i, end, Found{Token: decode(b64)})
			n = end
		} else if n-i >= least && s.encoded(decodeHead(s.text[i:n])) {
			n = s.addEncoded(i, n)
		}
		i = n
	}
}

// encoded reports whether the content of base64 begins with a header, with a scheme and its token,
// or with a token that is in base64 itself.
func (s *searcher) encoded(head []byte) bool {
	if s.nested == maxNested || len(head) == 0 || !isAlnum(head[0]) {
		return false
	}
	return headerOrScheme().Match(head) || beginsToken(decodeHead(head))
}

var headerOrScheme = lazyregexp.New(`(?i)^(?:(?:proxy-)?authorization: ?|(?:www|proxy)-authenticate: ?|(?:negotiate|ntlm|kerberos) [A-Za-z0-9+/]{8})`)

// addEncoded adds the content of all the base64 from i on, and returns the offset after it. It
// continues as long as lines are as long as encoders make them.
func (s *searcher) addEncoded(i, n int) (end int) {
	const shortest = 64 // lines of PEM
	for from := i; n-from >= shortest && n+1 < len(s.text) && s.text[n] == '\n' && isBase64(s.text[n+1]); {
		for from, n = n+1, n+1; n < len(s.text) && isBase64(s.text[n]); {
			n++
		}
	}
	in := newSearcher(decode(bytes.ReplaceAll(s.text[i:n], []byte("\n"), nil)), s.nested+1)
	in.search()
	for _, f := range in.found {
		f.Encoded = true
		s.add(i, n, f)
	}
	s.more += in.more
	return n
}
