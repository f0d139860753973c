package export

import "io"

// A JSON walks through a JSON text of any size, as the readers here do: it holds no more of
// it than one string, takes what is damaged as far as it goes, and counts what is not of the
// kind asked for. It is for who rewrites an export.
type JSON struct{ j *jsonReader }

// NewJSON begins to walk through a text, in whatever encoding, with what scripts may have put
// in front of the JSON.
func NewJSON(r io.Reader) (JSON, error) {
	j := newJSONReader(r)
	return JSON{j}, j.skipPrefix()
}

// Peek passes over white space and returns the byte after it.
func (x JSON) Peek() (byte, error) { return x.j.peek() }

// Object calls member for each member of the object that comes next, Array element for each
// element of the array. These must take the value. Anything else that comes is passed over.
func (x JSON) Object(member func(name string) error) error { return x.j.object(member) }

// Array is described at Object.
func (x JSON) Array(element func() error) error { return x.j.array(element) }

// Text returns the scalar that comes next as text, and whether its end is missing because it
// is longer than any header line: "" for null, and for what is no scalar.
func (x JSON) Text() (s string, cut bool, err error) {
	x.j.cut = false
	s, err = x.j.string()
	return s, x.j.cut, err
}

// Skip passes over the value that comes next.
func (x JSON) Skip() error { return x.j.skip() }

// Where says where the text ended before its end.
func (x JSON) Where(err error) string { return x.j.where(err) }
