package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A jsonReader walks through a JSON text of any size and holds no more of it than
// one string or one value that is asked for. What has another kind than asked for is
// passed over and counted; errors are of the text itself.
type jsonReader struct {
	text  *jsonText
	dec   *json.Decoder
	wrong int // values that were not of the kind asked for
}

func newJSONReader(r io.Reader, whole int) *jsonReader {
	text := newJSONText(r, whole)
	dec := json.NewDecoder(text)
	dec.UseNumber()
	return &jsonReader{text: text, dec: dec}
}

// object calls member for each member of the object that comes next. member must take
// the value.
func (j *jsonReader) object(member func(name string) error) error {
	return j.enter('{', func() error {
		name, err := j.token()
		if err != nil {
			return err
		}
		key, _ := name.(string)
		return member(key)
	})
}

// array calls element for each element of the array that comes next. element must
// take it.
func (j *jsonReader) array(element func() error) error {
	return j.enter('[', element)
}

func (j *jsonReader) enter(open json.Delim, each func() error) error {
	t, err := j.token()
	if err != nil {
		return err
	}
	if t != open {
		if t != nil {
			j.wrong++
		}
		return j.skipFrom(t)
	}
	for j.dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err = j.token()
	return err
}

// string returns the scalar that comes next as text: "" for null.
func (j *jsonReader) string() (string, error) {
	t, err := j.token()
	switch v := t.(type) {
	case string:
		return v, err
	case json.Number:
		return v.String(), err
	case bool:
		return strconv.FormatBool(v), err
	case json.Delim:
		j.wrong++
		return "", j.skipFrom(t)
	}
	return "", err
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

// skip passes over the value that comes next.
func (j *jsonReader) skip() error {
	t, err := j.token()
	if err != nil {
		return err
	}
	return j.skipFrom(t)
}

// skipFrom passes over the rest of the value that begins with t.
func (j *jsonReader) skipFrom(t json.Token) error {
	depth := 0
	for {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if t, err = j.token(); err != nil {
			return err
		}
	}
}

func (j *jsonReader) token() (json.Token, error) {
	t, err := j.dec.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

// where says how the text ended before its end, for a note on the damage.
func (j *jsonReader) where(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the file is cut short at byte %d", j.text.offset)
	case errors.Is(err, errJSONDepth), errors.Is(err, errJSONValue):
	default:
		var syntax *json.SyntaxError
		if !errors.As(err, &syntax) {
			return fmt.Sprintf("reading stopped at byte %d: %v", j.text.offset, err)
		}
	}
	return fmt.Sprintf("the JSON is broken before byte %d: %v", j.text.offset, err)
}
