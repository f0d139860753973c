package search

import (
	"bytes"
	"net/netip"
)

// maxAddressText is the longest text of an address, of IPv6 with IPv4 in it.
const maxAddressText = 46

// addressAt looks for the address whose first dot or colon is b[i].
func (c *scan) addressAt(b []byte, i int, form string) *Found {
	var a Address
	start, sign := -1, b[i]
	if sign == '.' {
		if a, start = dotted(b, i); start < 0 {
			a, start = macAt(b, i-4, 2, sign)
		}
		if start < 0 {
			a, start = nibbles(b, i)
		}
	} else if a, start = macAt(b, i-2, 1, sign); start < 0 {
		a, start = ipv6At(b, i)
	}
	if start < 0 || !c.addresses.has(a) || c.isVersion(b, start, a) {
		return nil
	}
	return &Found{Name: a.String(), Form: form, IsAddress: true, At: int64(start)}
}

// isVersion reports whether what looks like an address is a version that stays, behind a letter or
// behind the name of a product and a slash.
func (c *scan) isVersion(b []byte, start int, a Address) bool {
	if !c.addresses.versions[a] || start == 0 {
		return false
	}
	before := b[start-1]
	return before == '/' && start > 1 && kinds[b[start-2]]&asciiKind != 0 || before != '-' && before != '_' && kinds[before]&asciiKind != 0
}

// dotted returns the address of IPv4 whose first dot is at i, and where it begins, -1 if there is none.
func dotted(b []byte, i int) (a Address, start int) {
	start = i
	for start > 0 && i-start < 3 && isDigit(b, start-1) {
		start--
	}
	if start == i || isDigit(b, start-1) || start > 0 && b[start-1] == '.' && isDigit(b, start-2) {
		return a, -1
	}
	a[0] = 4
	at := start
	for k := 1; k <= 4; k++ {
		octet, from := 0, at
		for at-from < 3 && isDigit(b, at) {
			octet = 10*octet + int(b[at]-'0')
			at++
		}
		if at == from || octet > 255 || k < 4 && (at == len(b) || b[at] != '.') {
			return a, -1
		}
		a[k] = byte(octet)
		if k < 4 {
			at++
		}
	}
	if isDigit(b, at) || at < len(b) && b[at] == '.' && isDigit(b, at+1) {
		return a, -1
	}
	const zone = ".in-addr" // RFC 1035, section 3.5
	if at+len(zone) <= len(b) && b[at] == '.' && bytes.EqualFold(b[at:at+len(zone)], []byte(zone)) {
		a[1], a[2], a[3], a[4] = a[4], a[3], a[2], a[1]
	}
	return a, start
}

// macAt returns the MAC address that begins at start, and again where it begins, -1 if there is none
// or it is within a longer row of digits. Behind each group of so many bytes is a sign.
func macAt(b []byte, start, group int, sign byte) (a Address, at int) {
	const size = 6
	end := start + 2*size + size/group - 1
	if start < 0 || end > len(b) || isHexDigit(b, start-1) || isHexDigit(b, end) {
		return a, -1
	}
	a[0], at = size, start
	for k := range size {
		if k > 0 && k%group == 0 {
			if b[at] != sign {
				return a, -1
			}
			at++
		}
		if kinds[b[at]]&kinds[b[at+1]]&hexKind == 0 {
			return a, -1
		}
		a[1+k] = nibble(b[at])<<4 | nibble(b[at+1])
		at += 2
	}
	return a, start
}

// nibbles returns the address of IPv6 in a name for reverse lookups (RFC 3596, section 2.5) whose first
// dot is at i.
func nibbles(b []byte, i int) (a Address, start int) {
	const zone = ".ip6"
	start = i - 1
	end := start + 63
	if start < 0 || end+len(zone) > len(b) || b[i+2] != '.' || isHexDigit(b, start-1) || !bytes.EqualFold(b[end:end+len(zone)], []byte(zone)) {
		return a, -1
	}
	a[0] = 16
	for k := range 32 {
		at := start + 2*k
		if kinds[b[at]]&hexKind == 0 || b[at+1] != '.' {
			return a, -1
		}
		a[1+(31-k)/2] |= nibble(b[at]) << (4 * (k & 1))
	}
	return a, start
}

// ipv6At returns the address of IPv6 whose first colon is at i. A colon before it may end something
// else.
func ipv6At(b []byte, i int) (a Address, start int) {
	start = i
	for start > 0 && i-start < 4 && isHexDigit(b, start-1) {
		start--
	}
	if start > 0 {
		before := b[start-1]
		isInside := before == ':' && start > 1 && (b[start-2] == ':' || isHexDigit(b, start-2))
		if isInside || kinds[before]&asciiKind != 0 && before != '-' && before != '_' {
			return a, -1
		}
	}
	end, colons, isShort := start, 0, false
	for end < len(b) && end-start < maxAddressText && kinds[b[end]]&addressKind != 0 {
		if b[end] == ':' {
			colons++
			isShort = isShort || end > start && b[end-1] == ':'
		}
		end++
	}
	if !isShort && colons < 6 {
		return a, -1
	}
	run := b[start:end]
	for _, candidate := range [][]byte{run, bytes.TrimRight(run, ".:")} {
		after := start + len(candidate)
		if after < len(b) && kinds[b[after]]&asciiKind != 0 && b[after] != '-' && b[after] != '_' {
			continue
		}
		if ip, err := netip.ParseAddr(string(candidate)); err == nil {
			return AddressOf(ip), start
		}
	}
	return a, -1
}

func isDigit(b []byte, at int) bool {
	return at >= 0 && at < len(b) && '0' <= b[at] && b[at] <= '9'
}

func isHexDigit(b []byte, at int) bool {
	return at >= 0 && at < len(b) && kinds[b[at]]&hexKind != 0
}
