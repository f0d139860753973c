package pseudonym

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"negotrace/capture/redact/search"
)

// Word returns the pseudonym of one word: a label of a host's name, a user, a workstation, a
// segment of a path. It is as long in bytes and in units of UTF-16, and its letters have the
// case that those of the word have, but in base64: there the case says much of what is encoded.
// Words of protocols stay.
func (n *Names) Word(word string) string {
	key := lower(word)
	if key == "" || n.keep[key] || isProtocolWord(key) {
		return word
	}
	if len(word) > maxWord || isEncodedObject(word) {
		return n.OpaqueText(word)
	}
	p := n.word(key)
	if word != key && word[1:] != key[1:] && word != strings.ToUpper(word) {
		n.words.spell(key, word)
	}
	if isMixed(word) && search.IsASCII(word) {
		noise := n.noiseSource([]byte(word))
		return upperASCII(p, func(int) bool { return noise.Uint64()>>63 == 0 })
	}
	return withCaseOf(p, word)
}

// isEncodedObject reports whether a word is an object of JSON in base64, as a part of a JSON Web Token is. The
// beginning of it is that of all others.
func isEncodedObject(word string) bool { return strings.HasPrefix(word, "eyJ") && isMixed(word) }

// lower returns a word in lower case, as long as it is: letters whose lower case has another
// length stay, and so do bytes that are no UTF-8.
func lower(word string) string {
	if search.IsASCII(word) {
		return strings.ToLower(word)
	}
	var b strings.Builder
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		if l := unicode.ToLower(r); utf8.RuneLen(l) == size && (r != utf8.RuneError || size > 1) {
			b.WriteRune(l)
		} else {
			b.WriteString(word[i : i+size])
		}
		i += size
	}
	return b.String()
}

// maxNetBIOSName is the longest name of NetBIOS (MS-NBTE 2.2.1): that of a host with a longer
// name is the beginning of it.
const maxNetBIOSName = 15

// word returns the pseudonym of a word in lower case.
func (n *Names) word(key string) string {
	if i := n.words.find(key); i >= 0 {
		return string(n.words.pseudonym(i))
	}
	if n.words.isFull(key) {
		n.Full++
		return kthPseudonym(key, "", 0)
	}
	head := ""
	if len(key) > maxNetBIOSName && search.IsASCII(key) && !search.IsNumber(key) {
		head = n.word(key[:maxNetBIOSName])
	}
	p := n.unused(key, head)
	n.words.add(key, p)
	return p
}

// unused returns a pseudonym that nothing has, and that is no name that was seen. Which one is left
// to chance: in a row of them a gap would show that a name is what it would have become. Where
// there are hardly any left, it is given as fromRow gives it.
func (n *Names) unused(key, head string) string {
	for range maxDraws {
		p := kthPseudonym(key[len(head):], head, n.random.Uint64())
		if p != key && n.isFree(p) && n.words.find(p) < 0 {
			return p
		}
	}
	return n.fromRow(key, head)
}

// maxDraws is how many pseudonyms are drawn before few are thought to be left.
const maxDraws = 8

// charactersOf returns the form of a word: how long each character is, or that it is a number.
func charactersOf(word string) string {
	kind := byte('a')
	if search.IsNumber(word) {
		kind = '0'
	}
	b := []byte{kind}
	for i, r := range word {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError && !strings.HasPrefix(word[i:], "\uFFFD") {
			size = 1
		}
		b = append(b, byte('0'+size))
	}
	return string(b)
}

// consonants are the letters of pseudonyms. Without vowels they look like no name.
const consonants = "bcdfghjklmnpqrstvwxz"

// A form is which pseudonyms words of one shape may have.
type form struct {
	characters string // see charactersOf, without the kind
	alphabet   string
	fixed      int // characters in front that are always the same
	digits     int // characters that differ freely, the others repeat them
	space      uint64
}

// formOf returns the form of pseudonyms for words like this one, after a beginning.
func formOf(word, head string) form {
	all := charactersOf(word)
	f := form{characters: all[1:], alphabet: consonants, space: 1}
	if all[0] == '0' {
		f.alphabet = "0123456789"
	}
	if head == "" && all[0] == 'a' && len(f.characters) >= 3 && f.characters[0] == '1' {
		f.fixed = 1 // an x in front
	}
	f.digits = min(len(f.characters)-f.fixed, maxFreeCharacters)
	for range f.digits {
		f.space *= uint64(len(f.alphabet))
	}
	return f
}

// pseudonymsLike returns how many pseudonyms there are for words like this one, after a beginning.
func pseudonymsLike(word, head string) uint64 { return formOf(word, head).space }

// kthPseudonym returns the k-th pseudonym for words like this one, after a beginning.
func kthPseudonym(word, head string, k uint64) string {
	f := formOf(word, head)
	x, base := k%f.space, uint64(len(f.alphabet))
	p := make([]byte, 0, len(head)+len(word))
	p = append(p, head...)
	if f.fixed == 1 {
		p = append(p, 'x')
	}
	rest := x
	for i := f.fixed; i < len(f.characters); i++ {
		if (i-f.fixed)%f.digits == 0 {
			rest = x
		}
		d := rest % base
		rest /= base
		switch f.characters[i] {
		case '1':
			p = append(p, f.alphabet[d])
		case '2':
			p = utf8.AppendRune(p, rune(0xe0+d)) // of Latin-1, for names that are written in it
		case '3':
			p = utf8.AppendRune(p, rune(0xA000+d)) // Yi
		default:
			p = utf8.AppendRune(p, rune(0x12000+d)) // cuneiform: two units of UTF-16
		}
	}
	return string(p)
}

// maxFreeCharacters is how many characters of a pseudonym differ freely, the others repeat them:
// 64 million pseudonyms are enough.
const maxFreeCharacters = 6

// withCaseOf returns a pseudonym with the case of the letters of a word.
func withCaseOf(pseudonym, word string) string {
	upper, lower := 0, 0
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	switch {
	case upper == 0:
		return pseudonym
	case lower == 0:
		return upperASCII(pseudonym, func(int) bool { return true })
	}
	var isUpper []bool
	for _, r := range word {
		isUpper = append(isUpper, unicode.IsUpper(r))
	}
	return upperASCII(pseudonym, func(i int) bool { return i < len(isUpper) && isUpper[i] })
}

// upperASCII returns a text with letters in upper case where so.
func upperASCII(text string, so func(character int) bool) string {
	b := []byte(text)
	i := 0
	for at, r := range text {
		if 'a' <= r && r <= 'z' && so(i) {
			b[at] = byte(r) - 'a' + 'A'
		}
		i++
	}
	return string(b)
}
