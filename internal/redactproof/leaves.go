package redactproof

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A valueReader reads the values of a report in JSON, in order. A long report has millions of
// values, and most of them many times, so each text is allocated only once.
type valueReader struct {
	r      *bufio.Reader
	levels []level
	path   []byte // of members, with slashes; those of lists are empty
	text   []byte // of a string or a number
	isKey  bool
	known  map[string]string // texts

	element int // of the list of the report, from 1; 0 outside

	renumbered bool // see comparison
}

// A level is an object or a list that is open.
type level struct {
	isObject, isSkipped, isInSkipped bool
	at                               int // where its member is in the path
}

func (c comparison) leavesOf(r io.Reader) *valueReader {
	return &valueReader{r: bufio.NewReaderSize(r, 64<<10), known: map[string]string{}, renumbered: c.renumbered}
}

// ends is the value of the end of an object or a list.
const ends = "end"

// nextOutside returns the next value whose path does not begin with prefix, the zero leaf at the
// end. It adds values whose path begins with it to within.
func (w *valueReader) nextOutside(prefix string, within *[]leaf) (leaf, error) {
	for {
		x, err := w.next()
		switch {
		case err == io.EOF:
			return leaf{}, nil
		case err != nil || !strings.HasPrefix(x.path, prefix):
			return x, err
		}
		if x.value != ends {
			*within = append(*within, x)
		}
	}
}

// next returns the next value that is compared.
func (w *valueReader) next() (leaf, error) {
	for {
		c, err := w.r.ReadByte()
		if err != nil {
			return leaf{}, err
		}
		switch c {
		case ' ', '\n', ',', ':':
		case '{', '[':
			w.begin(c == '{')
		case '}', ']':
			if len(w.levels) == 0 {
				return leaf{}, errors.New("a report in JSON ends before its beginning")
			}
			w.end()
			if !w.isSkipped() {
				return leaf{w.once(w.path), ends, w.element}, nil
			}
		default:
			isKey := w.isKey
			if err := w.readText(c); err != nil {
				return leaf{}, err
			}
			w.isKey = !isKey && w.inObject()
			if isKey {
				w.member(w.text)
			} else if !w.isSkipped() {
				return leaf{w.once(w.path), w.compared(w.text), w.element}, nil
			}
		}
	}
}

// begin opens an object or a list.
func (w *valueReader) begin(isObject bool) {
	isSkipped := w.isSkipped()
	const inReport, inList = 1, 2
	switch len(w.levels) {
	case inReport:
		w.element = 0
	case inList:
		w.element++
	}
	if len(w.levels) > 0 {
		w.path = append(w.path, '/')
	}
	w.levels = append(w.levels, level{isObject, isSkipped, isSkipped, len(w.path)})
	w.isKey = isObject
}

// end closes the innermost object or list.
func (w *valueReader) end() {
	last := w.levels[len(w.levels)-1]
	if w.levels = w.levels[:len(w.levels)-1]; len(w.levels) == 1 {
		w.element = 0
	}
	w.path = w.path[:max(last.at-1, 0)]
	w.isKey = w.inObject()
}

// member notes the name of the member that comes next.
func (w *valueReader) member(name []byte) {
	last := &w.levels[len(w.levels)-1]
	w.path = append(w.path[:last.at], name...)
	isIn := func(all []string, text []byte) bool {
		return slices.ContainsFunc(all, func(k string) bool { return k == string(text) })
	}
	last.isSkipped = last.isInSkipped || isIn(notCompared, name) ||
		w.renumbered && (isIn(movedMembers, name) || isIn(movedMembers, w.path))
}

// isSkipped reports whether the current place is not compared.
func (w *valueReader) isSkipped() bool {
	return len(w.levels) > 0 && w.levels[len(w.levels)-1].isSkipped
}

func (w *valueReader) inObject() bool {
	return len(w.levels) > 0 && w.levels[len(w.levels)-1].isObject
}

// readText reads a string, or a number or word, that begins with c.
func (w *valueReader) readText(c byte) error {
	w.text = w.text[:0]
	if c == '"' {
		return w.readString()
	}
	for w.text = append(w.text, c); ; w.text = append(w.text, c) {
		var err error
		if c, err = w.r.ReadByte(); err != nil {
			return err
		}
		if bytes.IndexByte([]byte(" \n,]}"), c) >= 0 {
			return w.r.UnreadByte()
		}
	}
}

// readString reads a string after its opening quotation mark.
func (w *valueReader) readString() error {
	for {
		part, err := w.r.ReadSlice('"')
		w.text = append(w.text, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil {
			return fmt.Errorf("a report in JSON ends in a string: %w", io.ErrUnexpectedEOF)
		}
		text := w.text[:len(w.text)-1]
		backslashes := len(text) - len(bytes.TrimRight(text, "\\"))
		switch {
		case backslashes%2 == 1: // the mark belongs to the string
		case bytes.IndexByte(text, '\\') >= 0:
			var is string
			if err := json.Unmarshal(append([]byte{'"'}, w.text...), &is); err != nil {
				return err
			}
			w.text = append(w.text[:0], is...)
			return nil
		default:
			w.text = text
			return nil
		}
	}
}

// maxKnown is how many texts are kept.
const maxKnown = 1 << 13

// once returns a text, and allocates it only if it is not known.
func (w *valueReader) once(text []byte) string {
	if is, ok := w.known[string(text)]; ok {
		return is
	}
	if len(w.known) == maxKnown {
		clear(w.known)
	}
	is := string(text)
	w.known[is] = is
	return is
}

// compared returns a value in the form in which it is compared.
func (w *valueReader) compared(text []byte) string {
	if w.renumbered {
		return withoutNumbers(string(text))
	}
	return w.once(text)
}
