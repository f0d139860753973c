// Package der reads of what elements of DER and BER consist: a tag, a length and a value (X.690 section 8.1).
// It takes the lengths that BER allows beside those of DER, and tags of one byte, which is all that tokens,
// certificates and the protocols beside them have.
package der

import (
	"errors"
	"fmt"
)

// Tags of the types that occur (X.690 section 8).
const (
	Boolean         = 0x01
	Integer         = 0x02
	BitString       = 0x03
	OctetString     = 0x04
	Null            = 0x05
	OID             = 0x06
	Enumerated      = 0x0a
	UTF8String      = 0x0c
	PrintableString = 0x13
	T61String       = 0x14
	IA5String       = 0x16
	UTCTime         = 0x17
	GeneralizedTime = 0x18
	GeneralString   = 0x1b
	BMPString       = 0x1e
	Sequence        = 0x30
	Set             = 0x31
)

// Constructed is the bit of the tag of an element that consists of elements.
const Constructed = 0x20

// A Head is what an element begins with.
type Head struct {
	Tag    byte
	Size   int // of the head, in bytes
	Length int // of the value, in bytes, of which fewer may be there
}

// MaxSize is the size of the longest head that is read.
const MaxSize = 2 + 4

// What else is wrong with a head is that it is none.
var (
	errNoHead    = errors.New("ends before a tag and a length")
	errCutLength = errors.New("ends inside its length")
)

// EndsTooSoon reports whether an error of ReadHead says that the bytes end inside the head.
func EndsTooSoon(err error) bool { return err == errNoHead || err == errCutLength }

// ReadHead reads the head of the element that b begins with. A length of 2 GB or more is read as one byte less
// than that. On an error the Head is zero.
func ReadHead(b []byte) (Head, error) {
	if len(b) < 2 {
		return Head{}, errNoHead
	}
	if b[0]&0x1f == 0x1f {
		return Head{}, fmt.Errorf("tag %#02x of more than one byte", b[0])
	}
	if b[1] < 0x80 {
		return Head{b[0], 2, int(b[1])}, nil
	}
	size := int(b[1] & 0x7f)
	if size == 0 || size > 4 {
		return Head{}, fmt.Errorf("length in %d bytes", size)
	}
	if len(b) < 2+size {
		return Head{}, errCutLength
	}
	var length uint64
	for _, c := range b[2 : 2+size] {
		length = length<<8 | uint64(c)
	}
	return Head{b[0], 2 + size, int(min(length, 1<<31-1))}, nil
}

// IsShortest reports whether the length is written in as few bytes as DER demands (X.690 section 10.1).
func (h Head) IsShortest() bool {
	size := h.Size - 2
	return size == 0 || h.Length >= 0x80 && (size == 1 || h.Length>>(8*(size-1)) > 0)
}

// Element splits b behind its first element. It returns false if that is not there as a whole.
func Element(b []byte) (tag byte, value, rest []byte, ok bool) {
	h, err := ReadHead(b)
	if err != nil || h.Length > len(b)-h.Size {
		return 0, nil, nil, false
	}
	end := h.Size + h.Length
	return h.Tag, b[h.Size:end], b[end:], true
}
