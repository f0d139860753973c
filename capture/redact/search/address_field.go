package search

import "bytes"

// fields looks for addresses where the bytes before them say that they are some, in messages that headers
// lead to: in answers of DNS, in names for reverse lookups, in tickets and certificates, in what
// clients and proxies send in front of HTTP, and in DHCP.
func (c *scan) fields(b []byte, from, until int) *Found {
	if len(c.addresses.all) == 0 {
		return nil
	}
	for _, sign := range []byte{4, 5, 16} { // lengths of addresses, and the version of SOCKS
		for i := from; i < until; i++ {
			next := bytes.IndexByte(b[i:until], sign)
			if next < 0 {
				break
			}
			i += next
			if f := c.field(b, i); f != nil {
				return f
			}
		}
	}
	return c.proxied(b, from, until)
}

// field looks for an address behind the length or the version at i.
func (c *scan) field(b []byte, i int) *Found {
	size := int(b[i])
	switch before, after := b[:i], b[i+1:]; {
	case size == 4 && len(after) >= 4 && bytes.EqualFold(after[:4], []byte("arpa")):
		return c.reverse(b, i)
	case size == 4 && (endsWith(before, "\xa0\x03\x02\x01\x02\xa1\x06\x04") || endsWith(before, "\x87") || isRecord(before, 1)),
		size == 16 && (endsWith(before, "\xa0\x03\x02\x01\x18\xa1\x12\x04") || endsWith(before, "\x87") || isRecord(before, 28)):
		return c.bytesAt(after, size, i)
	case size == 5 && len(after) >= 3 && after[1] == 0 && after[0] < 9: // RFC 1928, sections 4 and 6
		return c.bytesAt(after[3:], map[byte]int{1: 4, 4: 16}[after[2]], i)
	case size == 4 && len(after) >= 8 && (after[0] == 1 || after[0] == 2): // SOCKS 4: a command, a port and a user
		if user := bytes.IndexByte(after[7:min(len(after), 7+64)], 0); user >= 0 && isPrintable(after[7:7+user]) {
			return c.bytesAt(after[3:], 4, i)
		}
	}
	return nil
}

// bytesAt looks for the address that is the beginning of b.
func (c *scan) bytesAt(b []byte, size, at int) *Found {
	if size == 0 || len(b) < size {
		return nil
	}
	a := addressFrom(b[:size])
	if !c.addresses.has(a) {
		return nil
	}
	return &Found{Name: a.String(), Form: "bytes", IsAddress: true, At: int64(at)}
}

// isRecord reports whether b ends with the head of a record of DNS with an address of that type, up to
// the first byte of its length (RFC 1035, section 4.1.3).
func isRecord(b []byte, kind byte) bool {
	h := b[max(len(b)-9, 0):]
	return len(h) == 9 && h[0] == 0 && h[1] == kind && h[2]&0x7f == 0 && h[3] == 1 && h[8] == 0
}

// reverse looks for an address in a name for reverse lookups, as DNS has it: the label "arpa" is at i.
func (c *scan) reverse(b []byte, i int) *Found {
	const four, six = "\x07in-addr", "\x03ip6"
	var text []byte // the labels before, with dots, the other way round
	at := i
	switch {
	case i >= len(four) && bytes.EqualFold(b[i-len(four):i], []byte(four)):
		at -= len(four)
	case i >= len(six) && bytes.EqualFold(b[i-len(six):i], []byte(six)):
		at -= len(six)
	default:
		return nil
	}
	zone := b[at+1 : i]
	for count := 0; count < 32; count++ {
		size := 1
		for size < 4 && at-size-1 >= 0 && int(b[at-size-1]) != size {
			size++
		}
		if size == 4 || at-size-1 < 0 {
			break
		}
		text = append(append(append([]byte(nil), b[at-size:at]...), '.'), text...)
		at -= size + 1
	}
	text = append(text, zone...)
	if f := c.addressesIn(text, "a name of DNS", at); f != nil {
		return f
	}
	return nil
}

// proxied looks for addresses in what a proxy sends in front of a connection (PROXY protocol, version 2),
// and in DHCP.
func (c *scan) proxied(b []byte, from, until int) *Found {
	const signature, cookie = "\x00\r\nQUIT\n", "\x63\x82\x53\x63"
	for i := from; i < until; i++ {
		next := bytes.Index(b[i:min(until+len(signature), len(b))], []byte(signature[1:]))
		if next < 0 {
			break
		}
		i += next
		if rest := b[i+len(signature)-1:]; len(rest) >= 4 {
			size := map[byte]int{1: 4, 2: 16}[rest[1]>>4]
			for k := range 2 {
				if at := 4 + k*size; at < len(rest) {
					if f := c.bytesAt(rest[at:], size, i); f != nil {
						return f
					}
				}
			}
		}
	}
	for i := from; i < until; i++ {
		next := bytes.Index(b[i:min(until+len(cookie), len(b))], []byte(cookie))
		if next < 0 {
			break
		}
		if i += next; i >= 236 {
			if f := c.dhcp(b[i-236:], i-236); f != nil {
				return f
			}
		}
	}
	return nil
}

// dhcp looks for addresses in a message of DHCP (RFC 2131, section 2).
func (c *scan) dhcp(b []byte, at int) *Found {
	for _, place := range []int{12, 16, 20, 24} {
		if f := c.bytesAt(b[place:], 4, at); f != nil {
			return f
		}
	}
	if f := c.bytesAt(b[28:], 6, at); f != nil {
		return f
	}
	for o := 240; o+2 <= len(b) && b[o] != 255; {
		if b[o] == 0 {
			o++
			continue
		}
		value := b[o+2 : min(o+2+int(b[o+1]), len(b))]
		for k := 0; len(value)%4 == 0 && k < len(value); k += 4 {
			if f := c.bytesAt(value[k:], 4, at); f != nil {
				return f
			}
		}
		o += 2 + int(b[o+1])
	}
	return nil
}

func endsWith(b []byte, suffix string) bool { return bytes.HasSuffix(b, []byte(suffix)) }

// isPrintable reports whether all bytes are ASCII that can be seen.
func isPrintable(b []byte) bool {
	for _, x := range b {
		if x < ' ' || x > '~' {
			return false
		}
	}
	return true
}
