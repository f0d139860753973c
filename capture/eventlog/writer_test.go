package eventlog

import (
	"slices"
	"time"
	"unicode/utf16"
)

// A writer makes the chunk of an event log.
type writer struct {
	b     []byte
	names map[string]int // where they are in the chunk
	next  uint64         // number of the next record
}

func newWriter() *writer {
	w := &writer{b: make([]byte, chunkHeader), names: map[string]int{}, next: 1}
	copy(w.b, chunkMagic)
	return w
}

// file returns the log with the chunk, and used how much of it has something in it.
func (w *writer) file() (file []byte, used int) {
	le.PutUint32(w.b[freeSpaceAt:], uint32(len(w.b)))
	head := make([]byte, fileHeader)
	copy(head, fileMagic)
	return slices.Concat(head, w.b, make([]byte, chunkSize-len(w.b))), fileHeader + len(w.b)
}

func (w *writer) bytes(b ...byte) { w.b = append(w.b, b...) }
func (w *writer) u16(n int)       { w.b = le.AppendUint16(w.b, uint16(n)) }
func (w *writer) u32(n int)       { w.b = le.AppendUint32(w.b, uint32(n)) }

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return b
}

// name writes the offset of a name, and the name if it is the first time.
func (w *writer) name(s string) {
	if at, known := w.names[s]; known {
		w.u32(at)
		return
	}
	w.names[s] = len(w.b) + 4
	w.u32(len(w.b) + 4)
	w.u32(0)
	w.u16(0)
	w.u16(len(s))
	w.b = append(append(w.b, wide(s)...), 0, 0)
}

// value writes a text.
func (w *writer) value(s string) {
	w.bytes(tokenValue, kindString)
	w.u16(len(s))
	w.b = append(w.b, wide(s)...)
}

// open begins an element with attributes: names and the texts, or what fills them in.
func (w *writer) open(name string, attributes ...any) {
	token := byte(tokenOpen)
	if len(attributes) > 0 {
		token |= tokenMore
	}
	w.bytes(token)
	w.u16(0xffff)
	w.u32(0)
	w.name(name)
	if len(attributes) > 0 {
		w.u32(0)
	}
	for i := 0; i < len(attributes); i += 2 {
		w.bytes(tokenAttribute)
		w.name(attributes[i].(string))
		w.put(attributes[i+1])
	}
	w.bytes(tokenCloseStart)
}

// put writes a text, or the number of a substitution.
func (w *writer) put(v any) {
	switch v := v.(type) {
	case string:
		w.value(v)
	case int:
		w.bytes(tokenSubstitution, byte(v), byte(v>>8), kindString)
	}
}

func (w *writer) end() { w.bytes(tokenEndElement) }

// leaf is an element with a text in it, or with what fills it in.
func (w *writer) leaf(name string, v any, attributes ...any) {
	w.open(name, attributes...)
	w.put(v)
	w.end()
}

// record writes a record around what body writes.
func (w *writer) record(at time.Time, body func()) {
	begin := len(w.b)
	w.u32(recordMagic)
	w.u32(0)
	w.b = le.AppendUint64(w.b, w.next)
	w.b = le.AppendUint64(w.b, uint64(at.Unix()+11644473600)*1e7+uint64(at.Nanosecond()/100))
	w.next++
	w.bytes(tokenFragment, 1, 1, 0)
	body()
	w.bytes(tokenEnd)
	size := len(w.b) + 4 - begin
	w.u32(size)
	le.PutUint32(w.b[begin+4:], uint32(size))
}

// A slot is a value that a template is filled in with.
type slot struct {
	kind byte
	data []byte
}

func text(s string) slot { return slot{kindString, wide(s)} }
func number(kind byte, n uint64, size int) slot {
	return slot{kind, le.AppendUint64(nil, n)[:size]}
}

// instance writes a template that was defined before, or defines it here.
func (w *writer) instance(definition *int, define func(), values ...slot) {
	w.bytes(tokenTemplate, 1, 7, 0, 0, 0)
	if *definition == 0 {
		*definition = len(w.b) + 4
		w.u32(*definition)
		w.b = append(w.b, make([]byte, 20)...)
		w.u32(0)
		body := len(w.b)
		w.bytes(tokenFragment, 1, 1, 0)
		define()
		w.bytes(tokenEnd)
		le.PutUint32(w.b[body-4:], uint32(len(w.b)-body))
	} else {
		w.u32(*definition)
	}
	w.u32(len(values))
	for _, v := range values {
		w.u16(len(v.data))
		w.bytes(v.kind, 0)
	}
	for _, v := range values {
		w.b = append(w.b, v.data...)
	}
}

// system writes the part of an event that all have.
func (w *writer) system(provider string, id any, channel string) {
	w.open("System")
	w.leaf("Provider", "", "Name", provider)
	w.leaf("EventID", id, "Qualifiers", "0")
	w.leaf("Channel", channel)
	w.leaf("Computer", "web.corp.test")
	w.end()
}
