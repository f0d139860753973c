package search

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// utf16 looks for ASCII names in UTF-16, in either byte order: each letter has a zero beside it.
// In it each may be encoded once more.
func (c *scan) utf16(b []byte, from, until int) *Found {
	seen := from // up to where texts were looked at
	for i := from; i < until; {
		if eightAt(b, i) == 0 {
			if i = skip(b, i, until, 0); i >= until {
				break
			}
		}
		zero := bytes.IndexByte(b[i:until], 0)
		if zero < 0 {
			return nil
		}
		zero += i
		i = zero + 1
		if f := c.wideAddressBehind(b, zero); f != nil {
			return f
		}
		if zero == 0 || kinds[b[zero-1]]&asciiKind == 0 || zero+1 == len(b) || kinds[b[zero+1]]&asciiKind == 0 {
			continue
		}
		end := c.wideLetters(b, zero-1)
		f := c.inLetters(b, zero-1, end, "UTF-16")
		if f == nil {
			f = c.wideAddressBehind(b, end-1)
		}
		if f == nil && end > seen {
			f, seen = c.encodedUTF16(b, max(zero-1, seen), seen)
		}
		if f != nil {
			return f
		}
		i = max(i, end)
	}
	return nil
}

// encodedUTF16 looks for names and values in another form in the text in UTF-16 around at, not before
// from, and returns its end.
func (c *scan) encodedUTF16(b []byte, at, from int) (f *Found, end int) {
	for at-2 >= from && b[at-1] == 0 && isPrintable(b[at-2:at-1]) {
		at -= 2
	}
	c.narrow = c.narrow[:0]
	for end = at; end < len(b) && isPrintable(b[end:end+1]); end += 2 {
		if c.narrow = append(c.narrow, b[end]); end+1 < len(b) && b[end+1] != 0 {
			break
		}
	}
	end = min(end, len(b))
	if len(c.narrow) < minBase64 {
		return nil, end
	}
	for _, form := range []func(b []byte, from, until int) *Found{c.base64, c.hexadecimal, c.percentEncoded, c.values} {
		if f := form(c.narrow, 0, len(c.narrow)); f != nil {
			f.At = int64(at) + 2*f.At
			if f.Form != "" {
				f.Form += " in UTF-16"
			}
			return f, end
		}
	}
	return nil, end
}

// wideAddressBehind looks for an address in UTF-16 of which a dot or a colon is behind the zero at zero.
func (c *scan) wideAddressBehind(b []byte, zero int) *Found {
	at := zero + 1
	if at < 2 || at+2 >= len(b) || kinds[b[at]]&addressSign == 0 || b[at-1] != 0 || b[at+1] != 0 ||
		kinds[b[at-2]]&kinds[b[at+2]]&addressKind == 0 || len(c.addresses.all) == 0 {
		return nil
	}
	return c.wideAddress(b, at, "UTF-16")
}

// wideLetters collects letters with zeros between them, and returns their end.
func (c *scan) wideLetters(b []byte, at int) int {
	c.letters = c.letters[:0]
	for at < len(b) && kinds[b[at]]&asciiKind != 0 {
		c.letters = append(c.letters, b[at])
		if at++; at == len(b) || b[at] != 0 {
			break
		}
		at++
	}
	return at
}

// inLetters looks for names in the letters of b[at:end].
func (c *scan) inLetters(b []byte, at, end int, form string) *Found {
	all := c.letters
	little, big := all, all
	if b[end-1] != 0 { // the last one has no zero after it
		little = all[:len(all)-1]
	}
	if at == 0 || b[at-1] != 0 {
		big = all[1:]
	}
	if f := c.inWide(little, form, at); f != nil || len(little) == len(all) && len(big) == len(all) {
		return f
	}
	return c.inWide(big, form, at+2*(len(all)-len(big)))
}

// inWide looks for names in letters of UTF-16: long ones anywhere, others only at their end.
func (c *scan) inWide(word []byte, form string, at int) *Found {
	for size := minShort; size < minWithin && size <= len(word); size++ {
		last := word[len(word)-size:]
		if !c.wideShort.has(wordKey(last)) {
			continue
		}
		if e := c.begins(last, func(e *entry) bool { return e.is&wide == 0 && int(e.size) == size }); e != nil {
			return c.found(e, form, at+2*(len(word)-size))
		}
	}
	for i := 0; i+minWithin <= len(word); i++ {
		if !c.six.has(codedKey(bigEndian(word[i:], 6))) {
			continue
		}
		if e := c.begins(word[i:], func(e *entry) bool { return e.is&(wide|byItself) == 0 }); e != nil {
			return c.found(e, form, at+2*i)
		}
	}
	return nil
}

// fromUTF16LE converts a text from UTF-16 to UTF-8.
func fromUTF16LE(text []byte) []byte {
	var units []uint16
	for ; len(text) >= 2; text = text[2:] {
		units = append(units, binary.LittleEndian.Uint16(text))
	}
	return []byte(string(utf16.Decode(units)))
}
