package standin

import (
	"net/netip"
	"slices"
)

// Identity replaces a number, unless it says that there is none.
func (v *Values) Identity(b []byte) {
	none := func(c byte) bool { return !slices.ContainsFunc(b, func(x byte) bool { return x != c }) }
	if !none(0) && !none(0xff) {
		v.Names.Identity(b)
	}
}

// MACAddresses replaces MAC addresses at these places.
func (v *Values) MACAddresses(b []byte, places ...int) {
	for _, at := range places {
		if at+6 <= len(b) {
			m := v.Names.MAC([6]byte(b[at:]))
			copy(b[at:], m[:])
		}
	}
}

// Address replaces an IP address of 4 or 16 bytes.
func (v *Values) Address(b []byte) {
	if len(b) == 4 {
		v.ipv4Address(b)
		return
	}
	if a, ok := netip.AddrFromSlice(b); ok {
		copy(b, v.Names.Addr(a).AsSlice())
	}
}

// ipv4Address replaces an IPv4 address. Recent replacements are cached.
func (v *Values) ipv4Address(b []byte) {
	is := be.Uint32(b)
	c := &v.recentIPv4[is*0x9e3779b1>>24]
	if c.is != is || !c.known {
		*c = ipv4Pseudonym{is, be.Uint32(v.Names.Addr(netip.AddrFrom4([4]byte(b))).AsSlice()), true}
	}
	be.PutUint32(b, c.becomes)
}

// An ipv4Pseudonym is an IPv4 address and its pseudonym.
type ipv4Pseudonym struct {
	is, becomes uint32
	known       bool
}
