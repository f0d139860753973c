package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Printable returns s with everything escaped that steers a terminal or that a reader cannot see:
// control characters, invalid UTF-8, format characters (which change the direction of text), and
// heaps of combining marks.
func Printable(s string) string {
	if plainASCII(s) {
		return s // as nearly all comes
	}
	var b strings.Builder
	marks := 0
	for i, n := 0, 0; i < len(s); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && n == 1, r < utf8.RuneSelf && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r > 0xFFFF && !visible(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case marks > 2 || !visible(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[i : i+n])
		}
	}
	return b.String()
}

// visible reports whether a character leaves a mark. Some letters and marks do not: fillers of Hangul,
// vowels of Khmer that are inherent, the joiner of graphemes, variation selectors, and the empty
// cell of Braille.
func visible(r rune) bool {
	return unicode.IsPrint(r) && r != 0x2800 &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// plainASCII reports whether s is of printable ASCII only, each character a column wide.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// reflow joins the lines of a text that its author broke.
func reflow(s string) string { return strings.Join(strings.Fields(s), " ") }

// wrap breaks s into lines of at most width columns, escaped. It breaks at spaces. A word that is
// too long for a line is broken where its syntax allows; elsewhere its middle is left out.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	width = max(width, 1) // beside a label as wide as the page
	for _, word := range strings.Split(elide(Printable(s), 30*width), " ") {
		n := columns(word)
		if used > 0 && used+1+n <= width {
			line, used = line+" "+word, used+1+n
			continue
		}
		switch {
		case used > 0 && used < 3: // an arrow or a bullet does not stand alone
			word = line + " " + word
		case used > 0:
			lines = append(lines, line)
		}
		pieces := split(word, width)
		last := len(pieces) - 1
		lines = append(lines, pieces[:last]...)
		line, used = pieces[last], columns(pieces[last])
	}
	return append(lines, line)
}

// Where a long word may be broken, best first: before an @ or a dot, after the rest.
const (
	breakBefore = "@."
	breakAfter  = `,;:/\=&?-_`
	breaks      = "@,;:./" + `\=&?-_`
)

// split breaks a word into pieces of at most width columns.
func split(word string, width int) []string {
	if columns(word) <= width {
		return []string{word}
	}
	fits := len(head(word, width))
	for i := range breaks {
		at := strings.LastIndexByte(word[:fits], breaks[i])
		if strings.IndexByte(breakAfter, breaks[i]) >= 0 {
			at++
		}
		if at > fits/3 {
			return append([]string{word[:at]}, split(word[at:], width)...)
		}
	}
	next := strings.IndexAny(word[fits:], breakBefore+breakAfter)
	if next < 0 {
		return []string{elide(word, width)}
	}
	next += fits
	if strings.IndexByte(breakBefore, word[next]) < 0 {
		next++
	}
	return append([]string{elide(word[:next], width)}, split(word[next:], width)...)
}

// elide returns s in at most width columns, with the middle left out if need be.
func elide(s string, width int) string {
	const dots = "..."
	if columns(s) <= width {
		return s
	}
	front := head(s, (width-len(dots)+1)/2)
	return front + dots + tail(s, width-len(dots)-columns(front))
}

// columns counts the columns of a terminal that s takes. Runes are counted one by
// one, as tablewriter does and most terminals do.
func columns(s string) int {
	if plainASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += displaywidth.Rune(r)
	}
	return n
}

// head returns as much of the front of s as fits into width columns.
func head(s string, width int) string {
	for i, r := range s {
		if width -= displaywidth.Rune(r); width < 0 {
			return s[:i]
		}
	}
	return s
}

// tail returns as much of the back of s as fits into width columns.
func tail(s string, width int) string {
	excess := columns(s) - width
	for i, r := range s {
		if excess <= 0 {
			return s[i:]
		}
		excess -= displaywidth.Rune(r)
	}
	return ""
}
