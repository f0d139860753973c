// Package paste finds authentication in text that a person copied from somewhere: a log line,
// JSON, a hex dump, a command line, a mail. It looks for header names, for schemes and for the
// first bytes of tokens, and ignores the format of the text around them. Package tokens decodes
// what it finds.
package paste

import (
	"bytes"
	"cmp"
	"slices"
)

// A Found is one header value or one token.
type Found struct {
	Header string // name of the header as the text has it; empty if it names none
	Value  string // the value of the header, or a scheme and what follows it; empty for a Token
	Token  []byte // a token without a scheme
	// Encoded reports whether it was in base64 as a whole: a header with its name, or a token that
	// was in base64 already.
	Encoded bool

	offset int
}

const (
	// maxFound is how many results are returned for a text. A person reads ten.
	maxFound = 1000
	// maxValue is how much of one header value is read. Servers refuse heads of more than 64 KiB,
	// and percent-encoding makes three characters of one.
	maxValue = 256 << 10
	// maxNested is how often text is searched inside other text, such as a header in a hex dump.
	maxNested = 2
)

// Find returns the header values and tokens in text, in order, and how many more there are. The
// text may be UTF-8 or UTF-16. The time grows linearly with the length of the text.
func Find(text []byte) (all []Found, more int) {
	s := newSearcher(text, 0)
	s.search()
	return s.found, s.more
}

// A searcher searches one text. It overwrites what it has found, so that it does not find it again
// in another form.
type searcher struct {
	text   []byte
	lower  []byte // text in lower case
	names  [][]byte
	nested int // how many other texts are around this one
	found  []Found
	more   int
}

func newSearcher(text []byte, nested int) *searcher {
	s := &searcher{text: clean(text), nested: nested}
	s.lower = make([]byte, len(s.text))
	for i, c := range s.text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		s.lower[i] = c
	}
	for _, name := range schemeNames() {
		s.names = append(s.names, []byte(name))
	}
	return s
}

func (s *searcher) search() {
	s.dumps()
	s.literals()
	s.headers()
	s.hex()
	s.decimals()
	s.schemes()
	s.bare()
	slices.SortStableFunc(s.found, func(a, b Found) int { return cmp.Compare(a.offset, b.offset) })
}

// add adds what was found between two offsets of the text.
func (s *searcher) add(from, to int, f Found) {
	for i := from; i < to; i++ {
		if s.text[i] != '\n' {
			s.text[i], s.lower[i] = taken, taken
		}
	}
	if len(s.found) == maxFound {
		s.more++
		return
	}
	f.offset = from
	s.found = append(s.found, f)
}

// taken overwrites text in which something was found.
const taken = 0x1f

// addBytes adds what is found in bytes that the text spells out between two offsets: a token, or
// text with something in it. It reports whether anything was found.
func (s *searcher) addBytes(from, to int, b []byte) bool {
	if beginsToken(b) {
		s.add(from, to, Found{Token: b})
		return true
	}
	if s.nested == maxNested || !mayHold(b) {
		return false
	}
	in := newSearcher(b, s.nested+1)
	in.search()
	for _, f := range in.found {
		s.add(from, to, f)
	}
	s.more += in.more
	return len(in.found) > 0
}

// mayHold reports whether b is worth a search: it names a scheme or a header, or begins
// with base64 of a token.
func mayHold(b []byte) bool {
	b = bytes.ToLower(b)
	for _, word := range []string{"negotiate", "ntlm", "authenticat", "authoriz", "kerberos"} {
		if bytes.Contains(b, []byte(word)) {
			return true
		}
	}
	return len(b) > 2 && isBase64(b[0]) && isBase64(b[1])
}

// lineEnd returns the end of the line that begins at i, without its line feed.
func lineEnd(text []byte, i int) int {
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}
