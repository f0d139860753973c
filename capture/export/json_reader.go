package export

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A jsonReader walks through a JSON text of any size and holds no more of it than one
// string or one value that is asked for. (encoding/json holds what it looks at as a
// whole, and its tokens cost ten times as much.) Strings are cut short. What has
// another kind than asked for is passed over and counted; errors are of the text
// itself.
type jsonReader struct {
	src    *bufio.Reader
	offset int64 // bytes taken
	depth  int   // of the objects and arrays that are being walked through
	buf    []byte
	wrong  int  // values that were not of the kind asked for
	cut    bool // the value taken last had a string that was cut short
}

func newJSONReader(r io.Reader) *jsonReader { return &jsonReader{src: utf8Text(r)} }

// object calls member for each member of the object that comes next. member must take
// the value.
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
		return member(name)
	})
}

// array calls element for each element of the array that comes next. element must
// take it.
func (j *jsonReader) array(element func() error) error { return j.enter('[', ']', element) }

func (j *jsonReader) enter(open, end byte, each func() error) error {
	c, err := j.peek()
	if err != nil {
		return err
	}
	if c != open {
		if c != 'n' { // null
			j.wrong++
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

// string returns the scalar that comes next as text: "" for null.
func (j *jsonReader) string() (string, error) {
	c, err := j.peek()
	switch {
	case err != nil:
		return "", err
	case c == '{' || c == '[':
		j.wrong++
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

// number returns the number that comes next, which may be written as a string; 0 for
// null and what is none.
func (j *jsonReader) number() (float64, error) {
	s, err := j.string()
	if s == "" || err != nil {
		return 0, err
	}
	n, bad := strconv.ParseFloat(s, 64)
	if bad != nil {
		j.wrong++
		return 0, nil
	}
	return n, nil
}

// value returns the text of the value that comes next, valid until the next call.
func (j *jsonReader) value() ([]byte, error) {
	j.buf, j.cut = j.buf[:0], false
	err := j.scan(true)
	return j.buf, err
}

// skip passes over the value that comes next.
func (j *jsonReader) skip() error { return j.scan(false) }

// scan takes the next value, and keeps its text in buf if keep is set.
func (j *jsonReader) scan(keep bool) error {
	c, err := j.peek()
	switch {
	case err != nil:
		return err
	case c == '"':
		return j.scanString(keep)
	case c == '{' || c == '[':
		return j.scanNested(keep)
	case c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
		return j.scanLiteral(keep)
	}
	return j.unexpected(c, nil)
}

// scanNested takes an object or array. Its brackets are counted, not matched: a text
// that is kept is checked by encoding/json.
func (j *jsonReader) scanNested(keep bool) error {
	for level := 0; ; {
		b, err := j.chunk()
		if err != nil {
			return err
		}
		i := 0
	scan:
		for i < len(b) {
			switch b[i] {
			case '"':
				break scan
			case '{', '[':
				if level++; j.depth+level > maxJSONDepth {
					return errJSONDepth
				}
			case '}', ']':
				level--
			}
			if i++; level == 0 {
				return j.take(b[:i], keep)
			}
		}
		quote := i < len(b)
		if err := j.take(b[:i], keep); err != nil {
			return err
		}
		if quote {
			if err := j.scanString(keep); err != nil {
				return err
			}
		}
	}
}

// scanString takes a string. What is kept of it is cut between characters and escape
// sequences.
func (j *jsonReader) scanString(keep bool) error {
	if err := j.take([]byte{'"'}, keep); err != nil {
		return err
	}
	for room := maxJSONString; ; {
		b, err := j.chunk()
		if err != nil {
			return err
		}
		n := plainLen(b)
		fits := min(n, room)
		room -= fits
		if err := j.take(b[:fits], keep); err != nil {
			return err
		}
		j.discard(n - fits)
		j.cut = j.cut || keep && fits < n
		if n == len(b) {
			continue
		}
		if b[n] == '"' {
			return j.take(b[n:n+1], keep)
		}
		escape, err := j.src.Peek(2)
		if err == nil && escape[1] == 'u' {
			escape, err = j.src.Peek(6)
		}
		if err != nil {
			return cutShort(err)
		}
		if room -= len(escape); room < 0 {
			room, j.cut = 0, j.cut || keep
			j.discard(len(escape))
		} else if err := j.take(escape, keep); err != nil {
			return err
		}
	}
}

// plainLen returns how many bytes at the beginning of b mean themselves in a string.
func plainLen(b []byte) int {
	for i, c := range b {
		if c == '"' || c == '\\' {
			return i
		}
	}
	return len(b)
}

func (j *jsonReader) scanLiteral(keep bool) error {
	for n := 0; n <= maxJSONLiteral; n++ {
		b, err := j.src.Peek(1)
		if err != nil {
			return cutShort(err)
		}
		if strings.IndexByte(",]}: \t\r\n\"", b[0]) >= 0 {
			return nil
		}
		if err := j.take(b, keep); err != nil {
			return err
		}
	}
	return errJSONValue
}

// chunk returns what is at hand of the text, at least one byte.
func (j *jsonReader) chunk() ([]byte, error) {
	if _, err := j.src.Peek(1); err != nil {
		return nil, cutShort(err)
	}
	return j.src.Peek(j.src.Buffered())
}

// take moves on over b, which comes next.
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

// peek passes over white space and returns the byte after it.
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
	errJSONDepth = errors.New("nested deeper than any browser writes it")
	errJSONValue = errors.New("a value is larger than any browser writes it")
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

// where says how the text ended before its end, for a note on the damage.
func (j *jsonReader) where(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Sprintf("the file is cut short at byte %d", j.offset)
	}
	return fmt.Sprintf("the JSON is broken at byte %d: %v", j.offset, err)
}
