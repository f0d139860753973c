package text

import (
	"strings"

	"negotrace/capture/redact/standin"
)

// Words rewrites a text for people where it lies: words that are in every text about logons stay, names
// that are known become their pseudonyms, and all other letters and digits are replaced.
func (t *Texts) Words(b []byte) {
	clearWide(b)
	text := string(b)
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && isLetter(b[end]) {
			end++
		}
		size, address := t.Names.AddressAt(text, at)
		switch {
		case size > 0:
			copy(b[at:], address)
			end = at + size
		case t.mixed(b[at:], end-at):
			end = at + numberEnd(b[at:])
		case end > at:
			t.word(b[at:end], text[:at], text[end:])
		case '0' <= b[at] && b[at] <= '9':
			end = at + rewriteNumber(b[at:])
			if end-at <= 3 && (at > 0 && text[at-1] == 0 || end < len(b) && text[end] == 0) { // in UTF-16
				clearDigits(b[at:end])
			}
		default:
			if end = at + rewriteEscape(b[at:]); end > at {
				break
			}
			end = at + max(punctuation(b[at:]), 1)
			if b[at] >= 0x80 && end == at+1 {
				b[at] = 'x'
			}
		}
		at = end
	}
	t.distinguish(b, text)
}

// mixed rewrites a word of letters and digits: a name, or something in hexadecimal or base64. It
// returns false for all else, and for a usual word with a number behind it. letters is how many
// letters the word begins with.
func (t *Texts) mixed(b []byte, letters int) bool {
	word := b[:numberEnd(b)]
	digits := word[letters:]
	isNumber := strings.Trim(string(digits), "0123456789") == ""
	switch {
	case len(digits) == 0, letters == 0 && (isNumber || isErrorCode(word) || numberRow(b) > 0):
		return false
	case t.Names.Has(string(word)):
		standin.Put(word, t.Names.Word(string(word)))
		return true
	case isNumber && (letters > 1 && len(digits) <= 3 && isVocabulary(string(word[:letters])) || len(word) == 2):
		return false
	}
	filler := byte('x')
	if strings.Trim(string(word), "0123456789abcdefABCDEF") == "" {
		filler = '0'
	}
	t.fillWord(word, filler)
	return true
}

// word rewrites the word b, which stands behind before and in front of after.
func (t *Texts) word(b []byte, before, after string) {
	word := string(b)
	switch {
	case len(word) == 1 && !isLetterAlone(before, word, after):
		b[0] = 'x'
	case isVocabulary(word):
		t.Publish(word)
	case t.Names.Has(word):
		standin.Put(b, t.Names.Word(word))
	default:
		t.fillWord(b, 'x')
	}
}

// keptInWords stay within words, too: a report takes a phrase with one of them for the reason of a refusal.
var keptInWords = []string{"kerberos", "krb", "gss", "spnego", "sspi", "ntlm", "ticket", "keytab", "principal", "clock", "replay", "checksum", "expired", "disabled"}

// fillWord fills a word but for what is kept in words.
func (t *Texts) fillWord(b []byte, filler byte) {
	word := string(b)
	for i := range b {
		b[i] = filler
	}
	for _, kept := range keptInWords {
		if at := strings.Index(strings.ToLower(word), kept); at >= 0 {
			t.Publish(kept)
			copy(b[at:], word[at:at+len(kept)])
		}
	}
}

// isLetterAlone reports whether a letter stays: it is the name of an element, a word, or the end of
// one such as don't. Any other may be one of a name that is written letter by letter, or in UTF-16.
func isLetterAlone(before, letter, after string) bool {
	last, next := byte(' '), byte(' ')
	if before != "" {
		last = before[len(before)-1]
	}
	if after != "" {
		next = after[0]
	}
	switch letter {
	case "a", "A", "I":
		if last == ' ' && next == ' ' && len(after) > 2 && isLetter(after[1]) && isLetter(after[2]) {
			return true
		}
	case "s", "t":
		if last == '\'' && len(before) > 1 && isLetter(before[len(before)-2]) {
			return true
		}
	}
	return (last == '<' || last == '/' && strings.HasSuffix(before, "</")) && (next == '>' || next == ' ' || '1' <= next && next <= '6')
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// punctuation returns the length of the sign that is no letter and that b begins with: a dash, a
// quotation mark or a copyright sign in UTF-8; 0 for all else.
func punctuation(b []byte) int {
	switch {
	case len(b) >= 2 && b[0] == 0xc2 && b[1] >= 0xa0 && b[1] <= 0xbf && b[1] != 0xaa && b[1] != 0xba && b[1] != 0xb5:
		return 2
	case len(b) >= 3 && b[0] == 0xe2 && (b[1] == 0x80 || b[1] == 0x81) && b[2] >= 0x80 && b[2] <= 0xbf:
		return 3
	}
	return 0
}
