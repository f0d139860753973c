package search

// minBase64 is how many characters depend only on a name, at least.
const minBase64 = minEncoded*8/6 - 1

// notBase64 is the value of a character that is not one of base64.
const notBase64 = 0xff

// base64Values are the values of the characters of base64, in either alphabet (RFC 4648).
var base64Values = func() (t [256]byte) {
	for c := range t {
		t[c] = notBase64
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = byte(i)
	}
	t['-'], t['_'] = 62, 63
	return t
}()

// base64 looks for names in base64, at any alignment, in ASCII and in UTF-16, in lower, upper or
// title case or as first spelled. Where the first and the last character of a name also hold other
// bits, they may be any character, or missing.
func (c *scan) base64(b []byte, from, until int) *Found {
	for i := from; i < until; {
		probe := i + minBase64 - 1 // one of so many characters in a row is there
		if probe >= len(b) {
			return nil
		}
		if base64Values[b[probe]] == notBase64 {
			i = probe + 1
			continue
		}
		start := probe
		for start > i && base64Values[b[start-1]] != notBase64 {
			start--
		}
		f, end := c.inBase64(b, start, until)
		if f != nil {
			return f
		}
		i = max(end, probe+1)
	}
	return nil
}

const (
	nineCharacters = 1<<54 - 1
	sixBytes       = 1<<48 - 1
	// wholeBytes are the high bits of those of six bytes that are in whole characters at any
	// alignment. codedBits are all bits of the six bytes that are.
	wholeBytes = 0x008080808000
	codedBits  = 0x0ffffffffff0
	// wideZeros are the zero bits of three letters in UTF-16.
	wideZeros = 0x00ff00ff00f0
	// codedLetters are nine characters x.
	codedLetters = 0x31c71c71c71c71
)

// codedKey returns the key of six bytes, of which the first and the last may be known only in
// part.
func codedKey(sixBytes uint64) uint64 { return sixBytes & codedBits }

// inBase64 looks for names that begin in a row of characters, and returns the end of the row. A
// name begins with a character, or two or four bits later.
func (c *scan) inBase64(b []byte, from, until int) (f *Found, end int) {
	last := uint64(0) // nine characters
	for at := from; ; at++ {
		value := byte(notBase64)
		if at < len(b) {
			value = base64Values[b[at]]
		}
		ends := value == notBase64
		if ends {
			value = 0 // any
		}
		last = (last<<6 | uint64(value)) & nineCharacters
		start := at - minBase64 - 1
		switch {
		case start >= until && !ends:
			return nil, at
		case start >= from-1 && start < until:
			for bits := 0; bits <= 4; bits += 2 {
				six := last >> (6 - bits) & sixBytes
				if mayBeAddress(six) && len(c.addresses.all) > 0 && start >= from {
					if f := c.base64Address(b, start, bits); f != nil {
						return f, at
					}
				}
				if c.mayBeCoded(six) {
					if f := c.beginsBase64(b, max(start, from), start < from, bits); f != nil {
						return f, at
					}
				}
			}
		}
		if ends {
			return nil, at
		}
		if last == codedLetters && c.fills.letters && eightAt(b, at+1) == letters {
			at = skip(b, at+1, until, letters) - 1
		}
	}
}

// mayBeCoded reports whether six bytes may be the beginning of a name.
func (c *scan) mayBeCoded(six uint64) bool {
	switch {
	case six&wholeBytes != 0 && !c.hasNonASCII:
		return false
	case six&wideZeros == 0 && kinds[byte(six>>24)]&kinds[byte(six>>8)]&asciiKind != 0:
		return true
	case !c.six.has(codedKey(six)):
		return false
	}
	return c.hasNonASCII || kinds[byte(six>>32)]&kinds[byte(six>>24)]&kinds[byte(six>>16)]&kinds[byte(six>>8)]&asciiKind != 0
}

// beginsBase64 looks for a name that begins after the first bits of a character, which may be
// missing before at. The bits of its first byte in that character may have any value.
func (c *scan) beginsBase64(b []byte, at int, isMissing bool, bits int) *Found {
	const form = "base64"
	known := [...]byte{0: 0xff, 2: 0x0f, 4: 0x3f}[bits] // of the first byte
	c.decodeBase64(b[at:], isMissing, bits)
	if len(c.decoded) < minEncoded || isMissing && bits == 0 {
		return nil
	}
	rest := c.decoded[0] & known
	for first := 0; first < 256; first += int(known) + 1 {
		c.decoded[0] = byte(first) | rest
		if kind := kinds[c.decoded[0]]; kind&wordKind == 0 && known != 0xff || kind&asciiKind == 0 && !c.hasNonASCII {
			continue
		}
		if f := c.beginsDecoded(form, at, minEncoded); f != nil {
			return f
		}
		if e := c.endsInPart(bits); e != nil {
			return c.found(e, form, at)
		}
	}
	return nil
}

// endsInPart returns a name at the beginning of c.decoded whose last byte is partly unknown,
// because some of its bits are in another character.
func (c *scan) endsInPart(bits int) *entry {
	all := c.decoded[:min(len(c.decoded), len(c.folded))]
	for size := minEncoded; size <= len(all); size++ {
		unknown := 1<<((bits+8*size)%6) - 1
		if !c.words.isBeginning(c.fold(all[:size-1])) {
			return nil
		}
		last := all[size-1]
		for x := 0; unknown > 0 && x <= unknown; x++ {
			all[size-1] = last&^byte(unknown) | byte(x)
			if e := c.begins(all[:size], func(e *entry) bool {
				return int(e.size) == size && e.is&encoded != 0 && (e.is&nonASCII != 0 || c.isUsualCase(e, all[:size]))
			}); e != nil {
				return e
			}
		}
		all[size-1] = last
	}
	return nil
}

// decodeBase64 decodes a row of characters, without the first bits. Bits of the last byte may be
// missing.
func (c *scan) decodeBase64(b []byte, isMissing bool, bits int) {
	c.decoded = c.decoded[:0]
	last, have := uint32(0), -bits
	if isMissing {
		have += 6
	}
	for _, x := range b {
		value := base64Values[x]
		if value == notBase64 || len(c.decoded) >= 2*len(c.folded) {
			break
		}
		last, have = last<<6|uint32(value), have+6
		if have >= 8 {
			have -= 8
			c.decoded = append(c.decoded, byte(last>>have))
		}
	}
	if have > 0 {
		c.decoded = append(c.decoded, byte(last<<(8-have)))
	}
}
