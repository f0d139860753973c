package search

import "bytes"

// percentEncoded looks for names with percent-encoded characters, and names beside such
// characters.
func (c *scan) percentEncoded(b []byte, from, until int) *Found {
	const form = "percent-encoding"
	urlEnd := 0
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
		if percent >= urlEnd {
			var f *Found
			if f, urlEnd = c.inURL(b, percent); f != nil {
				return f
			}
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

// maxURL is how many bytes of a URL are decoded at once.
const maxURL = 1 << 10

// inURL looks for addresses and values in what is percent-encoded around the sign at percent, and for
// all else in the base64 that it is. It returns up to where it need not be called again.
func (c *scan) inURL(b []byte, percent int) (f *Found, end int) {
	const form = "percent-encoding"
	start := percent
	for start > 0 && percent-start < maxName && isURLByte(b[start-1]) {
		start--
	}
	c.url = c.url[:0]
	at := start
	for at < len(b) && at-start < maxURL && isURLByte(b[at]) {
		if x := escaped(b, at); x >= 0 {
			c.url = append(c.url, byte(x))
			at += 3
			continue
		}
		c.url = append(c.url, b[at])
		at++
	}
	if end = at; at-start >= maxURL { // there is more of it
		end = max(percent+1, at-maxName)
	}
	if f = c.addressesIn(c.url, form, start); f == nil {
		f = c.values(c.url, 0, len(c.url))
	}
	if f == nil {
		f = c.base64(c.url, 0, len(c.url))
	}
	if f != nil {
		f.At = int64(start)
	}
	return f, end
}

// isURLByte reports whether a byte may be within a part of a URL.
func isURLByte(c byte) bool {
	return c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '<' && c != '>' && c != '&' && c != '?' && c != '\\'
}
