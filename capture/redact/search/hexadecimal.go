package search

// minHexadecimal is the least number of digits of a name.
const minHexadecimal = 2 * minSearched

// hexadecimal looks for names in hexadecimal, in lower, upper or title case or as first spelled.
func (c *scan) hexadecimal(b []byte, from, until int) *Found {
	for i := from; i < until; {
		probe := i + minHexadecimal - 1 // one of so many digits in a row is there
		if probe >= len(b) {
			return nil
		}
		if kinds[b[probe]]&hexKind == 0 {
			i = probe + 1
			continue
		}
		start, end := probe, probe+1
		for start > i && kinds[b[start-1]]&hexKind != 0 {
			start--
		}
		for end < len(b) && kinds[b[end]]&hexKind != 0 {
			end++
		}
		if f := c.inDigits(b[:end], start, until); f != nil {
			return f
		}
		i = end
	}
	return nil
}

// inDigits looks for names in the row of digits at the end of b.
func (c *scan) inDigits(b []byte, from, until int) *Found {
	last := uint32(0) // eight digits
	for at := from; at < len(b); at++ {
		last = last<<4 | uint32(nibble(b[at]))
		start := at - minHexadecimal + 1
		switch {
		case start < from:
			continue
		case start >= until:
			return nil
		case kinds[byte(last>>16)]&addressSign != 0 && kinds[byte(last>>24)]&kinds[byte(last>>8)]&addressKind != 0,
			last&0xff00ff == 0 && kinds[byte(last>>8)]&addressSign != 0:
			if f := c.hexAddress(b, start); f != nil {
				return f
			}
		case last&0x80808080 != 0 && !c.hasNonASCII:
			continue
		}
		if last&0x00ff00ff == 0 && kinds[byte(last>>24)]&kinds[byte(last>>8)]&asciiKind != 0 || c.four.has(uint64(last)) {
			c.decoded = c.decoded[:0]
			for k := start; k+2 <= len(b) && len(c.decoded) < 2*len(c.folded); k += 2 {
				c.decoded = append(c.decoded, nibble(b[k])<<4|nibble(b[k+1]))
			}
			if f := c.beginsDecoded("hexadecimal", start, minSearched); f != nil {
				return f
			}
		}
	}
	return nil
}

// beginsDecoded looks for a name at the beginning of c.decoded, in ASCII or UTF-16.
func (c *scan) beginsDecoded(form string, at, minSize int) *Found {
	is := func(text []byte) func(*entry) bool {
		return func(e *entry) bool {
			if minSize == minEncoded && e.is&encoded == 0 || int(e.size) < minSize {
				return false
			}
			return e.is&nonASCII != 0 || c.isUsualCase(e, text[:e.size])
		}
	}
	if e := c.begins(c.decoded, is(c.decoded)); e != nil {
		return c.found(e, form, at)
	}
	if len(c.decoded) < 2*minEncoded || c.decoded[1] != 0 {
		return nil
	}
	c.wideLetters(c.decoded, 0)
	if len(c.letters) < minEncoded || !c.six.has(codedKey(bigEndian(c.letters, 6))) {
		return nil
	}
	isNarrow := is(c.letters)
	e := c.begins(c.letters, func(e *entry) bool { return e.is&wide == 0 && e.is&encoded != 0 && isNarrow(e) })
	if e == nil {
		return nil
	}
	return c.found(e, form, at)
}

// isUsualCase reports whether a word is in lower, upper or title case, or as it was first spelled.
func (c *scan) isUsualCase(e *entry, text []byte) bool {
	word, spelling := c.words.text(e), c.words.spelling(e)
	isLower, isUpper := true, true
	for i, x := range text[1:] {
		if lower := word[i+1]; 'a' <= lower && lower <= 'z' {
			isLower, isUpper = isLower && x == lower, isUpper && x != lower
		}
	}
	isUpper = isUpper && (text[0] != word[0] || word[0] < 'a' || word[0] > 'z')
	return isLower || isUpper || string(text) == string(spelling)
}
