package text

import "strings"

// codeRow returns how long a row of characters is that are written one by one, or as numbers: at least two of two
// hexadecimal digits behind "=", as in the quoted-printable encoding (RFC 2045 section 6.7), or five letters or numbers
// with signs between them; 0 if there is none.
func codeRow(s string) int {
	const leastQuoted = 2
	end, count := 0, 0
	for ; len(s) >= end+3 && s[end] == '=' && isHexDigit(s[end+1]) && isHexDigit(s[end+2]); count++ {
		end += 3
	}
	if count >= leastQuoted {
		return end
	}
	return max(letterRow(s), numberCodeRow(s))
}

// leastCodes is how many characters a row of them has, leastDotted if they could be a version.
const leastCodes, leastDotted = 5, 6

// letterRow returns how long a row of single letters is.
func letterRow(s string) (end int) {
	for at, count := 0, 0; ; {
		if at >= len(s) || !isLetter(s[at]) || at+1 < len(s) && isAlphanumeric(s[at+1]) {
			return end
		}
		at++
		if count++; count >= leastCodes {
			end = at
		}
		const longest = 3
		from := at
		for at < len(s) && !isAlphanumeric(s[at]) {
			at++
		}
		if at-from > longest {
			return end
		}
	}
}

// numberCodeRow returns how long a row of numbers is, with the same signs between them.
func numberCodeRow(s string) int {
	const longest = 3
	end := codeLen(s)
	if end == 0 {
		return 0
	}
	size := 1
	for size <= longest && codeLen(s[min(end+size, len(s)):]) == 0 {
		size++
	}
	if size > longest {
		return 0
	}
	sign, count, least := s[end:end+size], 1, leastCodes
	if sign == "." {
		least = leastDotted
	}
	for strings.HasPrefix(s[end:], sign) {
		n := codeLen(s[end+size:])
		if n == 0 {
			break
		}
		end += size + n
		count++
	}
	if count < least {
		return 0
	}
	return end
}

// codePrefixes are in front of hexadecimal numbers.
var codePrefixes = []string{"0x", "u+", "u", "x"}

// codeLen returns how long the number of a character is that s begins with, in bits or of two to five digits; 0 if there
// is none.
func codeLen(s string) int {
	const least, most, bits = 2, 5, 8
	from := 0
	for _, p := range codePrefixes {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			from = len(p)
			break
		}
	}
	end := from
	for end < len(s) && isHexDigit(s[end]) {
		end++
	}
	size := end - from
	if end < len(s) && isAlphanumeric(s[end]) || size < least || size > most && (size != bits || strings.Trim(s[from:end], "01") != "") {
		return 0
	}
	return end
}

// hasCodes reports whether a text has a row of codes.
func hasCodes(s string) bool {
	for at := range len(s) {
		if (at == 0 || !isAlphanumeric(s[at-1])) && codeRow(s[at:]) > 0 {
			return true
		}
	}
	return false
}

// clearWide replaces what is not ASCII in a text in UTF-16, in which the bytes of other characters may look like signs and
// digits: every second byte of it is a control character. In a text that is mostly ASCII that is a zero.
func clearWide(b []byte) {
	zeros := [2]int{}
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	if high := max(zeros[0], zeros[1]); high*4 >= len(b) && high > 0 {
		clearUnits(b, zeros[1] >= zeros[0])
		return
	}
	const row = 3
	for from := range b {
		if from >= 2 && isControl(b[from-2]) {
			continue
		}
		count := 0
		for at := from; at < len(b) && isControl(b[at]); at += 2 {
			count++
		}
		if count < row {
			continue
		}
		for at := from; at < from+2*count; at += 2 {
			for _, beside := range []int{at - 1, at + 1} {
				if b[at] != 0 && beside >= 0 && beside < len(b) && b[beside] >= ' ' {
					b[beside] = 'x'
				}
			}
		}
	}
}

// clearUnits replaces the units of UTF-16 that are not ASCII, of either byte order.
func clearUnits(b []byte, littleEndian bool) {
	low, high := 1, 0
	if littleEndian {
		low, high = 0, 1
	}
	const markLow, markHigh = 0xff, 0xfe // a byte order mark
	for at := 0; at+2 <= len(b); at += 2 {
		isMark := at == 0 && b[low]|b[high] == markLow && min(b[low], b[high]) == markHigh
		if b[at+high] != 0 && !isMark {
			b[at+low], b[at+high] = 'x', 0
		}
	}
}

// isControl reports whether a byte is a control character, and no end of a line.
func isControl(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }
