package search

import "bytes"

// percentEncoded looks for names with percent-encoded characters, and names beside such
// characters.
func (c *scan) percentEncoded(b []byte, from, until int) *Found {
	const form = "percent-encoding"
	for i := from; i < until; {
		percent := bytes.IndexByte(b[i:min(until+maxName, len(b))], '%')
		if percent < 0 {
			return nil
		}
		percent += i
		if i = percent + 1; escaped(b, percent) < 0 {
			continue
		}
		start := percent
		for start > 0 && percent-start < maxName && kinds[b[start-1]]&wordKind != 0 {
			start--
		}
		end := c.decodePercent(b, start)
		if f := c.inPercent(form); f != nil {
			f.At = int64(start)
			return f
		}
		i = end
	}
	return nil
}

// decodePercent decodes words and percent-encoded characters among them from at on, with the byte
// before them and the byte after them, and returns their end.
func (c *scan) decodePercent(b []byte, at int) int {
	c.decoded = append(c.decoded[:0], 0)
	if at > 0 {
		c.decoded[0] = b[at-1]
	}
	for at < len(b) {
		if x := escaped(b, at); x >= 0 {
			c.decoded = append(c.decoded, byte(x))
			at += 3
			continue
		}
		c.decoded = append(c.decoded, b[at])
		if kinds[b[at]]&wordKind == 0 {
			break
		}
		at++
	}
	return at
}

// inPercent looks for names in c.decoded.
func (c *scan) inPercent(form string) *Found {
	b := c.decoded
	if f := c.plain(b, 1, len(b)); f != nil {
		f.Form = form
		return f
	}
	if !c.hasNonASCII {
		return nil
	}
	for i := range b {
		if !c.four.has(bigEndian(b[i:], 4)) {
			continue
		}
		if e := c.begins(b[i:], func(e *entry) bool { return e.is&nonASCII != 0 && e.is&wide == 0 }); e != nil {
			return c.found(e, form, i)
		}
	}
	return nil
}

// escaped returns the percent-encoded byte at at, -1 for none.
func escaped(b []byte, at int) int {
	if at+3 > len(b) || b[at] != '%' || kinds[b[at+1]]&kinds[b[at+2]]&hexKind == 0 {
		return -1
	}
	return int(nibble(b[at+1])<<4 | nibble(b[at+2]))
}

// nibble returns the value of a hexadecimal digit.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
