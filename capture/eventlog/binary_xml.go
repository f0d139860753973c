package eventlog

import "encoding/binary"

var le = binary.LittleEndian

// Tokens of binary XML (MS-EVEN6 2.2.12), without the bit tokenMore: attributes follow an
// element, or more tokens of the same kind follow.
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

// A recordReader reads the binary XML of one record. Names and templates are referred to by their
// offset in the chunk: they are stored where they are first used.
type recordReader struct {
	chunk      []byte
	event      *Event
	tokensLeft int // how many tokens may still be read
	malformed  bool

	open      []element // the innermost last
	attribute string    // the attribute that is being read; empty for none
	depth     int       // of templates
}

// An element is an element whose end was not read yet.
type element struct {
	name  string
	label string // its attribute Name
	text  []byte
}

// A substitution is a value for a placeholder of a template.
type substitution struct {
	kind     byte
	at, size int // in the chunk
}

// A cursor reads a part of the chunk.
type cursor struct {
	w       *recordReader
	at, end int
}

// take returns the next n bytes. If there are fewer it returns nil, and the record is malformed.
func (c *cursor) take(n int) []byte {
	if n < 0 || n > c.end-c.at || c.w.malformed {
		c.w.malformed = true
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
	c.w.tokensLeft -= len(text) / textPerToken
	if at == c.at {
		there.take(2) // a 0 behind it
		c.at = there.at
	}
	return utf16Text(text)
}

// content reads tokens up to their end. embedded is set for binary XML in a value.
func (w *recordReader) content(at, end int, values []substitution, embedded bool) {
	c := &cursor{w, at, end}
	for c.at < c.end && !w.malformed {
		if w.tokensLeft--; w.tokensLeft < 0 {
			w.malformed = true
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
			w.openElement(name)
		case tokenAttribute:
			w.attribute = c.name()
		case tokenCloseStart:
			w.attribute = ""
		case tokenCloseEmpty, tokenEndElement:
			w.closeElement()
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

// characters reads a token with text.
func (w *recordReader) characters(token byte, c *cursor) {
	switch token {
	case tokenValue:
		if c.uint8() != kindString {
			w.malformed = true
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
		w.malformed = true
	}
}

// template reads a template and the values that follow it. The template is stored here, or
// where it was first used.
func (w *recordReader) template(c *cursor) {
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
		w.malformed = true
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
	if w.malformed {
		return
	}
	w.depth++
	w.content(body, body+size, values, false)
	w.depth--
}

// substitute inserts a value for a placeholder.
func (w *recordReader) substitute(id int, values []substitution) {
	if id >= len(values) {
		w.malformed = true
		return
	}
	v := values[id]
	if v.kind == kindBinaryXML {
		if w.depth++; w.depth > maxDepth {
			w.malformed = true
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
			w.flushText()
		}
	}
}

// openElement reads the beginning of an element.
func (w *recordReader) openElement(name string) {
	w.attribute = ""
	if len(w.open) >= maxDepth {
		w.malformed = true
		return
	}
	w.open = append(w.open, element{name: name})
}

// text adds to the attribute or the element that is being read.
func (w *recordReader) text(s string) {
	w.tokensLeft -= len(s) / textPerToken
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

// closeElement reads the end of the innermost element.
func (w *recordReader) closeElement() {
	w.attribute = ""
	if len(w.open) == 0 {
		w.malformed = true
		return
	}
	w.flushText()
	w.open = w.open[:len(w.open)-1]
}

// flushText gives the text of the innermost element to the event, and clears it.
func (w *recordReader) flushText() {
	w.event.element(w.open)
	e := &w.open[len(w.open)-1]
	e.text = e.text[:0]
}
