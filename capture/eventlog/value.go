package eventlog

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Kinds of values (MS-EVEN6 2.2.12).
const (
	kindNull       = 0x00
	kindString     = 0x01
	kindANSI       = 0x02
	kindInt8       = 0x03
	kindUint8      = 0x04
	kindInt16      = 0x05
	kindUint16     = 0x06
	kindInt32      = 0x07
	kindUint32     = 0x08
	kindInt64      = 0x09
	kindUint64     = 0x0a
	kindReal32     = 0x0b
	kindReal64     = 0x0c
	kindBool       = 0x0d
	kindBinary     = 0x0e
	kindGUID       = 0x0f
	kindSize       = 0x10
	kindFiletime   = 0x11
	kindSystemTime = 0x12
	kindSID        = 0x13
	kindHex32      = 0x14
	kindHex64      = 0x15
	kindBinaryXML  = 0x21
	kindArray      = 0x80
)

// utf16Text decodes UTF-16 up to a 0, and at most maxText bytes.
func utf16Text(b []byte) string {
	b = b[:min(len(b), maxText)&^1]
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i < len(b); i += 2 {
		u := le.Uint16(b[i:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// valueText returns a value as Windows writes it. It is empty for a value of a wrong length, and
// for binary values.
func valueText(kind byte, b []byte) string {
	switch kind {
	case kindString:
		return utf16Text(b)
	case kindANSI:
		b, _, _ = bytes.Cut(b, []byte{0})
		return strings.ToValidUTF8(string(b[:min(len(b), maxText)]), "\ufffd")
	case kindSID:
		return sidText(b)
	case kindGUID:
		if len(b) == 16 {
			return fmt.Sprintf("{%08X-%04X-%04X-%X-%X}", le.Uint32(b), le.Uint16(b[4:]), le.Uint16(b[6:]), b[8:10], b[10:])
		}
	case kindSystemTime:
		if len(b) == 16 {
			f := func(i int) int { return int(le.Uint16(b[2*i:])) }
			return time.Date(f(0), time.Month(f(1)), f(3), f(4), f(5), f(6), f(7)*1e6, time.UTC).Format(time.RFC3339Nano)
		}
	default:
		if len(b) == fixedSizes[kind] && len(b) > 0 {
			return numberText(kind, b)
		}
	}
	return ""
}

// fixedSizes are the lengths of values of fixed length, in bytes.
var fixedSizes = map[byte]int{
	kindInt8: 1, kindUint8: 1, kindInt16: 2, kindUint16: 2, kindInt32: 4, kindUint32: 4, kindInt64: 8, kindUint64: 8,
	kindReal32: 4, kindReal64: 8, kindBool: 4, kindFiletime: 8, kindHex32: 4, kindHex64: 8, kindGUID: 16, kindSystemTime: 16,
}

// numberText returns a number, boolean or FILETIME as Windows writes it.
func numberText(kind byte, b []byte) string {
	n := uint64(0)
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	switch kind {
	case kindInt8:
		return strconv.Itoa(int(int8(n)))
	case kindInt16:
		return strconv.Itoa(int(int16(n)))
	case kindInt32:
		return strconv.Itoa(int(int32(n)))
	case kindInt64:
		return strconv.FormatInt(int64(n), 10)
	case kindReal32:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(n))), 'g', -1, 32)
	case kindReal64:
		return strconv.FormatFloat(math.Float64frombits(n), 'g', -1, 64)
	case kindBool:
		return strconv.FormatBool(n != 0)
	case kindHex32, kindHex64:
		return fmt.Sprintf("%#x", n)
	case kindFiletime:
		if t := filetime(n); !t.IsZero() {
			return t.UTC().Format(time.RFC3339Nano)
		}
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// arrayTexts returns the items of an array as texts.
func arrayTexts(kind byte, b []byte) (texts []string) {
	if kind == kindString {
		for len(b) > 1 && len(texts) < maxFields {
			s := utf16Text(b)
			texts = append(texts, s)
			end := 0
			for end+1 < len(b) && le.Uint16(b[end:]) != 0 {
				end += 2
			}
			b = b[min(end+2, len(b)):]
		}
		return texts
	}
	size := fixedSizes[kind]
	for size > 0 && len(b) >= size && len(texts) < maxFields {
		texts = append(texts, valueText(kind, b[:size]))
		b = b[size:]
	}
	return texts
}

// sidText returns a security identifier as text (MS-DTYP 2.4.2).
func sidText(b []byte) string {
	if len(b) < 8 || len(b) != 8+4*int(b[1]) || b[1] > 15 {
		return ""
	}
	authority := uint64(0)
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	text := fmt.Sprintf("S-%d-%d", b[0], authority)
	for i := 8; i < len(b); i += 4 {
		text += fmt.Sprintf("-%d", le.Uint32(b[i:]))
	}
	return text
}
