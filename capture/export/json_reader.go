package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"negotrace/internal/utf8text"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A jsonReader walks through a JSON text of any size and holds at most one string or one value.
// (encoding/json holds a whole value, and its tokens cost ten times as much.) Long strings are
// cut. A value of another kind than asked for is skipped and counted; errors are of the text
// itself.
type jsonReader struct {
	src     *bufio.Reader
	offset  int64 // bytes taken
	depth   int   // of the objects and arrays that are being walked through
	buf     []byte
	path    []string // names of the members that are being walked through
	wrong   int      // values that were not of the kind asked for
	wrongAt string   // where the first of an entry was, as names with dots
	cut     bool     // the value taken last had a string that was cut short
}

func newJSONReader(r io.Reader) *jsonReader { return &jsonReader{src: utf8text.NewReader(r)} }

// object calls member for each member of the next value, an object. member must take the value.
func (j *jsonReader) object(member func(name string) error) error {
	return j.enter('{', '}', func() error {
		if c, err := j.peek(); err != nil || c != '"' {
			return j.unexpected(c, err)
		}
		name, err := j.string()
		if err != nil {
			return err
		}
		if c, err := j.peek(); err != nil || c != ':' {
			return j.unexpected(c, err)
		}
		j.discard(1)
		j.path = append(j.path, name)
		err = member(name)
		j.path = j.path[:len(j.path)-1]
		return err
	})
}

// notOfKind counts a value that is not of the kind asked for.
func (j *jsonReader) notOfKind() {
	j.wrong++
	if j.wrongAt != "" {
		return
	}
	j.wrongAt = strings.Join(j.path[max(0, len(j.path)-2):], ".")
}

// skipPrefix skips what scripts put before JSON: the name of a function or variable.
func (j *jsonReader) skipPrefix() error {
	const longest = 200
	for range longest {
		c, err := j.peek()
		switch {
		case err != nil:
			return err
		case c == '{' || c == '[':
			return nil
		case c < ' ' || c == '"' || c == '<' || c >= 0x7f:
			return j.unexpected(c, nil)
		}
		j.discard(1)
	}
	return errors.New("no JSON begins here")
}

// array calls element for each element of the next value, an array. element must take it.
func (j *jsonReader) array(element func() error) error { return j.enter('[', ']', element) }

func (j *jsonReader) enter(open, end byte, each func() error) error {
	c, err := j.peek()
	if err != nil {
		return err
	}
	if c != open {
		if c != 'n' { // null
			j.notOfKind()
		}
		return j.skip()
	}
	j.discard(1)
	if j.depth++; j.depth > maxJSONDepth {
		return errJSONDepth
	}
	defer func() { j.depth-- }()
	for first := true; ; first = false {
		c, err := j.peek()
		switch {
		case err != nil:
			return err
		case c == end:
			j.discard(1)
			return nil
		case c == ',' && !first:
			j.discard(1)
		case !first:
			return j.unexpected(c, nil)
		}
		if err := each(); err != nil {
			return err
		}
	}
}

// string returns the next scalar as text: "" for null.
func (j *jsonReader) string() (string, error) {
	c, err := j.peek()
	switch {
	case err != nil:
		return "", err
	case c == '{' || c == '[':
		j.notOfKind()
		return "", j.skip()
	}
	b, err := j.value()
	if err != nil || c == 'n' {
		return "", err
	}
	if c != '"' {
		return string(b), nil
	}
	return unquote(b), nil
}

func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
		return string(b[1 : len(b)-1])
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return strings.ToValidUTF8(string(b[1:len(b)-1]), "\ufffd")
	}
	return s
}

// number returns the next number, which may be written as a string; 0 for null and for any other
// value.
func (j *jsonReader) number() (float64, error) {
	s, err := j.string()
	if s == "" || err != nil {
		return 0, err
	}
	n, bad := strconv.ParseFloat(s, 64)
	if bad != nil {
		j.notOfKind()
		return 0, nil
	}
	return n, nil
}

// value returns the text of the next value, valid until the next call.
func (j *jsonReader) value() ([]byte, error) {
	j.buf, j.cut = j.buf[:0], false
	err := j.scan(true)
	return j.buf, err
}

// skip skips the next value.
func (j *jsonReader) skip() error { return j.scan(false) }

// chunk returns the text that is in memory, at least one byte.
func (j *jsonReader) chunk() ([]byte, error) {
	if _, err := j.src.Peek(1); err != nil {
		return nil, cutShort(err)
	}
	return j.src.Peek(j.src.Buffered())
}

// take moves on over b, the next bytes.
func (j *jsonReader) take(b []byte, keep bool) error {
	if keep {
		if len(j.buf)+len(b) > maxJSONValue {
			return errJSONValue
		}
		j.buf = append(j.buf, b...)
	}
	j.discard(len(b))
	return nil
}

func (j *jsonReader) discard(n int) {
	j.src.Discard(n)
	j.offset += int64(n)
}

// peek skips white space and returns the byte after it.
func (j *jsonReader) peek() (byte, error) {
	for {
		b, err := j.chunk()
		if err != nil {
			return 0, err
		}
		for i, c := range b {
			if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
				j.discard(i)
				return c, nil
			}
		}
		j.discard(len(b))
	}
}

var (
	errJSONDepth = errors.New("nested deeper than a browser writes")
	errJSONValue = errors.New("a value is larger than any that a browser writes")
)

func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (j *jsonReader) unexpected(c byte, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("unexpected %q", c)
}

// where says where a text that ended too early was cut, for a note on the damage.
func (j *jsonReader) where(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Sprintf("the file is cut short at byte %d", j.offset)
	}
	return fmt.Sprintf("the JSON is broken at byte %d: %v", j.offset, err)
}
