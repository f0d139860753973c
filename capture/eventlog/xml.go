package eventlog

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"negotrace/capture/export"
)

// errTooLarge is of a text in which one element or value is longer than any event.
var errTooLarge = errors.New("an element or a value that is longer than any event")

// A meter reads a text and fails where more is read at once than an event may have: a
// decoder would hold all of it.
type meter struct {
	r    io.Reader
	left int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLarge
	}
	n, err := m.r.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}

func (m *meter) reset() { m.left = maxEventText }

// IsXML reports whether a file that begins with head holds events in XML: their namespace is
// in its beginning.
func IsXML(head []byte) bool {
	text, _ := io.ReadAll(export.Text(bytes.NewReader(head[:min(len(head), 4096)]))) // memory does not fail
	text = bytes.TrimLeft(text, " \t\r\n")
	return bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("http://schemas.microsoft.com/win/2004/08/events/event"))
}

// ReadXML reads events in XML, as wevtutil qe /f:xml, the Event Viewer and ToXml of
// PowerShell write them: one after the other, with or without an element around them. It
// gives the events that are known to take, which may keep them. The error is of reading, or
// of what is no XML; what came before was given.
func ReadXML(r io.Reader, take func(*Event)) (Counts, error) {
	return readXML(r, xmlReader{event: func(e *Event) bool {
		if !e.classify() {
			return false
		}
		e.fields = nil
		take(e)
		return true
	}})
}

// An xmlReader is who takes what is in a text.
type xmlReader struct {
	outside func(xml.StartElement) // elements around events; nil for nobody
	event   func(*Event) bool      // reports whether the event is one that is kept
}

func readXML(r io.Reader, to xmlReader) (Counts, error) {
	var c Counts
	m := &meter{r: export.Text(r)}
	m.reset()
	d := xml.NewDecoder(m)
	d.Strict = false                                                                           // the text of a message may have what XML does not allow
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // it is UTF-8 by now
	x := xmlEvent{xmlReader: to, counts: &c}
	for {
		begin := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			return c, x.close(begin)
		}
		if err != nil {
			return c, err
		}
		m.reset()
		if err := x.token(token); err != nil {
			return c, err
		}
	}
}

// An xmlEvent follows the elements of a text in XML.
type xmlEvent struct {
	xmlReader
	counts *Counts
	inside *Event // that is being read; nil outside of one
	outer  int    // elements around events
	open   []element
}

var errDepth = errors.New("more elements in each other than events have")

// token takes the next token.
func (x *xmlEvent) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		switch {
		case x.inside == nil && t.Name.Local != "Event":
			if x.outer++; x.outer > maxDepth {
				return errDepth
			}
			if x.outside != nil {
				x.outside(t)
			}
			return nil
		case x.inside == nil:
			x.inside = newEvent()
		}
		return x.begin(t)
	case xml.EndElement:
		switch {
		case x.inside == nil:
			x.outer--
		case len(x.open) > 0:
			x.end()
		}
	case xml.CharData:
		if n := len(x.open); n > 0 && len(x.open[n-1].text) < maxText {
			e := &x.open[n-1]
			e.text = append(e.text, t[:min(len(t), maxText-len(e.text))]...)
		}
	}
	return nil
}

func (x *xmlEvent) begin(t xml.StartElement) error {
	if len(x.open) >= maxDepth {
		return errDepth
	}
	e := element{name: t.Name.Local}
	for _, a := range t.Attr {
		value := a.Value[:min(len(a.Value), maxText)]
		if a.Name.Local == "Name" {
			e.label = value
		}
		x.inside.attribute(e.name, a.Name.Local, value)
	}
	x.open = append(x.open, e)
	return nil
}

// end ends the innermost element, and with the outermost the event.
func (x *xmlEvent) end() {
	x.inside.element(x.open)
	if x.open = x.open[:len(x.open)-1]; len(x.open) > 0 {
		return
	}
	x.counts.Records++
	if !x.event(x.inside) {
		x.counts.Others++
	}
	x.inside = nil
}

// close counts an event that is cut.
func (x *xmlEvent) close(at int64) error {
	if x.inside == nil {
		return nil
	}
	x.counts.Records++
	x.counts.malformed(at)
	return errors.New("events in XML that are cut short in one of them")
}
