package pseudonym

import (
	"slices"
	"strings"
	"unicode/utf8"

	"negotrace/capture/redact/search"
	"negotrace/tokens/mask"
)

// MayReplace reports whether text may be the redacted form of original. It is as long, and each
// word is the same, its pseudonym, or the noise or the row of fillers that replaces what is no name.
// Addresses are the same or their pseudonyms.
func (n *Names) MayReplace(original, text string) bool {
	if len(original) != len(text) {
		return false
	}
	if n.isNoise(original, text) || n.mayReplaceText(original, text) {
		return true
	}
	return strings.Contains(original, "%") && n.mayReplaceEncoded(original, text)
}

// mayReplaceEncoded does that for a text with percent-encoding, in UTF-8 or Latin-1.
func (n *Names) mayReplaceEncoded(original, text string) bool {
	a, forms := percentDecoded(original)
	b, others := percentDecoded(text)
	if !slices.EqualFunc(forms, others, func(a, b string) bool { return len(a) == len(b) }) {
		return false
	}
	if !utf8.ValidString(a) {
		a, b = fromLatin1(a), fromLatin1(b)
	}
	return len(a) == len(b) && n.mayReplaceText(a, b)
}

// mayReplaceText does that for a text of words, as it is written.
func (n *Names) mayReplaceText(original, text string) bool {
	for at := 0; at < len(original); {
		if size, address := n.AddressAt(original, at); size > 0 {
			if got := text[at : at+size]; got != address && got != original[at:at+size] {
				return false
			}
			at += size
			continue
		}
		end := at
		for end < len(original) && isWordByte(original[end]) {
			end++
		}
		isEscape := at > 0 && strings.IndexByte(`%#\{`, original[at-1]) >= 0
		size := tokenLength(original[at:])
		switch o, t := original[at:end], text[at:end]; {
		case size > 0 && at+size != end && n.isNoise(original[at:at+size], text[at:at+size]): // a letter of it may stay by chance
			at += size
		case end == at && text[at] == original[at]:
			at++
		case end > at && (n.mayReplaceWord(o, t) || isEscape && n.mayReplaceEscaped(o, t)):
			at = end
		default:
			return false
		}
	}
	return true
}

// tokenLength returns the length of the token at the beginning of s (RFC 9110 section 5.6.2), which is one word
// where it is an unknown scheme. A dot ends it.
func tokenLength(s string) int {
	const signs = "!#$%&'*+-^_`|~"
	n := 0
	for n < len(s) && (isAlphanumeric(s[n]) || strings.IndexByte(signs, s[n]) >= 0) {
		n++
	}
	return n
}

// mayReplaceWord reports what MayReplace does, for a word.
func (n *Names) mayReplaceWord(original, word string) bool {
	switch {
	case isFilled(original, word), isFiller(word):
		return true
	case n.Has(original) && word == n.Word(original), len(original) == len(word) && word == n.urlWord(original):
		return true
	}
	return len(original) == len(word) && (word == n.OpaqueText(original) || n.isNoise(original, word) || n.mayReplaceParts(original, word) || isDamagedAlike(original, word))
}

// mayReplaceEscaped does that for the code of a character, without the sign in front of it, and a word behind it. The
// code of a letter has become that of a filler.
func (n *Names) mayReplaceEscaped(original, word string) bool {
	const longest = 9
	for end := 1; end <= min(len(original), len(word), longest); end++ {
		code := word[:end]
		if code != original[:end] && !slices.Contains(fillerCodes, strings.TrimLeft(code, "ux0")) {
			continue
		}
		if end == len(original) || n.mayReplaceWord(original[end:], word[end:]) {
			return true
		}
	}
	return false
}

// fillerCodes are the codes of fillers, in hexadecimal and decimal: x or 0, and what is longer in UTF-8.
var fillerCodes = []string{"", "78", "120", "48", "2d0", "720", "3007", "12295"}

// isFilled reports whether each byte of a word is that of the original or replaces it: parts of a word may stay.
func isFilled(original, word string) bool {
	for i := range len(word) {
		if c := word[i]; len(original) != len(word) || c != original[i] && c != 'x' && c != '0' {
			return false
		}
	}
	return true
}

// isFiller reports whether a word is what replaces one that is no name. A number may be at its end.
func isFiller(word string) bool {
	const row, number = 3, 2
	if strings.Trim(word, "xX0\u02d0\u3007") == "" {
		return true
	}
	at := len(word) - number
	return at >= row && strings.Trim(word[:at], word[:1]) == "" &&
		(word[0] == 'x' && strings.Trim(word[at:], consonants) == "" || word[0] == '0' && search.IsNumber(word[at:]))
}

// isDamagedAlike reports whether two words had bytes that are no UTF-8 at the same places: which of them
// they were is not known any more.
func isDamagedAlike(a, b string) bool {
	const damaged = "\ufffd"
	x, y := strings.Split(a, damaged), strings.Split(b, damaged)
	return len(x) > 1 && slices.EqualFunc(x, y, func(a, b string) bool { return len(a) == len(b) })
}

// isNoise reports whether text is the noise for a value of a token: a nonce of Digest, the identifier
// of a client, an unknown scheme.
func (n *Names) isNoise(original, text string) bool {
	number, known := n.opaque[opaqueKey([]byte(original))]
	return known && number > 0 && text == mask.Letters(original, n.Opaque([]byte(original)))
}

// mayReplaceParts reports whether each part of a word, of letters and digits, may stand for that
// of the original.
func (n *Names) mayReplaceParts(original, word string) bool {
	isBetween := func(c rune) bool { return c == '-' || c == '_' }
	a, b := strings.FieldsFunc(original, isBetween), strings.FieldsFunc(word, isBetween)
	if len(a) < 2 || len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !isFiller(b[i]) && !(n.Has(a[i]) && b[i] == n.Word(a[i])) {
			return false
		}
	}
	return true
}
