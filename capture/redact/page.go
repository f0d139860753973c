package redact

import (
	"bytes"
	"strings"
)

// words rewrites a text for people: words that are in every text about logons stay, names
// that are known become their pseudonyms, and all other letters and digits are replaced.
func (r *Redactor) words(b []byte) {
	text := string(b)
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && isLetter(b[end]) {
			end++
		}
		size, address := r.names.AddressAt(text, at)
		switch {
		case size > 0:
			copy(b[at:], address)
			end = at + size
		case end > at:
			r.word(b[at:end], text[end:])
		case '0' <= b[at] && b[at] <= '9':
			end = at + rewriteNumber(b[at:])
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
}

// word rewrites the word b, which the text after follows.
func (r *Redactor) word(b []byte, after string) {
	word := string(b)
	isInitial := len(word) == 1 && strings.HasPrefix(after, ".")
	switch {
	case isVocabulary(word) && !isInitial:
		r.publish(word)
	case r.names.Has(word):
		put(b, r.names.Word(word))
	default:
		letters.fill(b, 0)
	}
}

// rewriteEscape rewrites a character that is encoded, in HTML, a URL or JavaScript, and returns how
// long that is; 0 if there is none.
func rewriteEscape(b []byte) int {
	head, most := 0, 8
	switch lower := strings.ToLower(string(b[:min(len(b), 3)])); {
	case strings.HasPrefix(lower, "%"):
		head, most = 1, 2
	case strings.HasPrefix(lower, "&#x"):
		head = 3
	case strings.HasPrefix(lower, "&#"):
		head = 2
	case strings.HasPrefix(lower, `\u`), strings.HasPrefix(lower, `\x`):
		head, most = 2, 4
	default:
		return 0
	}
	end := head
	for end < len(b) && end < head+most && isHexDigit(b[end]) {
		end++
	}
	if end == head {
		return 0
	}
	for i := head; i < end; i++ {
		b[i] = '0'
	}
	return end
}

func isHexDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// rewriteNumber rewrites a number and returns where it ends. A status stays, and so does an error
// code of a library. A row of numbers may be an address, or the codes of characters: it is
// replaced.
func rewriteNumber(b []byte) int {
	if end := numberRow(b); end > 0 {
		for i, c := range b[:end] {
			if '0' <= c && c <= '9' {
				b[i] = '0'
			}
		}
		return end
	}
	end := 0
	for end < len(b) && ('0' <= b[end] && b[end] <= '9' || isLetter(b[end])) {
		end++
	}
	word := b[:end]
	isCode := len(word) == 10 && bytes.HasPrefix(bytes.ToLower(word), []byte("0x8")) || bytes.HasPrefix(bytes.ToLower(word), []byte("0xc0"))
	if len(word) <= 3 || isCode {
		return end
	}
	for i, c := range word {
		if '0' <= c && c <= '9' {
			word[i] = '0'
		} else {
			word[i] = 'x'
		}
	}
	return end
}

// numberRow returns how long a row of at least three numbers is, with a sign between them; 0 if there
// is none.
func numberRow(b []byte) (end int) {
	const least = 3
	for count, at := 0, 0; ; {
		from := at
		for at < len(b) && '0' <= b[at] && b[at] <= '9' {
			at++
		}
		if at == from {
			break
		}
		if count++; count >= least {
			end = at
		}
		if at == len(b) || bytes.IndexByte([]byte("-._,:"), b[at]) < 0 {
			break
		}
		if at++; b[at-1] == ',' && at < len(b) && b[at] == ' ' {
			at++
		}
	}
	return end
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
