package checks

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxQuote is how much of a text of others a finding repeats, in bytes.
const maxQuote = 160

// quoted returns the beginning of a text in quotation marks, its white space reduced to
// single spaces and everything escaped that is not printable.
func quoted(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxQuote {
		cut := maxQuote
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "..."
	}
	return strconv.Quote(text)
}
