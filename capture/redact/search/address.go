package search

import (
	"fmt"
	"net/netip"
)

// An Address is an IP address of 4 or 16 bytes or a MAC address of 6, behind its length.
type Address [17]byte

// AddressOf returns an IP address as an Address. IPv4 in IPv6 is IPv4.
func AddressOf(a netip.Addr) (is Address) {
	is[0] = byte(copy(is[1:], a.Unmap().AsSlice()))
	return is
}

// MACAddress returns a MAC address as an Address.
func MACAddress(a [6]byte) (is Address) {
	is[0] = byte(copy(is[1:], a[:]))
	return is
}

// String returns the text of an address.
func (a Address) String() string {
	if a[0] == 6 {
		return macText(a, ':')
	}
	ip, _ := netip.AddrFromSlice(a[1 : 1+a[0]])
	return ip.String()
}

// macText returns the text of a MAC address, with a sign between its bytes.
func macText(a Address, sign byte) string {
	text := fmt.Sprintf("%x", a[1:7])
	b := []byte(text[:2])
	for i := 2; i < len(text); i += 2 {
		b = append(b, sign, text[i], text[i+1])
	}
	return string(b)
}

// An addressSet finds addresses, as text and where the bytes before them say that they are some.
type addressSet struct {
	all      map[Address]struct{}
	versions map[Address]bool
}

// addAddress adds an address. MAC addresses with hyphens are words, and are looked for as such.
func (s *Search) addAddress(a Address) {
	if s.addresses.all == nil {
		s.addresses.all = map[Address]struct{}{}
	}
	s.addresses.all[a] = struct{}{}
	if a[0] == 6 {
		s.words.add(macText(a, '-'), "", encoded)
	}
}

func (s *addressSet) has(a Address) bool {
	_, ok := s.all[a]
	return ok
}

// addressFrom returns an address of 4, 6 or 16 bytes.
func addressFrom(b []byte) (a Address) {
	if len(b) == 16 {
		return AddressOf(netip.AddrFrom16([16]byte(b)))
	}
	a[0] = byte(copy(a[1:], b))
	return a
}

// A Headers looks for addresses in headers, one after the other, for one goroutine. Those that it saw
// last and that are none of those to look for are remembered: most packets have them again.
type Headers struct {
	set    *addressSet
	recent [256]Address
}

// Headers returns what looks for addresses in headers.
func (s *Search) Headers() *Headers { return &Headers{set: &s.addresses} }

// Address takes an address: of IP with 4 or 16 bytes, or of a network card with 6. It returns what it found, nil
// for an address that may be there.
func (h *Headers) Address(b []byte) *Found {
	if len(h.set.all) == 0 || len(b) < 4 {
		return nil
	}
	var a Address
	a[0] = byte(copy(a[1:], b))
	last := &h.recent[(uint32(b[len(b)-1])|uint32(b[len(b)-2])<<8)*0x9e3779b1>>24]
	if *last == a {
		return nil
	}
	if is := addressFrom(b); h.set.has(is) {
		return &Found{Name: is.String(), Form: "a header", IsAddress: true, At: -1}
	}
	*last = a
	return nil
}
