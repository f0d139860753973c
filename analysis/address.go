package analysis

import (
	"net/netip"
	"strings"
)

// HostOnly returns the host of a Host header or host:port, without port and brackets.
func HostOnly(hostport string) string {
	if strings.HasPrefix(hostport, "[") {
		if i := strings.IndexByte(hostport, ']'); i > 0 {
			return hostport[1:i]
		}
	}
	if strings.Count(hostport, ":") == 1 {
		h, _, _ := strings.Cut(hostport, ":")
		return h
	}
	return hostport
}

// IsIPAddress reports whether a host is an IP address, with or without brackets.
func IsIPAddress(host string) bool {
	host = strings.Trim(host, "[]")
	if host == "" || !strings.Contains(host, ":") && (host[len(host)-1] < '0' || host[len(host)-1] > '9') {
		return false // spares most names the making of an error
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}

// ForwardedAddr reads an item of X-Forwarded-For or Forwarded (RFC 7239): an address, which may have a port
// and brackets; ok is false for a name.
func ForwardedAddr(item string) (addr netip.Addr, ok bool) {
	item = strings.TrimSpace(item)
	if both, err := netip.ParseAddrPort(item); err == nil {
		return both.Addr().Unmap(), true
	}
	addr, err := netip.ParseAddr(strings.Trim(item, "[]"))
	return addr.WithZone("").Unmap(), err == nil
}
