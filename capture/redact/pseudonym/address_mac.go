package pseudonym

import "encoding/binary"

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
	if p, ok := n.macs[a]; ok {
		return p
	}
	p := a
	switch {
	case n.keepAddresses, a == [6]byte{}, string(a[:4]) == "\x00\x00\x5e\x00":
		return a
	case string(a[:3]) == "\x33\x33\xff": // RFC 2464, section 7: the end of the address
		group, _ := n.ipv6([16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: a[3], 14: a[4], 15: a[5]})
		end := group.As16()
		copy(p[3:], end[13:])
	case a[0]&1 == 1 && isKnownMulticast(a):
		return a
	case len(n.macs) == maxAddresses:
		n.Full++
		return [6]byte{0: 2}
	default:
		p = n.nextMAC(a)
	}
	if len(n.macs) == maxAddresses {
		n.Unsearched++
	} else {
		n.macs[a] = p
	}
	return p
}

// nextMAC returns the next pseudonym for an address, which is no address that was seen.
func (n *Names) nextMAC(a [6]byte) (p [6]byte) {
	for {
		n.lastMAC++
		p = [6]byte{0: 2 | a[0]&1, 1: byte(n.lastMAC >> 32)}
		binary.BigEndian.PutUint32(p[2:], uint32(n.lastMAC))
		if _, isKnown := n.macs[p]; isKnown || p == a {
			continue
		}
		if _, isKnown := n.known.macs[p]; !isKnown {
			return p
		}
	}
}
