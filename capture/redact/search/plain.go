package search

// plain looks for names in plain text: long ones anywhere, others as whole words, and the shortest
// only after certain signs.
func (c *scan) plain(b []byte, from, until int) *Found {
	const form = "plain text"
	for i := from; i < until; {
		if kinds[b[i]]&wordKind == 0 {
			if kinds[b[i]]&addressSign != 0 && len(c.addresses.all) > 0 {
				if f := c.addressAt(b, i, form); f != nil {
					return f
				}
			}
			if i++; eightAt(b, i) == 0 { // zeros are filler too
				i = skip(b, i, until, 0)
			}
			continue
		}
		end := c.wordEnd(b[:min(until+2*minWithin, len(b))], i) // or a place in a long word
		size := end - i
		switch {
		case size >= minWithin:
			if f := c.within(b, i, min(until, end-minWithin+1), form); f != nil {
				return f
			}
		case size < minShort || i > 0 && kinds[b[i-1]]&wordKind != 0:
		case size == minShort && (i == 0 || kinds[b[i-1]]&signKind == 0):
		case c.short.has(wordKey(b[i:end])):
			if e := c.begins(b[i:end], func(e *entry) bool { return e.is&(public|wide) == 0 && int(e.size) == size }); e != nil {
				return c.found(e, form, i)
			}
		}
		i = end
	}
	return nil
}

// within looks for long names that begin in b[from:until], also inside words.
func (c *scan) within(b []byte, from, until int, form string) *Found {
	for i := from; i < until; i++ {
		switch eight := eightAt(b, i); {
		case eight&highBits != 0 && c.fills.highBytes:
			if eight&highBits == highBits {
				i += 7
			}
			continue
		case eight == letters && c.fills.letters:
			i = max(i, skip(b, i, until, letters)-8)
			continue
		}
		if !c.long.has(bigEndian(b[i:], 8)) {
			continue
		}
		if e := c.begins(b[i:], func(e *entry) bool { return e.is&(public|wide|byItself) == 0 }); e != nil {
			return c.found(e, form, i)
		}
	}
	return nil
}

// wordEnd returns the end of a word.
func (c *scan) wordEnd(b []byte, at int) int {
	for at < len(b) && kinds[b[at]]&wordKind != 0 {
		at++
		switch eight := eightAt(b, at); {
		case eight == letters:
			at = skip(b, at, len(b), letters)
		case eight&highBits == highBits:
			for at += 8; eightAt(b, at)&highBits == highBits; {
				at += 8
			}
		}
	}
	return at
}

// skip returns the end of a filler that repeats the same eight bytes.
func skip(b []byte, at, until int, filler uint64) int {
	for at+8 <= until && eightAt(b, at) == filler {
		at += 8
	}
	return at
}

// begins is dictionary.begins for a text in any case.
func (c *scan) begins(b []byte, isWanted func(*entry) bool) *entry {
	return c.words.begins(c.fold(b), isWanted)
}

// fold returns the beginning of a text in lower case, up to the length of the longest word.
func (c *scan) fold(b []byte) []byte {
	n := min(len(b), len(c.folded))
	for i, x := range b[:n] {
		c.folded[i] = lowerTable[x]
	}
	return c.folded[:n]
}

// found returns the place of a word.
func (c *scan) found(e *entry, form string, at int) *Found {
	name := c.words.text(e)
	if e.is&wide != 0 {
		name = fromUTF16LE(name)
	}
	return &Found{Name: string(name), Form: form, At: int64(at)}
}
