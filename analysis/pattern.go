package analysis

import (
	"fmt"
	"net/netip"
	"strings"
)

// A Pattern is a name in which each * stands for any text. Upper and lower case are the
// same.
type Pattern string

// Matches reports whether all of s is of the pattern.
func (p Pattern) Matches(s string) bool {
	parts := strings.Split(strings.ToLower(string(p)), "*")
	s = strings.ToLower(s)
	last := len(parts) - 1
	if last == 0 {
		return s == parts[0]
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, part := range parts[1:last] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, parts[last])
}

// matchesAccount reports whether a user is of the pattern: DOMAIN\user or user@REALM, or
// the account's name alone if the pattern has no domain.
func (p Pattern) matchesAccount(user string) bool {
	if p.Matches(user) {
		return true
	}
	if user == "" || strings.ContainsAny(string(p), `\@`) {
		return false
	}
	_, name, ok := strings.Cut(user, `\`)
	if !ok {
		name, _, _ = strings.Cut(user, "@")
	}
	return p.Matches(name)
}

// matchesService reports whether a service principal name is of the pattern, with its
// realm or without.
func (p Pattern) matchesService(spn string) bool {
	return p.Matches(spn) || spn != "" && p.Matches(WithoutRealm(spn))
}

// An Addresses says which ends of connections are meant: one address, a network, an
// address with a port, or a pattern of what is printed.
type Addresses struct {
	text    string
	network netip.Prefix
	port    uint16 // 0 for any
	pattern Pattern
}

// ParseAddresses reads 10.0.0.5, 10.0.0.0/24, 10.0.0.5:80, [2001:db8::1]:80 or 10.0.*:443.
func ParseAddresses(text string) (Addresses, error) {
	a := Addresses{text: text}
	if network, err := netip.ParsePrefix(text); err == nil {
		a.network = network.Masked()
		return a, nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		a.network = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		return a, nil
	}
	if end, err := netip.ParseAddrPort(text); err == nil {
		ip := end.Addr().Unmap()
		a.network, a.port = netip.PrefixFrom(ip, ip.BitLen()), end.Port()
		return a, nil
	}
	if !strings.Contains(text, "*") {
		return Addresses{}, fmt.Errorf("%q is no address, no network (10.0.0.0/24) and no address with a port", text)
	}
	a.pattern = Pattern(text)
	return a, nil
}

func (a Addresses) String() string { return a.text }

// Match reports whether an end of a connection, as ip:port, is meant.
func (a Addresses) Match(end string) bool {
	host := HostOnly(end)
	if a.pattern != "" {
		return a.pattern.Matches(end) || a.pattern.Matches(host)
	}
	at, err := netip.ParseAddrPort(end)
	if err != nil {
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return false
		}
		at = netip.AddrPortFrom(ip, 0)
	}
	return a.network.Contains(at.Addr().Unmap().WithZone("")) && (a.port == 0 || a.port == at.Port())
}
