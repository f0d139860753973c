package search

// window is how many bytes on both sides of a sign are decoded to look for an address.
const window = 80

// addressesIn looks for addresses in a text that was decoded, in ASCII or in UTF-16, around or behind
// b[at].
func (c *scan) addressesIn(text []byte, form string, at int) *Found {
	for i, x := range text {
		if kinds[x]&addressSign == 0 {
			continue
		}
		f := c.addressAt(text, i, form)
		if f == nil && i > 1 && i+2 < len(text) && text[i-1] == 0 && text[i+1] == 0 {
			f = c.wideAddress(text, i, form)
		}
		if f != nil {
			f.At = int64(at)
			return f
		}
	}
	return nil
}

// wideAddress looks for the address in UTF-16 that b[i], a dot or a colon, is a sign of.
func (c *scan) wideAddress(b []byte, i int, form string) *Found {
	start := i
	for start > 1 && i-start < 2*window && b[start-1] == 0 && kinds[b[start]]&addressKind != 0 {
		start -= 2
	}
	var text [2*window + 1]byte
	n := 0
	for at := start; at < len(b) && n < len(text); at += 2 {
		text[n] = b[at]
		if n++; at+1 < len(b) && b[at+1] != 0 {
			break
		}
	}
	for k := range n {
		if kinds[text[k]]&addressSign == 0 {
			continue
		}
		if f := c.addressAt(text[:n], k, form); f != nil {
			f.At = int64(start)
			return f
		}
	}
	return nil
}

// hexAddress looks for an address in hexadecimal around the digits at at.
func (c *scan) hexAddress(b []byte, at int) *Found {
	if len(c.addresses.all) == 0 {
		return nil
	}
	start := at
	for start >= 2 && at-start < 2*window && kinds[b[start-1]]&kinds[b[start-2]]&hexKind != 0 {
		start -= 2
	}
	c.text = c.text[:0]
	for k := start; k+2 <= len(b) && len(c.text) < 2*window && kinds[b[k]]&kinds[b[k+1]]&hexKind != 0; k += 2 {
		c.text = append(c.text, nibble(b[k])<<4|nibble(b[k+1]))
	}
	return c.addressesIn(c.text, "hexadecimal", start)
}

// base64Address looks for an address in base64 around the byte that begins after the first bits of
// the character at at.
func (c *scan) base64Address(b []byte, at, bits int) *Found {
	start := at
	for start > 0 && at-start < window && base64Values[b[start-1]] != notBase64 {
		start--
	}
	skip := (6*(at-start) + bits) % 8 // bits before the first whole byte
	c.text = c.text[:0]
	last, have := uint32(0), -skip
	for k := start; k < len(b) && len(c.text) < 2*window && base64Values[b[k]] != notBase64; k++ {
		last, have = last<<6|uint32(base64Values[b[k]]), have+6
		if have >= 8 {
			have -= 8
			c.text = append(c.text, byte(last>>have))
		}
	}
	return c.addressesIn(c.text, "base64", start)
}

// mayBeAddress reports whether six bytes have a dot or a colon that may be in an address, in ASCII
// behind one character or in UTF-16.
func mayBeAddress(six uint64) bool {
	if kinds[byte(six>>32)]&addressSign != 0 {
		return kinds[byte(six>>40)]&kinds[byte(six>>24)]&addressKind != 0
	}
	return six&wideSign == 0 && kinds[byte(six>>24)]&addressSign != 0 && kinds[byte(six>>40)]&kinds[byte(six>>8)]&addressKind != 0
}

// wideSign are the bits between three characters of UTF-16 in six bytes.
const wideSign = 0x00ff00ff0000
