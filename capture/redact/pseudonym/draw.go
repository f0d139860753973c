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

// A draw is what the pseudonym of a number in an address is drawn by.
type draw struct {
	version             byte   // of IP
	original, pseudonym []byte // what is before the number, in the address and in its pseudonym
	number              uint16
	from, to            uint16            // which numbers are as long
	fits                func(uint16) bool // whether one is of the same class; nil for all
}

// prefixOf returns the prefix of a beginning of an address.
func prefixOf(version byte, beginning []byte) prefix {
	key := prefix{version, byte(len(beginning))}
	copy(key[2:], beginning)
	return key
}

// note makes a prefix of an original known, and reports whether there is room for it.
func (t *numberTable) note(d *draw) bool {
	key := prefixOf(d.version, d.original)
	if _, isKnown := t.prefixes[key]; isKnown {
		return true
	}
	if len(t.prefixes) == maxAddresses {
		return false
	}
	t.prefixes[key] = uint32(len(t.prefixes))
	return true
}

// draw returns the pseudonym of a number. It is of the same class, and not the number itself while
// there are others. As far as there are such ones, it makes a beginning that no original has.
func (n *Names) draw(d *draw) uint16 {
	t := n.numbers
	isKnown := t.note(d)
	id := t.prefixes[prefixOf(d.version, d.original)]
	if p, ok := t.pseudonyms[under(id, d.number)]; isKnown && ok {
		return p
	}
	if len(t.pseudonyms) == maxNumbers || !isKnown {
		n.Full++
		return d.from
	}
	pick := n.unusedUnder(id, d)
	t.pseudonyms[under(id, d.number)], t.taken[under(id, pick)] = pick, struct{}{}
	return pick
}

// under returns the key of a number under a prefix.
func under(prefix uint32, number uint16) uint64 { return uint64(prefix)<<16 | uint64(number) }

// unusedUnder draws a number that is not taken yet.
func (n *Names) unusedUnder(prefix uint32, d *draw) uint16 {
	const maxDraws = 40 // then those that follow are tried, and so many at most for a better one
	size := uint32(d.to) - uint32(d.from) + 1
	k, second, hasSecond := uint32(0), uint16(0), false
	for try := range maxDraws + size {
		if k++; try <= maxDraws {
			k = n.random.Uint32N(size)
		}
		p := d.from + uint16(k%size)
		if _, isTaken := n.numbers.taken[under(prefix, p)]; p == d.number || isTaken || d.fits != nil && !d.fits(p) {
			continue
		}
		if !n.beginsOriginal(d, p) {
			return p
		}
		if !hasSecond {
			second, hasSecond = p, true
		}
		if try > maxDraws+256 {
			break
		}
	}
	if hasSecond {
		return second
	}
	if _, isTaken := n.numbers.taken[under(prefix, d.number)]; isTaken && d.version == 4 {
		return 0 // which took the last number
	}
	return d.number
}

// beginsOriginal reports whether an address that was seen begins as the pseudonym would with p.
func (n *Names) beginsOriginal(d *draw, p uint16) bool {
	b := append(make([]byte, 0, 16), d.pseudonym...)
	if d.version == 6 {
		b = append(b, byte(p>>8))
	}
	b = append(b, byte(p))
	if a, ok := netip.AddrFromSlice(b); ok && a.Is4() == (d.version == 4) {
		return n.isOriginal(a)
	}
	key := prefixOf(d.version, b)
	if _, isKnown := n.numbers.prefixes[key]; isKnown {
		return true
	}
	_, isKnown := n.known.prefixes[key]
	return isKnown
}

// isOriginal reports whether an address was seen and replaced, now or when it was tried before.
func (n *Names) isOriginal(a netip.Addr) bool {
	if _, isOne := n.addrs[a]; isOne {
		return true
	}
	_, isOne := n.known.addrs[a]
	return isOne
}

// known are the addresses of a capture, and the beginnings of them, where they were seen before.
type known struct {
	prefixes map[prefix]uint32
	addrs    map[netip.Addr]netip.Addr
	macs     map[[6]byte][6]byte
}
