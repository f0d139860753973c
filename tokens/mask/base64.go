package mask

import (
	"encoding/base64"
	"strings"
)

// inBase64 masks the content of a base64 text. Alphabet, padding and white space stay. What cannot
// be decoded becomes letters.
func inBase64(s string, letters func(string) string, read func([]byte) []byte) string {
	body := make([]byte, 0, len(s)) // without the white space
	end, url := len(s), false
scan:
	for i := range len(s) {
		switch c := s[i]; {
		case alnum(c), c == '+', c == '/':
			body = append(body, c)
		case c == '-', c == '_':
			body, url = append(body, standard(c)), true
		case strings.IndexByte(space, c) >= 0:
		default:
			end = i
			break scan
		}
	}
	n := len(body)
	if n%4 == 1 {
		n--
	}
	plain := make([]byte, base64.RawStdEncoding.DecodedLen(n))
	if _, err := base64.RawStdEncoding.Decode(plain, body[:n]); err != nil {
		return letters(s)
	}
	encoding := base64.RawStdEncoding
	if url {
		encoding = base64.RawURLEncoding
	}
	encoding.Encode(body[:n], read(plain))
	out := []byte(s)
	masked := 0
	for i, c := range out[:end] {
		switch {
		case strings.IndexByte(space, c) >= 0:
			continue
		case masked < n:
			out[i] = body[masked]
		default: // one character too many
			out[i] = letters(s[i : i+1])[0]
		}
		masked++
	}
	rest := strings.TrimLeft(s[end:], "=")
	if rest != "" && rest[0] > ' ' && rest[0] < 0x7f { // the character at which base64 ends
		rest = rest[1:]
	}
	copy(out[len(s)-len(rest):], betweenMarks(rest, letters))
	return string(out)
}

// betweenMarks replaces letters, and keeps the marks by which readers know that somebody left out
// the end of a token: "...", "…", "[cut]".
func betweenMarks(s string, letters func(string) string) string {
	const marks = ".…[]<>{}()"
	var b strings.Builder
	for s != "" {
		n := strings.IndexAny(s, marks)
		if n < 0 {
			n = len(s)
		}
		b.WriteString(letters(s[:n]))
		mark := len(s[n:]) - len(strings.TrimLeft(s[n:], marks))
		b.WriteString(s[n : n+mark])
		s = s[n+mark:]
	}
	return b.String()
}

// standard returns a character of the URL alphabet in the standard alphabet.
func standard(c byte) byte {
	switch c {
	case '-':
		return '+'
	case '_':
		return '/'
	}
	return c
}
