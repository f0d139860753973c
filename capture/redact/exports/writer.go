package exports

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
)

// A writer writes JSON. Errors are kept by bufio until the end.
type writer struct {
	*bufio.Writer
	empty bool // the next value is the first in its object or array
}

func newWriter(w io.Writer) *writer { return &writer{bufio.NewWriterSize(w, 64<<10), true} }

// open opens an object or array, end closes it.
func (w *writer) open(bracket byte) {
	w.WriteByte(bracket)
	w.empty = true
}

func (w *writer) close(bracket byte) {
	w.WriteByte(bracket)
	w.empty = false
}

// comma writes a comma unless the next value is the first.
func (w *writer) comma() {
	if !w.empty {
		w.WriteByte(',')
	}
	w.empty = false
}

// name begins a member.
func (w *writer) name(s string) {
	w.comma()
	w.text(s)
	w.WriteByte(':')
}

// text writes a string.
func (w *writer) text(s string) {
	if needsNoEscape(s) {
		w.WriteByte('"')
		w.WriteString(s)
		w.WriteByte('"')
		return
	}
	b, err := json.Marshal(s)
	if err != nil { // no string fails
		b = strconv.AppendQuoteToASCII(nil, "")
	}
	w.Write(b)
}

// needsNoEscape reports whether a string has no characters that JSON escapes.
func needsNoEscape(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
