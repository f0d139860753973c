package analysis

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// A Lookup is a name server's answer.
type Lookup struct {
	Pos    httpstream.Pos
	Client netip.AddrPort
	Name   string // without trailing dot, lower case
	Type   string // A, AAAA, SRV ...
	RCode  dnsmessage.RCode
	CNAMEs []string // the chain in order, Name left out
	Addrs  []netip.Addr
	// Targets are the host names of SRV and PTR records.
	Targets []string
}

// A DNS is what the answers of name servers in the capture say.
type DNS struct {
	Lookups []Lookup
	names   map[netip.Addr][]string // every name that was answered with the address
	reverse map[netip.Addr][]string // what PTR answers call it
	chain   map[string][]string     // name -> its CNAME chain
}

// Add takes an answer.
func (n *DNS) Add(l Lookup) {
	n.Lookups = append(n.Lookups, l)
	if n.names == nil {
		n.names, n.reverse, n.chain = map[netip.Addr][]string{}, map[netip.Addr][]string{}, map[string][]string{}
	}
	for _, a := range l.Addrs {
		for _, name := range append([]string{l.Name}, l.CNAMEs...) {
			if !slices.Contains(n.names[a], name) {
				n.names[a] = append(n.names[a], name)
			}
		}
	}
	if len(l.CNAMEs) > 0 {
		n.chain[l.Name] = l.CNAMEs
	}
	if l.Type == "PTR" && len(l.Targets) > 0 {
		if a, ok := ptrAddr(l.Name); ok && !slices.Contains(n.reverse[a], l.Targets[0]) {
			n.reverse[a] = append(n.reverse[a], l.Targets[0])
		}
	}
}

// ptrAddr reads the address out of the name of an IPv4 PTR question.
func ptrAddr(name string) (netip.Addr, bool) {
	p := strings.Split(strings.TrimSuffix(name, ".in-addr.arpa"), ".")
	if len(p) != 4 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(p[3] + "." + p[2] + "." + p[1] + "." + p[0])
	return a, err == nil
}

// Of returns the names that were answered with the address, in the order seen.
func (n *DNS) Of(a netip.Addr) []string { return n.names[a] }

// Chain returns the CNAME chain of a host name as the capture's answers have it.
func (n *DNS) Chain(host string) []string { return n.chain[strings.ToLower(host)] }

// Candidates returns the host names that a client may rightly put into the service
// principal name for a handshake: the URL's host, the names its CNAMEs lead to, what a
// reverse look-up calls the server, and of each the form without its domain.
func (n *DNS) Candidates(h *Handshake) []string {
	c := []string{strings.ToLower(h.Host)}
	c = append(c, n.Chain(h.Host)...)
	c = append(c, n.reverse[h.ServerAddr()]...)
	for _, name := range c {
		if short, _, ok := strings.Cut(name, "."); ok && !Literal(name) && !slices.Contains(c, short) {
			c = append(c, short)
		}
	}
	return c
}

// Same reports whether host, which may carry a port, is a name of the handshake's
// server, in its short or its full form.
func (n *DNS) Same(h *Handshake, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(HostOnly(host), "."))
	if host == strings.ToLower(h.Host) {
		return true
	}
	short, _, _ := strings.Cut(host, ".")
	for _, c := range n.Candidates(h) {
		if c == host || c == short && !Literal(host) {
			return true
		}
		if cs, _, ok := strings.Cut(c, "."); ok && cs == host && !Literal(c) {
			return true
		}
	}
	return false
}

// Near reports whether host may be the handshake's server: by the rules of Same, or
// because its address was looked up under that name.
func (n *DNS) Near(h *Handshake, host string) bool {
	return n.Same(h, host) || slices.Contains(n.Of(h.ServerAddr()), strings.ToLower(HostOnly(host)))
}

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

// Literal reports whether a host is an IP address, with or without brackets.
func Literal(host string) bool {
	host = strings.Trim(host, "[]")
	if host == "" || !strings.Contains(host, ":") && (host[len(host)-1] < '0' || host[len(host)-1] > '9') {
		return false // spares most names the making of an error
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
