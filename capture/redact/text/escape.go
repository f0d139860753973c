package text

import (
	"bytes"
	"strconv"
	"strings"
)

// An escape is the way in which a character is encoded, in HTML, a URL or JavaScript.
type escape struct {
	begins string
	base   int
	most   int // digits
}

var escapes = []escape{{"&#x", 16, 8}, {"&#", 10, 8}, {`\u{`, 16, 6}, {`\u`, 16, 4}, {`\x`, 16, 2}, {"%", 16, 2}}

// cutEscape returns the digits of the escape that b begins with, and where they begin. A percent sign may be encoded
// itself, several times.
func cutEscape(b []byte) (e escape, from int, digits []byte) {
	lower := strings.ToLower(string(b[:min(len(b), 3)]))
	for _, e = range escapes {
		if !strings.HasPrefix(lower, e.begins) {
			continue
		}
		from = len(e.begins)
		for e.begins == "%" && len(b) >= from+4 && b[from] == '2' && b[from+1] == '5' && isHexDigit(b[from+2]) && isHexDigit(b[from+3]) {
			from += len("25")
		}
		digits = b[from:]
		n := 0
		for n < len(digits) && n < e.most && isHexDigit(digits[n]) && (e.base == 16 || digits[n] <= '9') {
			n++
		}
		return e, from, digits[:n]
	}
	return e, 0, nil
}

// escapeLen returns how long the escape is that b begins with; 0 if there is none.
func escapeLen(b []byte) int {
	_, from, digits := cutEscape(b)
	if len(digits) == 0 {
		return 0
	}
	end := from + len(digits)
	return end + len(b[end:]) - len(bytes.TrimPrefix(b[end:], []byte(";")))
}

// rewriteEscape rewrites a character that is encoded and returns how long that is; 0 if there is
// none. Letters and digits become others that are as long in UTF-8, signs stay.
func rewriteEscape(b []byte) int {
	e, from, digits := cutEscape(b)
	if len(digits) == 0 {
		return 0
	}
	end := from + len(digits)
	code, err := strconv.ParseUint(string(digits), e.base, 32)
	becomes := uint64('x')
	switch c := rune(code); {
	case err != nil || e.begins == "%" && code >= 0x80:
		becomes = 0
	case code < 0x80 && !isLetter(byte(code)) && (code < '0' || code > '9') || code >= 0x80 && punctuation([]byte(string(c))) > 0:
		return end
	case code >= 0x800:
		becomes = filler3
	case code >= 0x80:
		becomes = filler2
	}
	text := strconv.FormatUint(becomes, e.base)
	if len(text) > len(digits) { // a code of two digits in decimal
		text = "48"
	}
	if len(text) > len(digits) {
		text = ""
	}
	copy(digits, strings.Repeat("0", len(digits)-len(text))+text)
	return end
}

// These take the place of encoded letters that are two or three bytes long in UTF-8.
const (
	filler2 = 0x2d0  // a mark of length
	filler3 = 0x3007 // an ideographic zero
)

func isHexDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
