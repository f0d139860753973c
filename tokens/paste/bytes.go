package paste

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// leastBytes is the smallest number of bytes in a row that is searched. The shortest token, a
// negTokenResp that only refuses, has nine.
const leastBytes = 9

// hex finds bytes in hex without offsets: in one piece, separated by spaces, colons or commas,
// with 0x or \x before each, or as an array in a program.
func (s *searcher) hex() {
	for i := 0; i < len(s.text); i++ {
		if i > 0 && isAlnum(s.text[i-1]) && s.text[i-1] != 'x' {
			continue
		}
		b, end := readHex(s.text, i)
		if len(b) >= leastBytes {
			s.addBytes(i, end, withoutLead(b))
		}
		i = max(i, end-1)
	}
}

// withoutLead returns b from the first token on, if one begins among the first bytes. The digits
// of a time or a length may come before it.
func withoutLead(b []byte) []byte {
	const most = 16
	for i := range min(most, len(b)) {
		if beginsToken(b[i:]) {
			return b[i:]
		}
	}
	return b
}

// readHex reads pairs of hex digits from i on, and returns them with the offset after the last.
func readHex(text []byte, i int) (b []byte, end int) {
	end = i
	for i < len(text) && len(b) < maxValue {
		prefix := hexPrefix(text[i:])
		i += prefix
		var c [1]byte
		if prefix > 0 && oneDigit(text[i:]) { // Go prints 0x5 for 0x05
			n, _ := strconv.ParseUint(string(text[i:i+1]), 16, 8)
			b = append(b, byte(n))
			i++
			end = i
			i += hexGap(text[i:])
			continue
		}
		if i+2 > len(text) {
			break
		}
		if _, err := hex.Decode(c[:], text[i:i+2]); err != nil {
			break
		}
		b = append(b, c[0])
		i += 2
		end = i
		i += hexGap(text[i:])
	}
	return b, end
}

// oneDigit reports whether text begins with a number of one hex digit.
func oneDigit(text []byte) bool {
	return len(text) > 1 && isHex(text[0]) && !isAlnum(text[1])
}

func hexPrefix(text []byte) int {
	for _, p := range []string{`\x`, "0x", "0X", `\0x`} {
		if bytes.HasPrefix(text, []byte(p)) {
			return len(p)
		}
	}
	return 0
}

// hexGap returns the length of the separator of two bytes at the beginning of text, which may be a
// comment in C.
func hexGap(text []byte) int {
	const most = 120
	n := 0
	for n < len(text) && n < most {
		switch {
		case strings.IndexByte(" \t\n:,;-_\"'+\\{}[]()&^`>|", text[n]) >= 0:
			if text[n] == '\\' && n+1 < len(text) && text[n+1] == 'x' {
				return n
			}
			n++
		case bytes.HasPrefix(text[n:], []byte("/*")):
			end := bytes.Index(text[n:min(len(text), n+most)], []byte("*/"))
			if end < 0 {
				return n
			}
			n += end + 2
		default:
			return n
		}
	}
	return n
}

// decimals finds bytes that are written as decimal numbers, as in arrays of JSON, Java and
// PowerShell.
func (s *searcher) decimals() {
	for i := 0; i < len(s.text); i++ {
		if !isDigit(s.text, i) || i > 0 && (isAlnum(s.text[i-1]) || s.text[i-1] == '.') {
			continue
		}
		b, end := readDecimals(s.text, i)
		if len(b) >= leastBytes {
			s.addBytes(i, end, b)
		}
		i = max(i, end-1)
	}
}

// isDigit reports whether a decimal number begins at i.
func isDigit(text []byte, i int) bool {
	if text[i] == '-' && i+1 < len(text) {
		i++
	}
	return text[i] >= '0' && text[i] <= '9'
}

// readDecimals reads numbers from -128 to 255, separated by commas or white space.
func readDecimals(text []byte, i int) (b []byte, end int) {
	end = i
	for i < len(text) && len(b) < maxValue && isDigit(text, i) {
		n := i + 1
		for n < len(text) && n < i+5 && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		v, err := strconv.Atoi(string(text[i:n]))
		if err != nil || v < -128 || v > 255 {
			break
		}
		b, end, i = append(b, byte(v)), n, n
		for i < len(text) && strings.IndexByte(" \t\n,", text[i]) >= 0 {
			i++
		}
		if i == end {
			break
		}
	}
	return b, end
}

// literals finds strings of a program with escaped bytes, as Python prints bytes:
// b'NTLMSSP\x00\x01\x00'.
func (s *searcher) literals() {
	const escapes = 3 // any text may have fewer
	for i := 0; i < len(s.text); i++ {
		switch q := s.text[i]; q {
		case '\\':
			i++
		case '"', '\'':
			end := closing(s.text, i+1, q)
			if end < 0 {
				continue
			}
			inside := s.text[i+1 : end]
			if bytes.Count(inside, []byte(`\x`)) < escapes || !s.addBytes(i, end+1, unescape(inside)) {
				continue
			}
			i = end
		}
	}
}

// closing returns the offset of the next quote q from i on in the same line; -1 if there is none,
// or only far away.
func closing(text []byte, i int, q byte) int {
	if q == 0 {
		return -1
	}
	for n := i; n < len(text) && n < i+maxValue && text[n] != '\n'; n++ {
		switch text[n] {
		case '\\':
			n++
		case q:
			return n
		}
	}
	return -1
}

// unescape resolves the backslash escapes of C, JSON and Python.
func unescape(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		n := 0
		switch text[i] {
		case 'x':
			n = 2
		case 'u':
			n = 4
		}
		if n > 0 && i+n < len(text) {
			if v, err := strconv.ParseUint(string(text[i+1:i+1+n]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += n
				continue
			}
		}
		out = append(out, escaped(text[i]))
	}
	return out
}

// escaped returns the character for a backslash followed by c.
func escaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '0':
		return 0
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	}
	return c
}
