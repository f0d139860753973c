package export

import (
	"bufio"
	"bytes"
	"io"
)

// A JSON walks through a JSON text of any size, for programs that rewrite an export, in the way of
// the readers of this package: it holds at most one string, reads a damaged text as far as
// possible, and counts values of a wrong kind.
type JSON struct{ j *jsonReader }

// NewJSON begins to walk through a text in any encoding, and skips what scripts may have put
// before the JSON.
func NewJSON(r io.Reader) (JSON, error) {
	j := newJSONReader(r)
	return JSON{j}, j.skipPrefix()
}

// Peek skips white space and returns the byte after it.
func (x JSON) Peek() (byte, error) { return x.j.peek() }

// Object calls member for each member of the next value, an object; Array calls element for each
// element of an array. These must take the value. Any other value is skipped.
func (x JSON) Object(member func(name string) error) error { return x.j.object(member) }

// Array reads an array, as Object reads an object.
func (x JSON) Array(element func() error) error { return x.j.array(element) }

// Text returns the next scalar as text: "" for null, and for a value that is no scalar. cut says
// that its end is missing because it is longer than any header line.
func (x JSON) Text() (s string, cut bool, err error) {
	x.j.cut = false
	s, err = x.j.string()
	return s, x.j.cut, err
}

// Value returns the text of the next value, which may be damaged within. It is valid until the next call.
func (x JSON) Value() ([]byte, error) { return x.j.value() }

// Within begins to walk through a value in UTF-8, with what walked through another before, if it is not the
// zero JSON.
func (x JSON) Within(value []byte) JSON {
	from := bytes.NewReader(value)
	if x.j == nil {
		const buffer = 4 << 10
		return JSON{&jsonReader{src: bufio.NewReaderSize(from, buffer)}}
	}
	x.j.src.Reset(from)
	*x.j = jsonReader{src: x.j.src, buf: x.j.buf}
	return x
}

// Skip skips the next value.
func (x JSON) Skip() error { return x.j.skip() }

// Where says where a text that ended too early was cut.
func (x JSON) Where(err error) string { return x.j.where(err) }
