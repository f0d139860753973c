package analysis

import (
	"net/netip"
	"strings"

	"negotrace/httpstream"
)

// maxVisits is how many pairs of client and host are remembered: more than clients have in
// most captures, and 8 MB.
const maxVisits = 65_536

// Visits are which hosts clients went to, by the names in requests, tunnels and TLS, and
// where responses sent them. A visit is noted while the capture is read, and looked up where
// something is asked of it: for most captures nothing is.
type Visits struct {
	noted     []noted        // those that were not looked up yet
	hosts     map[visit]bool // true where the host served the client without credentials
	clients   map[netip.Addr]bool
	families  [2]bool             // whether clients with addresses of IPv4, of IPv6 opened a connection or sent a request
	opened    map[netip.Addr]bool // clients that opened a connection, or had one, whatever it carried
	heard     map[netip.Addr]bool // clients to which something came over a connection
	partly    map[netip.Addr]bool // clients of whose connections something is missing
	Redirects map[string]bool     // hosts, in lower case, to which redirects lead

	// InVain are the connections over which nothing came back, or a refusal, in their order.
	InVain  []*httpstream.Conn
	servers map[netip.AddrPort]bool // that opened a connection to somebody
}

// maxInVain is how many connections in vain are remembered, some 4 MB.
const maxInVain = 4096

type visit struct {
	client netip.Addr
	host   string // in lower case, without port
}

// A noted visit is one with its host as it was sent.
type noted struct {
	visit
	served bool
}

// Add notes that a client went to a host, which may carry a port, and whether the host served
// it without credentials.
func (v *Visits) Add(client netip.Addr, host string, served bool) {
	if !client.IsValid() {
		return
	}
	v.families[family(client)] = true
	if len(v.hosts) >= maxVisits || len(host) > maxHostPort {
		return
	}
	if len(v.noted) == maxNoted {
		v.lookUp()
	}
	v.noted = append(v.noted, noted{visit{client, host}, served})
}

// maxHostPort is how long a host with its port may be: no name is longer (RFC 1035 section 2.3.4).
const maxHostPort = 255 + len(":65535")

// maxNoted is how many visits are noted before they are looked up, 800 KB.
const maxNoted = 16 << 10

// lookUp adds the visits that are noted to those that are known.
func (v *Visits) lookUp() {
	if v.hosts == nil && len(v.noted) > 0 {
		v.hosts, v.clients = map[visit]bool{}, map[netip.Addr]bool{}
	}
	for _, n := range v.noted {
		if len(v.hosts) >= maxVisits {
			break
		}
		to := visit{n.client, strings.ToLower(HostOnly(n.host))}
		if known, ok := v.hosts[to]; !ok || n.served && !known {
			to.host = strings.Clone(to.host) // it may be a part of a whole line
			v.hosts[to], v.clients[to.client] = n.served, true
		}
	}
	clear(v.noted)
	v.noted = v.noted[:0]
}

// Conn takes a connection that has ended.
func (v *Visits) Conn(c *httpstream.Conn) {
	client := c.Client.Addr()
	if c.TLS != nil && c.TLS.SNI != "" {
		v.Add(client, c.TLS.SNI, false)
	}
	if client.IsValid() && !c.SYNOnly && !c.HasKerberosPort() && len(v.opened) < maxVisits {
		if v.opened == nil {
			v.opened = map[netip.Addr]bool{}
		}
		v.opened[client], v.families[family(client)] = true, true
	}
	if c.Bytes[httpstream.Server] > 0 && len(v.heard) < maxVisits {
		if v.heard == nil {
			v.heard = map[netip.Addr]bool{}
		}
		v.heard[client] = true
	}
	switch {
	case c.SYNOnly && len(v.InVain) < maxInVain:
		v.InVain = append(v.InVain, c)
	case c.SYN && !c.SYNOnly && len(v.servers) < maxVisits:
		if v.servers == nil {
			v.servers = map[netip.AddrPort]bool{}
		}
		v.servers[c.Server] = true
	}
	if (c.Lost != [2]int64{} || c.Unread != [2]bool{} || c.HTTP && !c.SYN) && len(v.partly) < maxVisits {
		if v.partly == nil {
			v.partly = map[netip.Addr]bool{}
		}
		v.partly[client] = true
	}
}

// Redirect notes that a response leads to a host, which may carry a port.
func (v *Visits) Redirect(host string) {
	if host == "" || len(host) > maxHostPort || len(v.Redirects) >= maxVisits {
		return
	}
	if v.Redirects == nil {
		v.Redirects = map[string]bool{}
	}
	if to := strings.ToLower(HostOnly(host)); !v.Redirects[to] {
		v.Redirects[strings.Clone(to)] = true
	}
}

// Known reports whether all visits of a client are known: a visit that is not there did not
// take place, as far as the capture reaches.
func (v *Visits) Known(client netip.Addr) bool {
	v.lookUp()
	return !v.partly[client] && len(v.partly) < maxVisits && len(v.hosts) < maxVisits
}

// To reports whether the client went to the host, whose name is in lower case.
func (v *Visits) To(client netip.Addr, host string) bool {
	v.lookUp()
	_, ok := v.hosts[visit{client, host}]
	return ok
}

// Families returns for each host, whose name is in lower case, whether clients with addresses of IPv4, of IPv6 went to it.
func (v *Visits) Families() map[string][2]bool {
	v.lookUp()
	of := map[string][2]bool{}
	for to := range v.hosts {
		f := of[to.host]
		f[family(to.client)] = true
		of[to.host] = f
	}
	return of
}

// Served reports whether the host, whose name is in lower case, answered the first request of
// a connection of the client with a page, although it had no credentials.
func (v *Visits) Served(client netip.Addr, host string) bool {
	v.lookUp()
	return v.hosts[visit{client, host}]
}

// Any reports whether the client went to any host.
func (v *Visits) Any(client netip.Addr) bool {
	v.lookUp()
	return v.clients[client]
}

// Opened reports whether the client may have opened a connection to a server or proxy: there is one of it, or of any
// client with an address of the other family, which may be its own. A host with both tries one after the other (RFC
// 8305).
func (v *Visits) Opened(client netip.Addr) bool {
	return v.opened[client] || len(v.opened) >= maxVisits || v.families[1-family(client)] || v.Any(client)
}

// OneSided reports whether the capture shows connections of a client over which nothing came to it, and none over which
// something did.
func (v *Visits) OneSided(client netip.Addr) bool { return v.opened[client] && !v.heard[client] }

// Answers reports whether a server opened a connection to any client.
func (v *Visits) Answers(server netip.AddrPort) bool { return v.servers[server] }

// family returns 0 for an address of IPv4, 1 for one of IPv6.
func family(a netip.Addr) int {
	if a.Unmap().Is4() {
		return 0
	}
	return 1
}
