package pseudonym

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// AddressAt returns the length of the address at a place of a text, and its pseudonym, which is as
// long. The length is 0 if there is no address.
func (n *Names) AddressAt(text string, at int) (size int, pseudonym string) {
	if at > 0 && (isWordByte(text[at-1]) || text[at-1] == '.') {
		return 0, ""
	}
	if at > 1 && text[at-1] == ':' && (text[at-2] == ':' || hexAt(text, at-2) >= 0) {
		return 0, ""
	}
	end := at
	for end < len(text) && (hexAt(text, end) >= 0 || text[end] == '.' || text[end] == ':') {
		end++
	}
	for _, candidate := range []string{text[at:end], strings.TrimRight(text[at:end], ".:"), withoutPort(text[at:end])} {
		after := at + len(candidate)
		if candidate == "" || after < len(text) && isWordByte(text[after]) {
			continue
		}
		a, err := netip.ParseAddr(candidate)
		if err != nil {
			continue
		}
		if a.Is4() && len(text)-after >= len(reverseZone) && strings.EqualFold(text[after:after+len(reverseZone)], reverseZone) {
			return len(candidate), reversed(n.Addr(reversed(a))).String()
		}
		if a.Is4() {
			return len(candidate), n.Addr(a).String()
		}
		return len(candidate), n.ipv6Text(candidate, a)
	}
	return 0, ""
}

// withoutPort returns the address of a text address:port, empty if the text has not one colon.
func withoutPort(text string) string {
	before, after, ok := strings.Cut(text, ":")
	if !ok || strings.Contains(after, ":") {
		return ""
	}
	return before
}

// ipv6Text returns the pseudonym of an address of IPv6, written as its text is. Where an
// address of IPv4 is in it, that may be written as such or in groups: what has no room for
// the pseudonym's group gets another one.
func (n *Names) ipv6Text(text string, address netip.Addr) string {
	a, b := address.As16(), n.Addr(address).As16()
	front, back, short := strings.Cut(text, "::")
	var out strings.Builder
	write := func(part string, i int) {
		for j, g := range strings.Split(part, ":") {
			if j > 0 {
				out.WriteByte(':')
			}
			if strings.Contains(g, ".") {
				out.WriteString(n.Addr(netip.AddrFrom4([4]byte(a[12:]))).String())
				continue
			}
			group := binary.BigEndian.Uint16(b[2*i:])
			if from, to := groupsOfLength(binary.BigEndian.Uint16(a[2*i:])); group > to {
				group = n.draw(&draw{version: 6, original: a[:2*i], pseudonym: b[:2*i], number: binary.BigEndian.Uint16(a[2*i:]), from: from, to: to})
			}
			fmt.Fprintf(&out, "%0*x", len(g), group)
			i++
		}
	}
	if front != "" {
		write(front, 0)
	}
	if short {
		out.WriteString("::")
	}
	if back != "" {
		n := strings.Count(back, ":") + 1
		if strings.Contains(back, ".") {
			n++
		}
		write(back, 8-n)
	}
	return out.String()
}

// reverseZone is the domain of reverse lookups of IPv4 addresses (RFC 1035, section 3.5).
const reverseZone = ".in-addr.arpa"

// reversed returns an address of IPv4 with its octets the other way round.
func reversed(a netip.Addr) netip.Addr {
	b := a.As4()
	slices.Reverse(b[:])
	return netip.AddrFrom4(b)
}
