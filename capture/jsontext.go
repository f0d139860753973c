package capture

import (
	"bufio"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of what is held of a JSON text at a time. Browser exports embed response
// bodies as strings, so one string may be as long as the file.
const (
	maxJSONString = 128 << 10 // no header line is longer: http.sys stops at 64 KiB
	maxJSONDepth  = 64        // a HAR needs 8, a NetLog 10
	maxJSONValue  = 4 << 20   // what encoding/json is to decode in one go
)

var (
	errJSONDepth = errors.New("JSON nested deeper than any browser writes it")
	errJSONValue = errors.New("JSON value larger than any browser writes it")
)

// A jsonText makes a JSON text in UTF-8 or UTF-16 fit for encoding/json, which holds
// a string or a value as a whole before it looks at it: strings are cut short, white
// space shrinks, deep nesting and endless values are errors.
type jsonText struct {
	src    io.Reader
	offset int64 // bytes taken from src
	err    error // once set, nothing more comes
	whole  int   // depth from which on values are decoded in one go

	depth    int
	value    int // bytes of the present value, or token where depth is less than whole
	blank    bool
	inString bool
	kept     int  // bytes kept of this string
	drop     bool // it is too long: the rest of it goes
	escape   int  // 1 after a backslash, 5 to 2 before the digits of \uXXXX
}

// tokenwise is the depth to give where a text is read token by token to its leaves.
const tokenwise = maxJSONDepth + 1

// newJSONText reads r. What lies within whole brackets or more is bounded as a whole,
// what lies outside of them token by token.
func newJSONText(r io.Reader, whole int) *jsonText {
	return &jsonText{src: utf8Text(r), whole: whole}
}

func (t *jsonText) Read(p []byte) (int, error) {
	for t.err == nil {
		n, err := t.src.Read(p)
		t.offset += int64(n)
		t.err = err
		if n = t.filter(p[:n]); n > 0 {
			return n, nil
		}
	}
	return 0, t.err
}

// filter moves what is kept of b to its beginning and returns how much that is.
func (t *jsonText) filter(b []byte) int {
	w := 0
	for i := 0; i < len(b) && (t.err == nil || t.err == io.EOF); {
		if t.inString && t.escape == 0 {
			plain := plainLen(b[i:])
			kept := t.keep(plain)
			copy(b[w:], b[i:i+kept])
			w += kept
			if i += plain; i == len(b) {
				break
			}
		}
		c := b[i]
		i++
		keep := false
		if t.inString {
			keep = t.specialByte(c)
		} else {
			keep = t.structureByte(c)
		}
		if !keep {
			continue
		}
		b[w] = c
		w++
		if t.value++; t.value > maxJSONValue {
			t.err = errJSONValue
		}
	}
	return w
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

// keep returns how much of the next n bytes of a string is kept.
func (t *jsonText) keep(n int) int {
	if t.drop {
		return 0
	}
	k := min(n, maxJSONString-t.kept)
	t.drop = k < n
	t.kept += k
	t.value += k
	return k
}

// specialByte follows a byte of a string that is its end or of an escape sequence, and
// reports whether it is kept. No sequence is torn apart.
func (t *jsonText) specialByte(c byte) bool {
	switch {
	case t.escape == 1 && c == 'u':
		t.escape = 5
	case t.escape > 2:
		t.escape--
	case t.escape > 0:
		t.escape = 0
	case c == '"':
		t.inString = false
		return true
	default:
		t.drop = t.drop || t.kept > maxJSONString-6
		t.escape = 1
	}
	if t.drop {
		return false
	}
	t.kept++
	return true
}

// structureByte follows a byte outside of strings and reports whether it is kept.
func (t *jsonText) structureByte(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n':
		keep := !t.blank
		t.blank = true
		return keep
	case '"':
		t.inString, t.kept, t.drop = true, 0, false
	case '{', '[':
		if t.depth++; t.depth > maxJSONDepth {
			t.err = errJSONDepth
		}
	case '}', ']':
		t.depth--
	case ',', ':':
	default:
		t.blank = false
		return true
	}
	t.blank = false
	if t.depth < t.whole {
		t.value = 0
	}
	return true
}

// utf8Text returns the text of r in UTF-8 and without byte order mark.
func utf8Text(r io.Reader) io.Reader {
	br := bufio.NewReaderSize(r, 64<<10)
	head, _ := br.Peek(3)
	switch {
	case len(head) == 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		br.Discard(3)
	case len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] != 0 && head[1] == 0):
		return &utf16Text{src: br, low: 0}
	case len(head) >= 2 && (head[0] == 0xFE && head[1] == 0xFF || head[0] == 0 && head[1] != 0):
		return &utf16Text{src: br, low: 1}
	}
	return br
}

// A utf16Text reads UTF-16 as UTF-8. Windows PowerShell writes it when the output of a
// command is redirected.
type utf16Text struct {
	src  *bufio.Reader
	low  int // index of the low byte of a unit
	high rune
	rest []byte
}

func (t *utf16Text) Read(p []byte) (int, error) {
	for len(t.rest) == 0 {
		unit, err := t.unit()
		if err != nil {
			return 0, err
		}
		switch {
		case utf16.IsSurrogate(unit) && t.high == 0:
			t.high = unit
			continue
		case t.high != 0:
			unit = utf16.DecodeRune(t.high, unit)
			t.high = 0
		case unit == 0xFEFF:
			continue
		}
		t.rest = utf8.AppendRune(t.rest[:0], unit)
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

func (t *utf16Text) unit() (rune, error) {
	var b [2]byte
	_, err := io.ReadFull(t.src, b[:])
	return rune(b[t.low]) | rune(b[1-t.low])<<8, err
}
