// Package search looks for names in what was written, in every form in which they may be there:
// plain, in UTF-16, in hexadecimal, percent-encoded, and in base64 at three alignments; in lower
// and upper case, and as they were first spelled. It looks for values without structure and for the
// texts of addresses in the same forms, and for the bytes of addresses where those before them say that
// they are one.
//
// In UTF-16 it looks for each of the others, too.
//
// The names are kept once, in a sorted dictionary. Text in another form is decoded in place, so a
// name needs no pattern for each form. The time grows with the searched bytes, and the memory with
// the names, about 40 bytes for each.
package search

import (
	"io"
	"iter"
	"strings"
)

// A Name is a name to look for.
type Name struct {
	Text    string // in lower case, one word: see IsWordByte
	Spelled string // first spelling, if not in lower, upper or title case; as long as Text
	Public  bool   // it may be there in plain text
}

// Replaced is what must not be in what is written.
type Replaced struct {
	Names     iter.Seq[Name]
	Values    []Value
	Addresses iter.Seq[Address]
	// Versions are those of the addresses that are also versions of products, and stay behind a
	// letter or a product's name and a slash.
	Versions map[Address]bool
}

// A Found is a name or an address in a place, or a value there, which has no Name and no Form.
type Found struct {
	Name, Form string
	IsAddress  bool
	At         int64 // -1 where it is in a header
}

// Lengths of names. Shorter names occur everywhere by chance.
const (
	minShort    = 3 // as a label of DNS, after a sign that base64 does not have, or in UTF-16
	minSearched = 4 // as a whole word, or in hexadecimal or UTF-16
	minNumber   = 8
	minEncoded  = 6 // in base64
	minWithin   = 8 // within other words
)

const (
	// blockLen is how many bytes are searched at a time.
	blockLen = 256 << 10
	// context is how many bytes around a place are available: more than a name has in any form,
	// and enough to see whether it is a whole word.
	context = 2 << 10
	// maxName is the longest name to look for.
	maxName = 255
)

// A Search looks for names. It may be used by several goroutines at once.
type Search struct {
	words dictionary
	// The filters pass all beginnings of words, or whole short words.
	long, short, wideShort, six, four, wide filter
	valueSet                                valueSet
	addresses                               addressSet

	hasNonASCII bool
	// fills says in which fillers no word begins, except in their last bytes.
	fills struct{ letters, highBytes bool }
}

// New returns a Search.
func New(what Replaced) *Search {
	s := &Search{valueSet: newValueSet(what.Values)}
	if what.Names != nil {
		for n := range what.Names {
			s.add(n)
		}
	}
	if what.Addresses != nil {
		for a := range what.Addresses {
			s.addAddress(a)
		}
	}
	s.addresses.versions = what.Versions
	s.words.sort()
	s.index()
	return s
}

// add adds a name to the dictionary, unless it is too short.
func (s *Search) add(n Name) {
	isASCII := IsASCII(n.Text)
	switch {
	case len(n.Text) < minShort, len(n.Text) > maxName, IsNumber(n.Text) && len(n.Text) < minNumber,
		len(n.Text) < minSearched && (n.Public || !isASCII):
		return
	}
	is := property(0)
	if n.Public {
		is |= public
	}
	if len(n.Text) >= minEncoded {
		is |= encoded
	}
	if len(n.Text) < minWithin {
		is |= byItself
	}
	if isASCII {
		s.words.add(n.Text, n.Spelled, is)
		return
	}
	seen := map[string]bool{}
	for _, text := range []string{n.Text, strings.ToUpper(n.Text), capital(n.Text), n.Spelled} {
		if text = fold(text); text != "" && !seen[text] {
			seen[text] = true
			s.words.add(text, "", is|nonASCII)
			s.words.add(fold(utf16LE(text)), "", is|nonASCII|wide)
		}
	}
}

// index fills the filters.
func (s *Search) index() {
	n := len(s.words.entries)
	for _, f := range []*filter{&s.long, &s.short, &s.wideShort, &s.six, &s.four, &s.wide} {
		*f = newFilter(n)
	}
	for i := range s.words.entries {
		e := &s.words.entries[i]
		text := s.words.text(e)
		isPlain := e.is&public == 0
		switch {
		case e.is&wide != 0:
			s.wide.add(bigEndian(text, 4))
		case len(text) >= minWithin && isPlain:
			s.long.add(bigEndian(text, 8))
		case len(text) < minWithin:
			s.wideShort.add(wordKey(text))
			if isPlain {
				s.short.add(wordKey(text))
			}
		}
		if e.is&encoded != 0 {
			s.six.add(codedKey(bigEndian(text, 6)))
		}
		if len(text) >= minSearched {
			s.four.add(bigEndian(text, 4))
		}
		s.hasNonASCII = s.hasNonASCII || e.is&nonASCII != 0
	}
	s.fills.highBytes, s.fills.letters = !s.hasNonASCII, !s.long.has(letters)
	for _, decoded := range []uint64{0xc71c71c71c71, 0x1c71c71c71c7, 0x71c71c71c71c} { // of base64
		s.fills.letters = s.fills.letters && !s.six.has(codedKey(decoded))
	}
}

// In returns the first name or value that it finds in any form, nil if there is none.
func (s *Search) In(r io.Reader) (*Found, error) {
	c := s.newScan()
	b := make([]byte, 0, blockLen)
	from := 0
	for base := int64(0); ; {
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		ends := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ends {
			return nil, err
		}
		until := len(b) // end of the search: a name may continue after it
		if !ends {
			until = len(b) - context
		}
		if f := c.find(b, from, until); f != nil {
			f.At += base
			return f, nil
		}
		if ends {
			return nil, nil
		}
		keep := max(until-context, 0)
		base, from = base+int64(keep), until-keep
		b = b[:copy(b, b[keep:])]
	}
}

// A scan is one use of a Search.
type scan struct {
	*Search
	folded  []byte // of a text, in lower case
	decoded []byte
	letters []byte // of a text in UTF-16
	narrow  []byte // the same, with signs
	text    []byte // with an address
	url     []byte // without percent-encoding
}

func (s *Search) newScan() *scan {
	return &scan{Search: s, folded: make([]byte, s.words.longest+1)}
}

// find returns a name that begins in b[from:until]. The bytes around that are context. Fillers are
// skipped, except their ends.
func (c *scan) find(b []byte, from, until int) *Found {
	if len(c.words.entries)+len(c.valueSet.sums)+len(c.addresses.all) == 0 {
		return nil
	}
	for from < until {
		start, end := c.filler(b, from, until)
		if f := c.findBetween(b, from, min(start+margin, until)); f != nil {
			return f
		}
		from = max(end-margin, start+margin)
	}
	return nil
}

// findBetween returns a name that begins in b[from:until], in any form.
func (c *scan) findBetween(b []byte, from, until int) *Found {
	for _, form := range []func(b []byte, from, until int) *Found{c.plain, c.utf16, c.percentEncoded, c.hexadecimal, c.base64, c.values, c.fields} {
		if f := form(b, from, until); f != nil {
			return f
		}
	}
	if c.hasNonASCII {
		return c.wideNames(b, from, until)
	}
	return nil
}
