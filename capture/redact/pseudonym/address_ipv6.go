package pseudonym

import (
	"encoding/binary"
	"net/netip"
)

// ipv6 returns the pseudonym of an address of IPv6, and whether it is drawn: else the address stays.
// Groups of zeros stay, so that its text is as long.
func (n *Names) ipv6(a [16]byte) (pseudonym netip.Addr, isDrawn bool) {
	p := a
	group := func(i int) uint16 { return binary.BigEndian.Uint16(a[2*i:]) }
	first := 0
	switch {
	case a[0] == 0xff:
		if group(0) != 0xff02 || string(a[2:13]) != "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff" {
			return netip.AddrFrom16(a), false // a group that is the same everywhere
		}
		first = 7 // of solicited nodes (RFC 4291, 2.7.1): the end of an address
		p[13] = 0
	case a[0] == 0xfe && a[1]&0xc0 == 0x80:
		first = 1
	case string(a[:12]) == "\x00\x64\xff\x9b\x00\x00\x00\x00\x00\x00\x00\x00": // NAT64 (RFC 6052)
		v4 := n.Addr(netip.AddrFrom4([4]byte(a[12:]))).As4()
		copy(p[12:], v4[:])
		return netip.AddrFrom16(p), true
	}
	for i := first; i < 8; i++ {
		d := draw{version: 6, original: a[:2*i], pseudonym: p[:2*i], number: group(i)}
		n.numbers.note(&d)
		if d.number == 0 {
			continue
		}
		if d.from, d.to = groupsOfLength(d.number); i == 0 {
			d.from, d.to = groupsOfKind(d.number, d.from, d.to)
		}
		binary.BigEndian.PutUint16(p[2*i:], n.draw(&d))
		isDrawn = true
	}
	return netip.AddrFrom16(p), isDrawn
}

// groupsOfLength returns the first and the last group of as many hexadecimal digits.
func groupsOfLength(group uint16) (from, to uint16) {
	switch {
	case group < 0x10:
		return 1, 0xf
	case group < 0x100:
		return 0x10, 0xff
	case group < 0x1000:
		return 0x100, 0xfff
	}
	return 0x1000, 0xffff
}

// groupsOfKind returns the first and the last first group of addresses of the same kind.
func groupsOfKind(group, from, to uint16) (uint16, uint16) {
	switch {
	case group>>8 == 0xfd || group>>8 == 0xfc: // of a site (RFC 4193)
		return group & 0xff00, group | 0xff
	case group>>13 == 1: // public
		return 0x2000, 0x3fff
	}
	return from, to
}
