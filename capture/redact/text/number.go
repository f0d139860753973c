package text

import (
	"bytes"
	"strings"
)

// rewriteNumber rewrites a number and returns where it ends. A status stays, and so does an error
// code of a library. A row of numbers may be an address, or the codes of characters: it is
// replaced.
func rewriteNumber(b []byte) int {
	if end := numberRow(b); end > 0 {
		for at, count := 0, 0; at < end; count++ {
			n := rowNumber(b[at:], count)
			clearDigits(b[at : at+n])
			at += n
			rewriteEscape(b[at:end])
			at += rowSign(b[at:], rowSpaces)
		}
		return end
	}
	word := b[:numberEnd(b)]
	if isStatus := len(word) <= 3 && len(bytes.Trim(word, "0123456789")) == 0; !isStatus && !isErrorCode(word) {
		clearDigits(word)
	}
	return len(word)
}

// rowSpaces are the signs between the numbers of a long row.
const rowSpaces = " ,"

// isErrorCode reports whether a word is the number of an error of Windows, or of Kerberos: a longer one is a secret, or
// a word that only begins so.
func isErrorCode(word []byte) bool {
	const ofWindows, ofKerberos = len("0x80090308"), len("0x7")
	lower := bytes.ToLower(word)
	digits, isHex := bytes.CutPrefix(lower, []byte("0x"))
	if !isHex || len(bytes.Trim(digits, "0123456789abcdef")) > 0 {
		return false
	}
	return len(word) == ofWindows && (digits[0] == '8' || bytes.HasPrefix(digits, []byte("c0"))) || len(word) == ofKerberos
}

// clearDigits makes zeros of digits, also those of hexadecimal numbers.
func clearDigits(b []byte) {
	for i, c := range b {
		if '0' <= c && c <= '9' || isLetter(c) {
			b[i] = '0'
		}
	}
}

// numberEnd returns where the number ends that b begins with, and letters in it and behind it.
func numberEnd(b []byte) (end int) {
	for end < len(b) && ('0' <= b[end] && b[end] <= '9' || isLetter(b[end])) {
		end++
	}
	return end
}

// numberRow returns how long a row of at least three numbers is, with signs between them, or of at
// least five with spaces; 0 if there is none.
func numberRow(b []byte) (end int) {
	for _, row := range []struct {
		least  int
		spaces string
	}{{3, ""}, {5, rowSpaces}} {
		for count, at := 0, 0; ; {
			size := rowNumber(b[at:], count)
			if size == 0 {
				break
			}
			at += size
			if count++; count >= row.least {
				end = max(end, at)
			}
			size = rowSign(b[at:], row.spaces)
			if size == 0 {
				break
			}
			at += size
		}
	}
	return end
}

// rowNumber returns the length of a number of a row: decimal at its beginning, later also
// hexadecimal.
func rowNumber(b []byte, before int) (n int) {
	const most = 4
	for n < len(b) && ('0' <= b[n] && b[n] <= '9' || before > 0 && n < most && isHexDigit(b[n])) {
		n++
	}
	if before > 0 && n < len(b) && isLetter(b[n]) { // a word that begins so
		return 0
	}
	return n
}

// rowSign returns the length of what is between two numbers of a row; 0 if they are of none. Programs
// write a dot in many ways.
func rowSign(b []byte, spaces string) int {
	if n := escapeLen(b); n > 0 {
		return n
	}
	text := string(b[:min(len(b), 16)])
	for _, sign := range []string{"&period;", "&colon;", "[.]", "(.)", "[:]", " . ", ". ", " .", "\\.", "<b>.</b>", "<wbr>.", ".<wbr>", ", ", "}{", "][", ")("} {
		if strings.HasPrefix(text, sign) {
			return len(sign)
		}
	}
	if text != "" && strings.IndexByte("-._,:/=\\|;+*~"+spaces, text[0]) >= 0 {
		return 1
	}
	return 0
}
