package search

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// IsWordByte reports whether a byte is part of a word. All others are separators.
func IsWordByte(c byte) bool { return kinds[c]&wordKind != 0 }

// Kinds of bytes.
const (
	wordKind    = 1 << iota // part of a word
	asciiKind               // the same, in ASCII
	hexKind                 // a hexadecimal digit
	signKind                // precedes a short name; not a character of base64
	addressKind             // in the text of an address: a hexadecimal digit, a dot or a colon
	addressSign             // a dot or a colon
)

var (
	// kinds are the kinds of all bytes.
	kinds = func() (t [256]uint8) {
		for c := range t {
			b := byte(c)
			isDigit := '0' <= b && b <= '9'
			letter := b | 0x20
			if 'a' <= letter && letter <= 'z' || isDigit || b == '-' || b == '_' {
				t[c] |= wordKind | asciiKind
			}
			if b >= utf8.RuneSelf {
				t[c] |= wordKind
			}
			if 'a' <= letter && letter <= 'f' || isDigit {
				t[c] |= hexKind | addressKind
			}
			if b == '.' || b == ':' {
				t[c] |= addressKind | addressSign
			}
			if strings.IndexByte("\x03.@\\\"' :,;=(", b) >= 0 {
				t[c] |= signKind
			}
		}
		return t
	}()
	// lowerTable has each byte in lower case.
	lowerTable = func() (t [256]byte) {
		for c := range t {
			t[c] = byte(c)
			if 'A' <= c && c <= 'Z' {
				t[c] += 'a' - 'A'
			}
		}
		return t
	}()
)

// Values of eight bytes.
const (
	highBits = 0x8080808080808080
	letters  = 0x7878787878787878 // "xxxxxxxx", which fills what was removed
)

// eightAt returns the eight bytes at at, zeros if there are fewer.
func eightAt(b []byte, at int) uint64 {
	if at+8 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint64(b[at:])
}

// wordKey returns a key for the whole of a word of up to seven bytes.
func wordKey(word []byte) uint64 { return bigEndian(word, 7)<<8 | uint64(len(word)) }

// fold returns a text with its ASCII letters in lower case.
func fold(text string) string {
	b := []byte(text)
	for i, c := range b {
		b[i] = lowerTable[c]
	}
	return string(b)
}

// capital returns a text whose first letter is in upper case.
func capital(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:size]) + text[size:]
}

// utf16LE returns a text in the UTF-16 of Windows.
func utf16LE(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

// IsASCII reports whether a text has only characters of one byte.
func IsASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsNumber reports whether a text consists of digits.
func IsNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
