package pseudonym

import (
	"encoding/binary"
	"net/netip"
)

// ipv6 returns the pseudonym of an address of IPv6. Groups of zeros stay, so that its text is
// as long.
func (n *Names) ipv6(a [16]byte) netip.Addr {
	p := a
	group := func(i int) uint16 { return binary.BigEndian.Uint16(a[2*i:]) }
	first := 0
	switch {
	case a[0] == 0xff:
		if group(0) != 0xff02 || string(a[2:13]) != "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff" {
			return netip.AddrFrom16(a) // a group that is the same everywhere
		}
		first = 7 // of solicited nodes (RFC 4291, 2.7.1): the end of an address
		p[13] = 0
	case a[0] == 0xfe && a[1]&0xc0 == 0x80:
		first = 1
	case string(a[:12]) == "\x00\x64\xff\x9b\x00\x00\x00\x00\x00\x00\x00\x00": // NAT64 (RFC 6052)
		v4 := n.Addr(netip.AddrFrom4([4]byte(a[12:]))).As4()
		copy(p[12:], v4[:])
		return netip.AddrFrom16(p)
	}
	for i := first; i < 8; i++ {
		g := group(i)
		if g == 0 {
			continue
		}
		from, to := groupsOfLength(g)
		if i == 0 {
			from, to = groupsOfKind(g, from, to)
		}
		all := func(uint16) bool { return true }
		binary.BigEndian.PutUint16(p[2*i:], n.replaceUnder(6, a[:2*i], g, all, from, to))
	}
	return netip.AddrFrom16(p)
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

// isKnownMulticast reports whether a group of MAC addresses is the same in many networks: all, those
// of IP, of bridges, of Cisco, of IS-IS and of precise time. Others may be made of an address,
// as those of balanced Windows servers are.
func isKnownMulticast(a [6]byte) bool {
	switch string(a[:3]) {
	case "\xff\xff\xff", "\x01\x00\x5e", "\x01\x80\xc2", "\x01\x00\x0c", "\x01\x1b\x19", "\x09\x00\x2b", "\x01\x00\x81", "\x01\x0c\xcd":
		return true
	}
	return a[0] == 0x33 && a[1] == 0x33
}

// MAC returns the pseudonym of a MAC address: one of local administration, whose maker cannot
// be seen. Groups stay, but for the ends of addresses that those of solicited nodes have, and
// so do those of redundant routers (RFC 5798, 7.3) and no address at all.
func (n *Names) MAC(a [6]byte) [6]byte {
	switch {
	case n.keepAddresses, a == [6]byte{}, string(a[:4]) == "\x00\x00\x5e\x00":
		return a
	case string(a[:3]) == "\x33\x33\xff": // RFC 2464, section 7: the end of the address
		group := [16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: a[3], 14: a[4], 15: a[5]}
		end := n.ipv6(group).As16()
		copy(a[3:], end[13:])
		return a
	case a[0]&1 == 1 && isKnownMulticast(a):
		return a
	}
	p, ok := n.macs[a]
	if !ok {
		if len(n.macs) == maxAddresses {
			n.Full++
			return [6]byte{0: 2}
		}
		p[0] = 2 | a[0]&1
		binary.BigEndian.PutUint32(p[2:], uint32(len(n.macs)+1))
		n.macs[a] = p
	}
	return p
}
