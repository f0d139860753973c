// Package publictext removes from words that others wrote what a report must not show.
package publictext

import (
	"html"
	"strings"

	"negotrace/internal/lazyregexp"
)

var (
	// secretLines and secretWords are what a page may repeat of a request.
	secretLines = lazyregexp.New(`(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)\s*[:=].*`)
	secretWords = lazyregexp.New(`(?i)\b(passw(?:or)?d|pwd|secret|token|api[_-]?key|session\w*|sid)(["']?\s*[:=]\s*["']?)[^\s"',;&<>]+`)
	queries     = lazyregexp.New(`\?\S*=\S*`)
	userinfo    = lazyregexp.New(`://[^\s/@]*@`)
	longWords   = lazyregexp.New(`[A-Za-z0-9+/=_-]{24,}`) // as long as longWord
)

// longWord is how long a word is that may be a token, in characters.
const longWord = 24

// Of returns the words of a server or a program in one line without what may be secret in them: passwords, cookies, tokens, what
// is before the host of a URL, its query.
func Of(text string) string {
	text = html.UnescapeString(strings.ToValidUTF8(text, "?"))
	if !isOneLine(text) {
		text = strings.Join(strings.Fields(text), " ")
	}
	if strings.ContainsAny(text, ":=") { // looked for first: most texts have none of it
		text = secretLines().ReplaceAllString(text, "$1: ...")
		text = secretWords().ReplaceAllString(text, "$1$2...")
	}
	if strings.Contains(text, "://") {
		text = userinfo().ReplaceAllString(text, "://...@")
	}
	if strings.Contains(text, "?") {
		text = queries().ReplaceAllString(text, "?...")
	}
	if !hasLongWord(text) {
		return text
	}
	return longWords().ReplaceAllStringFunc(text, func(word string) string {
		if isEncoded(word) {
			return "..."
		}
		return word
	})
}

// isOneLine reports whether a text is ASCII in one line, with one space between words.
func isOneLine(text string) bool {
	last := byte(' ')
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return last != ' '
}

// hasLongWord reports whether a text has a word that may be among the longWords.
func hasLongWord(text string) bool {
	for len(text) >= longWord {
		space := strings.LastIndexByte(text[:longWord], ' ')
		if space < 0 {
			return true
		}
		text = text[space+1:]
	}
	return false
}

// isEncoded reports whether a long word is base64 or hexadecimal, as tokens, digests and
// identifiers are, rather than a name.
func isEncoded(word string) bool {
	upper, lower, digits, hex := 0, 0, 0, 0
	for _, r := range word {
		switch {
		case '0' <= r && r <= '9':
			digits++
			hex++
		case 'A' <= r && r <= 'Z':
			upper++
		case 'a' <= r && r <= 'z':
			lower++
		}
		if 'a' <= r|0x20 && r|0x20 <= 'f' {
			hex++
		}
	}
	const longestName, ofNTLM, ofSPNEGO = 64, "TlRMTVNTU", "YII"
	if len(word) > longestName || strings.HasPrefix(word, ofNTLM) || strings.HasPrefix(word, ofSPNEGO) {
		return true
	}
	return upper >= 6 && lower >= 6 || digits >= 2 && upper >= 2 && lower >= 2 || digits >= 4 && hex >= len(word)-4
}
