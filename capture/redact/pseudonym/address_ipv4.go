package pseudonym

import "net/netip"

// A numberTable holds the numbers that follow address prefixes, and their pseudonyms. A number is
// known by its prefix, of which the table has the number, and by itself.
type numberTable struct {
	prefixes   map[prefix]uint32
	pseudonyms map[uint64]uint16
	taken      map[uint64]struct{} // pseudonyms
}

// A prefix is the beginning of an address, behind the version of IP and its length.
type prefix [2 + 14]byte

func newNumberTable() *numberTable {
	return &numberTable{map[prefix]uint32{}, map[uint64]uint16{}, map[uint64]struct{}{}}
}

// replaceUnder returns the pseudonym of a number that follows a prefix of original addresses of
// that version of IP. It is of the same class, and not the number itself while there are others.
func (n *Names) replaceUnder(version byte, beginning []byte, number uint16, class func(uint16) bool, from, to uint16) uint16 {
	key := prefix{version, byte(len(beginning))}
	copy(key[2:], beginning)
	t := n.numbers
	id, isKnown := t.prefixes[key]
	if p, ok := t.pseudonyms[under(id, number)]; isKnown && ok {
		return p
	}
	if len(t.pseudonyms) == maxNumbers || !isKnown && len(t.prefixes) == maxAddresses {
		n.Full++
		return from
	}
	if !isKnown {
		id = uint32(len(t.prefixes))
		t.prefixes[key] = id
	}
	pick := n.unusedUnder(id, number, class, from, to)
	t.pseudonyms[under(id, number)], t.taken[under(id, pick)] = pick, struct{}{}
	return pick
}

// under returns the key of a number under a prefix.
func under(prefix uint32, number uint16) uint64 { return uint64(prefix)<<16 | uint64(number) }

// unusedUnder draws a number of a class that is not taken yet, and is not the number itself while
// there are others.
func (n *Names) unusedUnder(prefix uint32, number uint16, class func(uint16) bool, from, to uint16) uint16 {
	const maxDraws = 40 // then those that follow are tried
	size := uint32(to) - uint32(from) + 1
	k := uint32(0)
	for try := range maxDraws + size {
		if k++; try <= maxDraws {
			k = n.random.Uint32N(size)
		}
		p := from + uint16(k%size)
		if _, isTaken := n.numbers.taken[under(prefix, p)]; p != number && !isTaken && class(p) {
			return p
		}
	}
	return number
}

// Addr returns the pseudonym of an address. Two pseudonyms share as many leading octets (of IPv6:
// groups) as the addresses do, and each octet has the same number of digits. The purpose of an
// address stays: private, link-local, loopback, multicast, broadcast.
func (n *Names) Addr(a netip.Addr) netip.Addr {
	if n.keepAddresses || !a.IsValid() || a.IsUnspecified() || a.IsLoopback() {
		return a
	}
	var p netip.Addr
	switch {
	case a.Is4In6():
		p = netip.AddrFrom16(n.Addr(a.Unmap()).As16())
	case a.Is4():
		if a.IsMulticast() {
			return a
		}
		p = n.ipv4(a.As4())
	default:
		p = n.ipv6(a.WithZone("").As16())
	}
	if p != a && len(n.addrs) < maxAddresses {
		n.addrs[a] = p
	}
	return p
}

// ipv4 returns the pseudonym of an address of IPv4.
func (n *Names) ipv4(a [4]byte) netip.Addr {
	if a[0] == 0 || a[0] >= 224 {
		return netip.AddrFrom4(a)
	}
	p := a
	for i, octet := range a {
		from, to := octetsOfLength(octet)
		if from == to {
			continue
		}
		class := func(v uint16) bool { return true }
		switch {
		case i == 0 && keepsFirstOctet(octet), i == 1 && (a[0] == 192 && octet == 168 || a[0] == 169 && octet == 254):
			continue
		case i == 0:
			class = func(v uint16) bool { return v < 224 && !keepsFirstOctet(byte(v)) }
		case i == 1 && keepsFirstOctet(a[0]):
			private := isPrivate(a[0], octet)
			class = func(v uint16) bool { return isPrivate(a[0], byte(v)) == private }
		}
		p[i] = byte(n.replaceUnder(4, a[:i], uint16(octet), class, from, to))
	}
	return netip.AddrFrom4(p)
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
// stay alone: they name networks and broadcasts.
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
