package eventlog

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"negotrace/internal/utf8text"
)

// errTooLarge is the error for an element or value that is longer than any event.
var errTooLarge = errors.New("an element or a value that is longer than any event")

// An elementLimit is a reader that fails after maxEventText bytes without a reset, because a
// decoder holds a whole element in memory.
type elementLimit struct {
	r         io.Reader
	bytesLeft int
}

func (m *elementLimit) Read(p []byte) (int, error) {
	if m.bytesLeft <= 0 {
		return 0, errTooLarge
	}
	n, err := m.r.Read(p[:min(len(p), m.bytesLeft)])
	m.bytesLeft -= n
	return n, err
}

func (m *elementLimit) reset() { m.bytesLeft = maxEventText }

// IsXML reports whether a file that begins with head holds events in XML: head has their namespace.
func IsXML(head []byte) bool {
	text, _ := io.ReadAll(utf8text.NewReader(bytes.NewReader(head[:min(len(head), 4096)]))) // memory does not fail
	text = bytes.TrimLeft(text, " \t\r\n")
	const namespace = "http://schemas.microsoft.com/win/2004/08/events/event"
	return bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte(namespace)) ||
		bytes.Contains(text, []byte("\n<Event xmlns=\""+namespace)) // behind the text that the Event Viewer copies, in any language
}

// ReadXML reads events in XML, as wevtutil qe /f:xml, the Event Viewer and ToXml of PowerShell
// write them: one after the other, with or without an element around them. It gives the events of
// the kinds in Event to take, which may keep them. The error is of reading, or of malformed XML;
// earlier events were given to take.
func ReadXML(r io.Reader, take func(*Event)) (Counts, error) {
	return readXML(r, xmlHandler{event: func(e *Event) bool {
		if !e.classify() {
			return false
		}
		e.fields = nil
		take(e)
		return true
	}})
}

// An xmlHandler holds the functions that get the contents of a text.
type xmlHandler struct {
	outside func(xml.StartElement) // gets the elements around events; may be nil
	event   func(*Event) bool      // reports whether the event was used
}

func readXML(r io.Reader, to xmlHandler) (Counts, error) {
	var c Counts
	m := &elementLimit{r: utf8text.NewReader(r)}
	m.reset()
	d := xml.NewDecoder(m)
	d.Strict = false                                                                           // the text of a message may have what XML does not allow
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // it is UTF-8 by now
	x := xmlEvent{xmlHandler: to, counts: &c}
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

// An xmlEvent reads the tokens of a text in XML.
type xmlEvent struct {
	xmlHandler
	counts     *Counts
	current    *Event // nil outside of an event
	outerDepth int    // how many elements are open around events
	open       []element
}

var errDepth = errors.New("more elements in each other than events have")

// token reads the next token.
func (x *xmlEvent) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		switch {
		case x.current == nil && t.Name.Local != "Event":
			if x.outerDepth++; x.outerDepth > maxDepth {
				return errDepth
			}
			if x.outside != nil {
				x.outside(t)
			}
			return nil
		case x.current == nil:
			x.current = newEvent()
		}
		return x.begin(t)
	case xml.EndElement:
		switch {
		case x.current == nil:
			x.outerDepth--
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
		x.current.attribute(e.name, a.Name.Local, value)
	}
	x.open = append(x.open, e)
	return nil
}

// end ends the innermost element, and with the outermost the event.
func (x *xmlEvent) end() {
	x.current.element(x.open)
	if x.open = x.open[:len(x.open)-1]; len(x.open) > 0 {
		return
	}
	x.counts.Records++
	if !x.event(x.current) {
		x.counts.Others++
	}
	x.current = nil
}

// close counts an event that is cut short at the end of the text.
func (x *xmlEvent) close(at int64) error {
	if x.current == nil {
		return nil
	}
	x.counts.Records++
	x.counts.malformed(at)
	return errors.New("events in XML that are cut short in one of them")
}
