package eventlog

import "encoding/binary"

var le = binary.LittleEndian

// Tokens of binary XML (MS-EVEN6 2.2.12), without the bit that says that attributes follow an
// element, or that more of the same follow.
const (
	tokenEnd          = 0x00
	tokenOpen         = 0x01
	tokenCloseStart   = 0x02
	tokenCloseEmpty   = 0x03
	tokenEndElement   = 0x04
	tokenValue        = 0x05
	tokenAttribute    = 0x06
	tokenCDATA        = 0x07
	tokenCharacter    = 0x08
	tokenEntity       = 0x09
	tokenPITarget     = 0x0a
	tokenPIData       = 0x0b
	tokenTemplate     = 0x0c
	tokenSubstitution = 0x0d
	tokenOptional     = 0x0e
	tokenFragment     = 0x0f
	tokenMore         = 0x40
)

// A walker reads the binary XML of one record. Names and templates are named by their
// offsets in the chunk: where the first one to use them has them.
type walker struct {
	chunk  []byte
	event  *Event
	tokens int // that may still come
	bad    bool

	open      []element // elements that are open, the innermost last
	attribute string    // that is being read; empty for none
	depth     int       // of templates
}

// An element is what is known of an element that is open.
type element struct {
	name  string
	label string // its attribute Name
	text  []byte
}

// A substitution is a value that a template is filled in with.
type substitution struct {
	kind     byte
	at, size int // in the chunk
}

// A cursor reads a part of the chunk.
type cursor struct {
	w       *walker
	at, end int
}

// take returns the next n bytes; nil, and everything is bad, if they are not there.
func (c *cursor) take(n int) []byte {
	if n < 0 || n > c.end-c.at || c.w.bad {
		c.w.bad = true
		return nil
	}
	c.at += n
	return c.w.chunk[c.at-n : c.at]
}

func (c *cursor) uint8() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) uint16() int {
	if b := c.take(2); b != nil {
		return int(le.Uint16(b))
	}
	return 0
}

func (c *cursor) uint32() int {
	if b := c.take(4); b != nil {
		return int(le.Uint32(b))
	}
	return 0
}

// name reads the offset of a name, and the name itself where it follows.
func (c *cursor) name() string {
	at := c.uint32()
	there := cursor{c.w, at, len(c.w.chunk)}
	if at == c.at {
		there.end = c.end
	}
	there.take(6) // the next name with the same hash, and the hash
	text := there.take(2 * there.uint16())
	c.w.tokens -= len(text) / costlyText
	if at == c.at {
		there.take(2) // a 0 behind it
		c.at = there.at
	}
	return utf16Text(text)
}

// content reads tokens up to an end. embedded says that they lie in a value.
func (w *walker) content(at, end int, values []substitution, embedded bool) {
	c := &cursor{w, at, end}
	for c.at < c.end && !w.bad {
		if w.tokens--; w.tokens < 0 {
			w.bad = true
			return
		}
		token := c.uint8()
		switch token &^ tokenMore {
		case tokenEnd:
			return
		case tokenFragment:
			c.take(3)
		case tokenOpen:
			if !embedded {
				c.take(2) // the value on which the element depends
			}
			c.take(4)
			name := c.name()
			if token&tokenMore != 0 {
				c.take(4)
			}
			w.begin(name)
		case tokenAttribute:
			w.attribute = c.name()
		case tokenCloseStart:
			w.attribute = ""
		case tokenCloseEmpty, tokenEndElement:
			w.finish()
		case tokenTemplate:
			w.template(c)
		case tokenSubstitution, tokenOptional:
			id := c.uint16()
			c.take(1)
			w.substitute(id, values)
		default:
			w.characters(token&^tokenMore, c)
		}
	}
}

// characters reads a token that brings text.
func (w *walker) characters(token byte, c *cursor) {
	switch token {
	case tokenValue:
		if c.uint8() != kindString {
			w.bad = true
			return
		}
		w.text(utf16Text(c.take(2 * c.uint16())))
	case tokenCDATA:
		w.text(utf16Text(c.take(2 * c.uint16())))
	case tokenCharacter:
		w.text(string(rune(c.uint16())))
	case tokenEntity:
		w.text(map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}[c.name()])
	case tokenPITarget:
		c.name()
	case tokenPIData:
		c.take(2 * c.uint16())
	default:
		w.bad = true
	}
}

// template reads a template, which lies here or where it was used first, with the values
// that follow.
func (w *walker) template(c *cursor) {
	c.take(5) // a version, and a number of the template
	at := c.uint32()
	definition := cursor{w, at, len(w.chunk)}
	definition.take(20) // the next template with the same hash, and a GUID
	size := definition.uint32()
	body := definition.at
	definition.take(size)
	if at == c.at {
		c.at = definition.at
	}
	count := c.uint32()
	if count > maxSubstitutions || w.depth >= maxDepth {
		w.bad = true
		return
	}
	table := cursor{w, c.at, c.end}
	c.take(4 * count)
	values := make([]substitution, 0, count)
	for range count {
		size, kind := table.uint16(), table.uint8()
		table.take(1)
		values = append(values, substitution{kind, c.at, size})
		c.take(size)
	}
	if w.bad {
		return
	}
	w.depth++
	w.content(body, body+size, values, false)
	w.depth--
}

// substitute puts a value in.
func (w *walker) substitute(id int, values []substitution) {
	if id >= len(values) {
		w.bad = true
		return
	}
	v := values[id]
	if v.kind == kindBinaryXML {
		if w.depth++; w.depth > maxDepth {
			w.bad = true
			return
		}
		w.content(v.at, v.at+v.size, nil, true)
		w.depth--
		return
	}
	b := w.chunk[v.at : v.at+v.size]
	if v.kind&kindArray == 0 {
		w.text(valueText(v.kind, b))
		return
	}
	// The element is there once for each item.
	items := arrayTexts(v.kind&^kindArray, b)
	for i, item := range items {
		w.text(item)
		if i < len(items)-1 && w.attribute == "" {
			w.repeat()
		}
	}
}

// begin begins an element.
func (w *walker) begin(name string) {
	w.attribute = ""
	if len(w.open) >= maxDepth {
		w.bad = true
		return
	}
	w.open = append(w.open, element{name: name})
}

// text adds to the attribute or the element that is being read.
func (w *walker) text(s string) {
	w.tokens -= len(s) / costlyText
	if len(w.open) == 0 {
		return
	}
	e := &w.open[len(w.open)-1]
	switch {
	case w.attribute == "Name":
		e.label = s
		fallthrough
	case w.attribute != "":
		w.event.attribute(e.name, w.attribute, s)
	case len(e.text) < maxText:
		e.text = append(e.text, s[:min(len(s), maxText-len(e.text))]...)
	}
}

// finish ends the innermost element.
func (w *walker) finish() {
	w.attribute = ""
	if len(w.open) == 0 {
		w.bad = true
		return
	}
	w.repeat()
	w.open = w.open[:len(w.open)-1]
}

// repeat gives the text of the innermost element to the event, and forgets it.
func (w *walker) repeat() {
	w.event.element(w.open)
	e := &w.open[len(w.open)-1]
	e.text = e.text[:0]
}
