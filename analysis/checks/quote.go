package checks

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxQuote is how many bytes of another's text a finding quotes.
const maxQuote = 160

// quoted returns the beginning of a text in quotation marks, with white space reduced to single
// spaces and unprintable characters escaped.
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
