package pseudonym

import "net/netip"

// Addr returns the pseudonym of an address. Two pseudonyms share as many leading octets (of IPv6:
// groups) as the addresses do, and each octet has the same number of digits. The purpose of an
// address stays: private, link-local, loopback, multicast, broadcast.
func (n *Names) Addr(a netip.Addr) netip.Addr {
	if n.keepAddresses || !a.IsValid() || a.IsUnspecified() || a.IsLoopback() {
		return a
	}
	if p, ok := n.addrs[a]; ok {
		return p
	}
	var p netip.Addr
	isDrawn := false
	switch {
	case a.Is4In6():
		p = netip.AddrFrom16(n.Addr(a.Unmap()).As16())
	case a.Is4():
		if a.IsMulticast() {
			return a
		}
		p, isDrawn = n.ipv4(a.As4())
	default:
		p, isDrawn = n.ipv6(a.WithZone("").As16())
	}
	switch {
	case p == a && !isDrawn:
	case len(n.addrs) == maxAddresses:
		n.Unsearched++
	default:
		n.addrs[a] = p
	}
	return p
}

// ipv4 returns the pseudonym of an address of IPv4, and whether it is drawn: else the address stays.
func (n *Names) ipv4(a [4]byte) (pseudonym netip.Addr, isDrawn bool) {
	if a[0] == 0 || a[0] >= 224 {
		return netip.AddrFrom4(a), false
	}
	p := a
	for i, octet := range a {
		d := draw{version: 4, original: a[:i], pseudonym: p[:i], number: uint16(octet)}
		n.numbers.note(&d)
		d.from, d.to = octetsOfLength(octet)
		if octet == 0 && 0 < i && i < 3 { // within an address it says nothing
			d.from, d.to = 1, 9
		}
		if d.from == d.to {
			continue
		}
		switch {
		case i == 0 && keepsFirstOctet(octet), i == 1 && (a[0] == 192 && octet == 168 || a[0] == 169 && octet == 254):
			continue
		case i == 0:
			d.fits = func(v uint16) bool { return v < 224 && !keepsFirstOctet(byte(v)) }
		case i == 1 && keepsFirstOctet(a[0]):
			private := isPrivate(a[0], octet)
			d.fits = func(v uint16) bool { return isPrivate(a[0], byte(v)) == private }
		}
		p[i], isDrawn = byte(n.draw(&d)), true
	}
	return netip.AddrFrom4(p), isDrawn
}

// keepsFirstOctet reports whether a first octet stays: the addresses under it have different
// purposes.
func keepsFirstOctet(octet byte) bool {
	switch octet {
	case 10, 100, 127, 169, 172, 192:
		return true
	}
	return false
}

// isPrivate reports whether addresses with these two first octets are not of the public Internet
// (RFC 1918, RFC 3927, RFC 6598).
func isPrivate(first, second byte) bool {
	switch first {
	case 10:
		return true
	case 100:
		return 64 <= second && second < 128
	case 169:
		return second == 254
	case 172:
		return 16 <= second && second < 32
	case 192:
		return second == 168
	}
	return false
}

// octetsOfLength returns the first and the last octet with the same number of digits. 0 and 255
// stay alone: at the end they name networks and broadcasts.
func octetsOfLength(octet byte) (from, to uint16) {
	switch {
	case octet == 0 || octet == 255:
		return uint16(octet), uint16(octet)
	case octet < 10:
		return 1, 9
	case octet < 100:
		return 10, 99
	}
	return 100, 254
}
