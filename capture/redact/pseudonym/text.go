package pseudonym

import (
	"iter"
	"strings"
	"unicode/utf8"

	"negotrace/capture/redact/search"
)

// isWordByte reports whether a byte is part of a word. All others are separators, and are kept.
func isWordByte(c byte) bool { return search.IsWordByte(c) }

// words yields the words of a text.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for start := 0; start < len(text); {
			end := start
			for end < len(text) && isWordByte(text[end]) {
				end++
			}
			if end > start && !yield(text[start:end]) {
				return
			}
			start = end + 1
		}
	}
}

// Text returns a name with each of its words replaced, and addresses replaced as such: a
// host's name, DOMAIN\user, user@REALM, service/host@REALM, a realm. Short name and FQDN,
// NetBIOS domain and realm stay related, since each label is a word of its own.
func (n *Names) Text(text string) string { return n.replaceWords(text, n.Word) }

// replaceWords does what Text does, with what a function makes of words.
func (n *Names) replaceWords(text string, word func(string) string) string {
	if !utf8.ValidString(text) {
		return n.codePageText(text)
	}
	return n.eachWord(text, word)
}

// eachWord replaces addresses, and what a function makes of words.
func (n *Names) eachWord(text string, word func(string) string) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		if size, address := n.AddressAt(text, at); size > 0 {
			b.WriteString(address)
			at += size
			continue
		}
		end := at
		for end < len(text) && isWordByte(text[end]) {
			end++
		}
		if end == at {
			b.WriteByte(text[at])
			at++
			continue
		}
		b.WriteString(word(text[at:end]))
		at = end
	}
	return b.String()
}

// codePageText replaces the words of a text in a code page, which is taken for Latin-1. Where a word
// becomes letters of other lengths, bytes that are not ASCII become x.
func (n *Names) codePageText(text string) string {
	replaced := []rune(n.Text(fromLatin1(text)))
	if len(replaced) != len(text) {
		return n.Text(inASCII(text))
	}
	narrow := make([]byte, len(text))
	for i, r := range replaced {
		if r > 0xff {
			r = 'x'
		}
		narrow[i] = byte(r)
	}
	return string(narrow)
}

// inASCII returns a text with x for each byte that is not ASCII.
func inASCII(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= utf8.RuneSelf {
			b[i] = 'x'
		}
	}
	return string(b)
}

// fromLatin1 returns a text of Latin-1 in UTF-8.
func fromLatin1(text string) string {
	wide := make([]rune, len(text))
	for i := range len(text) {
		wide[i] = rune(text[i])
	}
	return string(wide)
}

// Host returns the pseudonym of host or host:port. The port stays.
func (n *Names) Host(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && search.IsNumber(host[i+1:]) && len(host)-i <= 6 &&
		(strings.Count(host, ":") == 1 || strings.HasSuffix(host[:i], "]")) {
		return n.Text(host[:i]) + host[i:]
	}
	return n.Text(host)
}

// Has reports whether a word has a pseudonym already.
func (n *Names) Has(word string) bool {
	return n.words.find(lower(word)) >= 0
}

// KnownOrNoise returns a text in which addresses and words that already have a pseudonym are
// replaced as Text does it; all other words become noise.
func (n *Names) KnownOrNoise(text string) string {
	return n.eachWord(text, func(word string) string {
		if n.Has(word) || n.kept(word) {
			return n.Word(word)
		}
		return n.OpaqueText(word)
	})
}
