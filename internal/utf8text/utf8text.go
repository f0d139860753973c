// Package utf8text reads text that may be in UTF-16 as UTF-8: Windows PowerShell writes it when
// the output of a command is redirected.
package utf8text

import (
	"bufio"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// bufferLen is how much of a text is read at once, if it is so long.
const bufferLen = 64 << 10

// NewReader returns the text of r in UTF-8 and without byte order mark.
func NewReader(r io.Reader) *bufio.Reader {
	size := bufferLen
	if short, ok := r.(interface{ Len() int }); ok {
		size = min(size, short.Len())
	}
	br := bufio.NewReaderSize(r, size)
	head, _ := br.Peek(3)
	switch {
	case len(head) == 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		br.Discard(3)
	case len(head) >= 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] != 0 && head[1] == 0):
		return bufio.NewReaderSize(&utf16Text{src: br, low: 0}, size)
	case len(head) >= 2 && (head[0] == 0xFE && head[1] == 0xFF || head[0] == 0 && head[1] != 0):
		return bufio.NewReaderSize(&utf16Text{src: br, low: 1}, size)
	}
	return br
}

// A utf16Text reads UTF-16 as UTF-8.
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
