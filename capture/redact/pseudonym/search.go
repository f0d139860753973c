package pseudonym

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf16"
)

// A Search looks for replaced names in what was written, in every form in which they may be
// there: plain, in UTF-16, in hexadecimal, percent-encoded, and in base64 at three alignments;
// in lower and upper case, and as they were first spelled.
type Search struct {
	folded table // patterns in lower case, for any case
	exact  table // base64
	most   int   // length of the longest pattern
}

// A Found is a place where a name is.
type Found struct {
	Name, Form string
	At         int64
}

// A form is how a name may be written.
type form struct {
	text, name, kind string
	whole            bool // no letter or digit is beside it
	sign             int  // bytes of text in front of the name
}

// A table finds patterns by their first four bytes.
type table struct {
	bits     [1 << 14]uint64
	patterns map[uint32][]form
}

// Lengths of names. What is shorter is everywhere by chance.
const (
	minShort    = 3 // as a label of DNS, behind a sign that no base64 has, or in UTF-16
	minSearched = 4 // as a word by itself, or in hexadecimal or UTF-16
	minNumber   = 8
	minEncoded  = 6 // in base64
	minWithin   = 8 // within other words
)

// NewSearch returns a Search for the names that have pseudonyms.
func NewSearch(n *Names) *Search {
	s := &Search{}
	for i, word := range n.order {
		if i == maxSearched {
			break
		}
		switch {
		case isNumber(word) && len(word) < minNumber, len(word) < minShort:
		case len(word) < minSearched:
			s.addShort(word, n.public[word])
		default:
			s.add(word, n.spelled[word], n.public[word])
		}
	}
	return s
}

// add adds the forms of a name.
func (s *Search) add(word, spelled string, isPublic bool) {
	whole := len(word) < minWithin
	if !isPublic {
		s.folded.add(form{fold(word), word, "plain text", whole, 0}, &s.most)
	}
	s.folded.add(form{fold(hex.EncodeToString([]byte(word))), word, "hexadecimal", false, 0}, &s.most)
	s.folded.add(form{fold(hex.EncodeToString([]byte(strings.ToUpper(word)))), word, "hexadecimal", false, 0}, &s.most)
	if !isASCII(word) {
		var b strings.Builder
		for i := range len(word) {
			if c := word[i]; c < 0x80 {
				b.WriteByte(c)
			} else {
				b.WriteString("%" + hex.EncodeToString([]byte{c}))
			}
		}
		s.folded.add(form{fold(b.String()), word, "percent-encoding", false, 0}, &s.most)
	}
	wide := wideOf(word)
	s.folded.add(form{fold(wide), word, "UTF-16", whole, 0}, &s.most)
	if len(word) < minEncoded {
		return
	}
	capital := strings.ToUpper(word[:1]) + word[1:]
	seen := map[string]bool{}
	for _, text := range []string{word, strings.ToUpper(word), capital, spelled} {
		if text == "" || seen[text] {
			continue
		}
		seen[text] = true
		for _, coded := range []string{text, wideOf(text)} {
			for shift := range 3 {
				s.exact.add(form{encodedAt(coded, shift), word, "base64", false, 0}, &s.most)
			}
		}
	}
}

// addShort adds the forms of a name of three letters that are not there by chance.
func (s *Search) addShort(word string, isPublic bool) {
	if isPublic || !isASCII(word) {
		return
	}
	for _, sign := range "\x03.@\\\"' :,;=(" {
		s.folded.add(form{string(sign) + fold(word), word, "plain text", true, 1}, &s.most)
	}
	s.folded.add(form{fold(wideOf(word)), word, "UTF-16", true, 0}, &s.most)
}

// wideOf returns a text in UTF-16, as Windows has it.
func wideOf(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// encodedAt returns the letters of base64 that are certain where a text begins so many bytes
// behind a multiple of three.
func encodedAt(text string, shift int) string {
	encoded := base64.StdEncoding.EncodeToString([]byte("\x00\x00"[:shift] + text))
	first := []int{0, 2, 3}[shift]
	last := (shift + len(text)) * 8 / 6
	return encoded[first:last]
}

// add adds a pattern of at least four bytes.
func (t *table) add(p form, most *int) {
	if len(p.text) < 4 {
		return
	}
	if t.patterns == nil {
		t.patterns = map[uint32][]form{}
	}
	*most = max(*most, len(p.text))
	key := binary.LittleEndian.Uint32([]byte(p.text[:4]))
	t.patterns[key] = append(t.patterns[key], p)
	i := key * 0x9e3779b1 >> 12
	t.bits[i>>6] |= 1 << (i & 63)
}

// In returns the first name that is found, nil if none is.
func (s *Search) In(r io.Reader) (*Found, error) {
	b := make([]byte, 0, searchLen)
	folded := make([]byte, searchLen)
	for base := int64(0); ; {
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		ends := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ends {
			return nil, err
		}
		folded = folded[:len(b)]
		for i, c := range b {
			folded[i] = lowered[c]
		}
		until := len(b) // of what is looked at: behind it a pattern may go on
		if !ends {
			until = len(b) - s.most - 2
		}
		for _, f := range []*Found{s.folded.first(folded, until), s.exact.first(b, until)} {
			if f != nil {
				f.At += base
				return f, nil
			}
		}
		if ends {
			return nil, nil
		}
		keep := max(until-1, 0) // what is beside it
		base += int64(keep)
		b = b[:copy(b, b[keep:])]
	}
}

// first returns the first pattern that begins before until.
func (t *table) first(b []byte, until int) *Found {
	for i := 0; i < until && i+4 <= len(b); i++ {
		key := binary.LittleEndian.Uint32(b[i:])
		h := key * 0x9e3779b1 >> 12
		if t.bits[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for _, p := range t.patterns[key] {
			end := i + len(p.text)
			if end <= len(b) && string(b[i:end]) == p.text && (!p.whole || !besideWord(b, i+p.sign, end)) {
				return &Found{p.name, p.kind, int64(i)}
			}
		}
	}
	return nil
}

// besideWord reports whether a letter or digit is beside a place.
func besideWord(b []byte, from, to int) bool {
	return from > 0 && isWord(b[from-1]) || to < len(b) && isWord(b[to])
}

// lowered are bytes in lower case.
var lowered = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// fold returns a text with its ASCII letters in lower case.
func fold(text string) string {
	b := []byte(text)
	for i, c := range b {
		b[i] = lowered[c]
	}
	return string(b)
}
