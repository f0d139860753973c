package mask

import (
	"encoding/base64"
	"strings"
)

// inBase64 masks what a base64 text holds, in the alphabet and with the padding and the white
// space that it has. What cannot be decoded becomes letters.
func inBase64(s string, letters func(string) string, read func([]byte) []byte) string {
	var at []int // where the characters of base64 are
	end, url := len(s), false
scan:
	for i := range len(s) {
		switch c := s[i]; {
		case alnum(c), c == '+', c == '/':
			at = append(at, i)
		case c == '-', c == '_':
			at, url = append(at, i), true
		case strings.IndexByte(space, c) >= 0:
		default:
			end = i
			break scan
		}
	}
	n := len(at)
	if n%4 == 1 {
		n--
	}
	body := make([]byte, n)
	for i, j := range at[:n] {
		body[i] = standard(s[j])
	}
	plain := make([]byte, base64.RawStdEncoding.DecodedLen(n))
	if _, err := base64.RawStdEncoding.Decode(plain, body); err != nil {
		return letters(s)
	}
	encoding := base64.RawStdEncoding
	if url {
		encoding = base64.RawURLEncoding
	}
	encoding.Encode(body, read(plain))
	out := []byte(s)
	for i, j := range at[:n] {
		out[j] = body[i]
	}
	for _, j := range at[n:] { // one that is too many
		out[j] = letters(s[j : j+1])[0]
	}
	rest := strings.TrimLeft(s[end:], "=")
	if rest != "" && rest[0] > ' ' && rest[0] < 0x7f { // what makes it no base64
		rest = rest[1:]
	}
	copy(out[len(s)-len(rest):], letters(rest))
	return string(out)
}

// standard returns a character of the URL's alphabet in the standard one.
func standard(c byte) byte {
	switch c {
	case '-':
		return '+'
	case '_':
		return '/'
	}
	return c
}
