package export

import (
	"bufio"
	"bytes"
)

// A burpXML takes apart the XML of Burp Suite, whose values may be anything but the end of a CDATA section.
type burpXML struct {
	in  *bufio.Reader
	tag []byte // the last one, without the brackets around it
}

// next reads up to the next tag that has a name, and returns that; what is before it goes to value, if that is not
// nil. It returns io.EOF at the end of the file.
func (x *burpXML) next(value *burpValue) (string, error) {
	if value == nil {
		value = &burpValue{}
	}
	for {
		if err := x.text(value); err != nil {
			return "", err
		}
		x.tag = x.tag[:0]
		if start, _ := x.in.Peek(len("![CDATA[")); string(start) == "![CDATA[" {
			x.in.Discard(len(start))
			if err := x.section(value); err != nil {
				return "", err
			}
			continue
		}
		if err := x.readTag(); err != nil {
			return "", err
		}
		if name, _, _ := bytes.Cut(x.tag, []byte(" ")); len(name) > 0 {
			return string(name), nil
		}
	}
}

// text reads up to a tag.
func (x *burpXML) text(value *burpValue) error {
	for {
		b, err := x.in.ReadSlice('<')
		value.add(bytes.TrimSuffix(b, []byte("<")))
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}

// section reads up to the end of a CDATA section.
func (x *burpXML) section(value *burpValue) error {
	const end = "]]>"
	for {
		b, err := x.in.ReadSlice('>')
		value.add(b)
		switch {
		case err == nil && value.cutSuffix(end):
			return nil
		case err != nil && err != bufio.ErrBufferFull:
			return err
		}
	}
}

// readTag reads a tag up to its end.
func (x *burpXML) readTag() error {
	for {
		b, err := x.in.ReadSlice('>')
		x.tag = append(x.tag, b[:min(len(b), maxBurpTag-len(x.tag))]...)
		if err == bufio.ErrBufferFull {
			continue
		}
		x.tag = bytes.TrimRight(x.tag, "/>")
		return err
	}
}

// attribute returns the value of an attribute of the last tag.
func (x *burpXML) attribute(name string) string {
	_, rest, ok := bytes.Cut(x.tag, []byte(" "+name+`="`))
	value, _, closed := bytes.Cut(rest, []byte(`"`))
	if !ok || !closed {
		return ""
	}
	return string(value)
}
