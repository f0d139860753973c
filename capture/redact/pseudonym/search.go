package pseudonym

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"math/bits"
	"strings"
	"unicode/utf16"
)

// A Search looks for replaced names in what was written, in every form in which they may be there:
// plain, in UTF-16, in hexadecimal, percent-encoded, and in base64 at three alignments; in lower
// and upper case, and as they were first spelled.
//
// It looks up the first four bytes of each place in a table of bits, without the bits in which
// cases differ: most places are passed over by that alone. Noise, zeros and filler letters are
// passed over eight bytes at once.
type Search struct {
	patterns map[uint32][]searchForm // by their keys
	bits     []uint64                // of hashes of keys
	shift    int                     // of a hash
	maxLen   int                     // length of the longest pattern
	canSkip  [3]bool                 // no pattern begins in noise, in zeros, or in letters that fill
}

// A Found is a place where a name is.
type Found struct {
	Name, Form string
	At         int64
}

// A searchForm is how a name may be written.
type searchForm struct {
	text, name, kind string
	wholeWord        bool // no letter or digit is beside it
	prefixLen        int  // bytes of text in front of the name
	exactCase        bool // in this case alone
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
	s := &Search{patterns: map[uint32][]searchForm{}}
	for i, word := range n.order {
		if i == maxSearched {
			break
		}
		switch {
		case isNumber(word) && len(word) < minNumber, len(word) < minShort:
		case len(word) < minSearched:
			s.addShortName(word, n.public[word])
		default:
			s.addName(word, n.spellings[word], n.public[word])
		}
	}
	s.index()
	return s
}

// addName adds the forms of a name.
func (s *Search) addName(word, spelled string, isPublic bool) {
	whole := len(word) < minWithin
	if !isPublic {
		s.addPattern(searchForm{fold(word), word, "plain text", whole, 0, false})
	}
	s.addPattern(searchForm{fold(hex.EncodeToString([]byte(word))), word, "hexadecimal", false, 0, false})
	s.addPattern(searchForm{fold(hex.EncodeToString([]byte(strings.ToUpper(word)))), word, "hexadecimal", false, 0, false})
	if !isASCII(word) {
		var b strings.Builder
		for i := range len(word) {
			if c := word[i]; c < 0x80 {
				b.WriteByte(c)
			} else {
				b.WriteString("%" + hex.EncodeToString([]byte{c}))
			}
		}
		s.addPattern(searchForm{fold(b.String()), word, "percent-encoding", false, 0, false})
	}
	wide := utf16LE(word)
	s.addPattern(searchForm{fold(wide), word, "UTF-16", whole, 0, false})
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
		for _, coded := range []string{text, utf16LE(text)} {
			for shift := range 3 {
				s.addPattern(searchForm{base64At(coded, shift), word, "base64", false, 0, true})
			}
		}
	}
}

// addShortName adds the forms of a name of three letters that are not there by chance.
func (s *Search) addShortName(word string, isPublic bool) {
	if isPublic || !isASCII(word) {
		return
	}
	for _, sign := range "\x03.@\\\"' :,;=(" {
		s.addPattern(searchForm{string(sign) + fold(word), word, "plain text", true, 1, false})
	}
	s.addPattern(searchForm{fold(utf16LE(word)), word, "UTF-16", true, 0, false})
}

// utf16LE returns a text in UTF-16, as Windows has it.
func utf16LE(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// base64At returns the base64 characters that depend on the text alone, where the text begins
// shift bytes after a multiple of three.
func base64At(text string, shift int) string {
	encoded := base64.StdEncoding.EncodeToString([]byte("\x00\x00"[:shift] + text))
	first := []int{0, 2, 3}[shift]
	last := (shift + len(text)) * 8 / 6
	return encoded[first:last]
}

// caseBits are the bits in which the cases of letters differ, in four bytes at once.
const caseBits = 0x20202020

// addPattern adds a pattern of at least four bytes.
func (s *Search) addPattern(p searchForm) {
	if len(p.text) < 4 {
		return
	}
	s.maxLen = max(s.maxLen, len(p.text))
	key := binary.LittleEndian.Uint32([]byte(p.text[:4])) | caseBits
	s.patterns[key] = append(s.patterns[key], p)
}

// index makes the bits: sixteen for each key at least, so that few places have one by chance.
func (s *Search) index() {
	size := max(20, min(bits.Len(uint(len(s.patterns)))+4, 26))
	s.shift, s.bits = 32-size, make([]uint64, 1<<(size-6))
	s.canSkip = [3]bool{true, true, true}
	for key := range s.patterns {
		h := s.hash(key)
		s.bits[h>>6] |= 1 << (h & 63)
		if key&0x80 != 0 {
			s.canSkip[0] = false
		}
	}
	s.canSkip[1], s.canSkip[2] = s.patterns[caseBits] == nil, s.patterns[0x78787878] == nil
}

func (s *Search) hash(key uint32) uint32 { return key * 0x9e3779b1 >> s.shift }

// In returns the first name that is found, nil if none is.
func (s *Search) In(r io.Reader) (*Found, error) {
	b := make([]byte, 0, searchLen)
	for base := int64(0); ; {
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		ends := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ends {
			return nil, err
		}
		until := len(b) // of what is looked at: behind it a pattern may go on
		if !ends {
			until = len(b) - s.maxLen - 2
		}
		if f := s.find(b, until); f != nil {
			f.At += base
			return f, nil
		}
		if ends {
			return nil, nil
		}
		keep := max(until-1, 0) // what is beside it
		base += int64(keep)
		b = b[:copy(b, b[keep:])]
	}
}

// find returns the first pattern that begins before until.
func (s *Search) find(b []byte, until int) *Found {
	i := 0
	for i < until && i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		switch {
		case s.canSkip[0] && w&0x8080808080808080 == 0x8080808080808080:
			i += 8
			continue
		case s.canSkip[1] && w == 0, s.canSkip[2] && w == 0x7878787878787878:
			i += 5 // places of which four bytes are known
			continue
		}
		for k := range 5 {
			h := s.hash(uint32(w>>(8*k)) | caseBits)
			if s.bits[h>>6]&(1<<(h&63)) != 0 {
				if f := s.matchAt(b, i+k); f != nil {
					return f
				}
			}
		}
		i += 5
	}
	for ; i < until && i+4 <= len(b); i++ {
		if f := s.matchAt(b, i); f != nil {
			return f
		}
	}
	return nil
}

// matchAt returns the pattern that begins at a place.
func (s *Search) matchAt(b []byte, i int) *Found {
	for _, p := range s.patterns[binary.LittleEndian.Uint32(b[i:])|caseBits] {
		end := i + len(p.text)
		if end <= len(b) && p.matches(b[i:end]) && (!p.wholeWord || !touchesWord(b, i+p.prefixLen, end)) {
			return &Found{p.name, p.kind, int64(i)}
		}
	}
	return nil
}

// matches reports whether bytes of the length of the pattern match it.
func (p *searchForm) matches(b []byte) bool {
	if p.exactCase {
		return string(b) == p.text
	}
	for i, c := range b {
		if lowerTable[c] != p.text[i] {
			return false
		}
	}
	return true
}

// touchesWord reports whether there is a word character right before from or right at to.
func touchesWord(b []byte, from, to int) bool {
	return from > 0 && isWordByte(b[from-1]) || to < len(b) && isWordByte(b[to])
}

// lowerTable are bytes in lower case.
var lowerTable = func() (t [256]byte) {
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
		b[i] = lowerTable[c]
	}
	return string(b)
}
