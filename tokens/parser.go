package tokens

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Field is one field of a token as a person reads it: its name in the standard that
// defines it, its value, where it lies, and the fields inside it.
type Field struct {
	Name   string  `json:"name"`             // as Wireshark or the standard has it
	Value  string  `json:"value,omitempty"`  // as text
	Offset int     `json:"offset"`           // in the token, from 0; -1 for what came out of a cipher
	Len    int     `json:"len"`              // in bytes, with tag and length where it has them
	Fields []Field `json:"fields,omitempty"` // what it consists of
}

// maxDepth is how deep tokens may lie inside tokens, and maxOdd how many oddities are kept.
// maxMechs mechanisms of a list are kept, and the order of maxPairs AV pairs: nobody sends more
// than ten of either.
const (
	maxDepth = 6
	maxOdd   = 32
	maxMechs = 32
	maxPairs = 32
)

// usualDepth is how many fields mostly lie in one another.
const usualDepth = 8

// A parser reads one token. Every slice that it passes on is a part of root, so its capacity shows
// where it begins. The parser keeps the first error, and goes on as long as what follows has a
// meaning without the part that failed.
type parser struct {
	Decoder
	root   []byte
	token  *Token
	err    *ParseError
	faults int // errors and breaches of standards met so far
	depth  int
	path   []string
	tree   *Field // the field being read; nil unless a tree was asked for
	opened bool   // root was decrypted: offsets mean nothing
	// session is the session key of the ticket opened last. It is of use only for the AP-REQ of
	// that ticket.
	session key
}

func newParser(d Decoder, b []byte) parser {
	p := parser{Decoder: d, root: b[:len(b):len(b)], token: &Token{Len: len(b)}, path: make([]string, 0, usualDepth)}
	if d.Fields {
		p.tree = &Field{}
	}
	return p
}

// result returns what was read. A nil *ParseError must not become a non-nil error.
func (p *parser) result() (*Token, error) {
	slices.SortStableFunc(p.token.Oddities, func(a, b Oddity) int { return a.Offset - b.Offset })
	if p.tree != nil {
		p.token.Fields = p.tree.Fields
	}
	if p.err != nil {
		return p.token, p.err
	}
	return p.token, nil
}

func (p *parser) offset(b []byte) int {
	if p.opened {
		return -1
	}
	return cap(p.root) - cap(b)
}

// fail keeps the first error. at begins where it happened.
func (p *parser) fail(at []byte, name, format string, args ...any) {
	p.faults++
	if p.err != nil {
		return
	}
	what := strings.Join(append(slices.Clip(p.path), name), " ")
	p.err = &ParseError{Offset: p.offset(at), What: strings.TrimSpace(what), Reason: fmt.Sprintf(format, args...)}
}

// odd notes something right but unusual. wrong notes something that breaks its standard, but could
// be read.
func (p *parser) odd(at []byte, format string, args ...any) { p.note(false, at, format, args...) }
func (p *parser) wrong(at []byte, format string, args ...any) {
	p.faults++
	p.note(true, at, format, args...)
}

func (p *parser) note(wrong bool, at []byte, format string, args ...any) {
	if len(p.token.Oddities) < maxOdd {
		text := fmt.Sprintf(format, args...)
		p.token.Oddities = append(p.token.Oddities, Oddity{Offset: p.offset(at), Text: text, Wrong: wrong})
	}
}

// group reads a structure: its name becomes part of the place of errors, and the parent of the
// fields that read adds.
func (p *parser) group(name string, b []byte, read func()) {
	p.path = append(p.path, name)
	if parent := p.tree; parent != nil {
		p.tree = &Field{Name: name, Offset: p.offset(b), Len: len(b)}
		read()
		parent.Fields = append(parent.Fields, *p.tree)
		p.tree = parent
	} else {
		read()
	}
	p.path = p.path[:len(p.path)-1]
}

// field adds a leaf to the tree. There is nearly always no tree: look at p.tree before making a
// value that costs something.
func (p *parser) field(name string, b []byte, value string) {
	if p.tree != nil {
		p.tree.Fields = append(p.tree.Fields, Field{Name: name, Value: value, Offset: p.offset(b), Len: len(b)})
	}
}

// hex adds a leaf of bytes.
func (p *parser) hex(name string, b, value []byte) {
	if p.tree != nil {
		p.field(name, b, hex.EncodeToString(value))
	}
}

// number adds a leaf of a number.
func (p *parser) number(name string, b []byte, value int64) {
	if p.tree != nil {
		p.field(name, b, strconv.FormatInt(value, 10))
	}
}

// fieldf adds a leaf, and formats its value only if there is a tree. Passing args allocates even
// without one.
func (p *parser) fieldf(name string, b []byte, format string, args ...any) {
	if p.tree != nil {
		p.field(name, b, fmt.Sprintf(format, args...))
	}
}

// flags adds a leaf with the number and the names of flags.
func (p *parser) flags(name string, b []byte, v uint32, names []string) {
	if p.tree != nil {
		p.field(name, b, flagText(v, names))
	}
}

// secret adds a leaf whose bytes are shown only if the Decoder was asked for secrets.
func (p *parser) secret(name string, whole, b []byte) {
	switch {
	case p.tree == nil:
	case p.Secrets:
		p.hex(name, whole, b)
	default:
		p.fieldf(name, whole, "%v", byteCount(len(b)))
	}
}
