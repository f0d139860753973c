package analysis

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// A Lookup is a name server's answer.
type Lookup struct {
	Pos    httpstream.Pos `json:"pos"` // where the answer is
	Client netip.AddrPort `json:"-"`
	Name   string         `json:"name"` // without trailing dot, lower case
	Type   string         `json:"type"` // A, AAAA, SRV ...
	RCode  RCode          `json:"rcode"`
	CNAMEs []string       `json:"cnames,omitempty"`    // the aliases between the name and the addresses, in order
	Addrs  []netip.Addr   `json:"addresses,omitempty"` // of the name, in the order of the answer
	// Targets are the host names of SRV and PTR records.
	Targets []string `json:"targets,omitempty"`
	// Truncated is set where the rest of the answer is to be asked for over TCP.
	Truncated bool `json:"truncated,omitempty"`
}

// OfAddress reports whether an address was asked for.
func (l *Lookup) OfAddress() bool { return l.Type == "A" || l.Type == "AAAA" }

// An RCode is the response code of a name server (RFC 1035 section 4.1.1).
type RCode dnsmessage.RCode

// String returns the name that name servers and dig use: NOERROR, NXDOMAIN, SERVFAIL.
func (r RCode) String() string {
	switch dnsmessage.RCode(r) {
	case dnsmessage.RCodeSuccess:
		return "NOERROR"
	case dnsmessage.RCodeFormatError:
		return "FORMERR"
	case dnsmessage.RCodeServerFailure:
		return "SERVFAIL"
	case dnsmessage.RCodeNameError:
		return "NXDOMAIN"
	case dnsmessage.RCodeNotImplemented:
		return "NOTIMP"
	case dnsmessage.RCodeRefused:
		return "REFUSED"
	}
	return "RCODE" + strconv.Itoa(int(r))
}

// MarshalText returns what String does.
func (r RCode) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *RCode) UnmarshalText(b []byte) error {
	for _, known := range []dnsmessage.RCode{
		dnsmessage.RCodeSuccess, dnsmessage.RCodeFormatError, dnsmessage.RCodeServerFailure, dnsmessage.RCodeNameError,
		dnsmessage.RCodeNotImplemented, dnsmessage.RCodeRefused,
	} {
		if RCode(known).String() == string(b) {
			*r = RCode(known)
			return nil
		}
	}
	number, err := strconv.ParseUint(strings.TrimPrefix(string(b), "RCODE"), 10, 16)
	*r = RCode(number)
	return err
}

// A DNS is what the answers of name servers in the capture say.
type DNS struct {
	Lookups []Lookup
	asked   map[question][]int      // places in Lookups
	names   map[netip.Addr][]string // every name that was answered with the address
	reverse map[netip.Addr][]string // what PTR answers call it
	chain   map[string]int          // alias -> place in Lookups of its CNAME chain
	aliases map[question]int        // place in Lookups of an alias that leads to a name
}

// A question is who asked for what: a name, or the address that a PTR question is about.
type question struct {
	client netip.Addr
	about  string
}

// maxNames is how many names of one address are remembered: of the sites behind a gateway.
const maxNames = 512

// Add takes an answer.
func (n *DNS) Add(l Lookup) {
	n.Lookups = append(n.Lookups, l)
	if n.names == nil {
		n.names, n.reverse, n.chain = map[netip.Addr][]string{}, map[netip.Addr][]string{}, map[string]int{}
		n.asked, n.aliases = map[question][]int{}, map[question]int{}
	}
	q := question{l.Client.Addr(), l.Name}
	if a, ok := ptrAddr(l.Name); ok {
		q.about = a.String()
		if l.Type == "PTR" && len(l.Targets) > 0 && len(n.reverse[a]) < maxNames && !slices.Contains(n.reverse[a], l.Targets[0]) {
			n.reverse[a] = append(n.reverse[a], l.Targets[0])
		}
	}
	n.asked[q] = append(n.asked[q], len(n.Lookups)-1)
	for _, a := range l.Addrs {
		for _, name := range append([]string{l.Name}, l.CNAMEs...) {
			if len(n.names[a]) < maxNames && !slices.Contains(n.names[a], name) {
				n.names[a] = append(n.names[a], name)
			}
		}
	}
	if len(l.CNAMEs) > 0 {
		n.chain[l.Name] = len(n.Lookups) - 1
		for _, name := range l.CNAMEs {
			n.aliases[question{l.Client.Addr(), strings.ToLower(name)}] = len(n.Lookups) - 1
		}
	}
}

// ptrAddr reads the address out of the name of a PTR question (RFC 1035 section 3.5, RFC
// 3596 section 2.5).
func ptrAddr(name string) (netip.Addr, bool) {
	if digits, ok := strings.CutSuffix(name, ".ip6.arpa"); ok {
		return ptrAddr6(digits)
	}
	reversed, ok := strings.CutSuffix(name, ".in-addr.arpa")
	p := strings.Split(reversed, ".")
	if !ok || len(p) != 4 {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(p[3] + "." + p[2] + "." + p[1] + "." + p[0])
	return a, err == nil
}

// ptrAddr6 reads 32 hexadecimal digits with dots between them, the last one first.
func ptrAddr6(digits string) (netip.Addr, bool) {
	var a [16]byte
	if len(digits) != 63 {
		return netip.Addr{}, false
	}
	for i := range 32 {
		d, err := strconv.ParseUint(digits[2*i:2*i+1], 16, 4)
		if err != nil || i < 31 && digits[2*i+1] != '.' {
			return netip.Addr{}, false
		}
		a[15-i/2] |= byte(d) << (4 * (i % 2))
	}
	return netip.AddrFrom16(a), true
}

// maxOwn is how many answers a handshake lists.
const maxOwn = 8

// AnswersFor returns the last answers of name servers to the client of h, up to its last leg,
// about its host and about its server's address, in order.
func (n *DNS) AnswersFor(h *Handshake) []Lookup {
	if len(n.Lookups) == 0 || !h.ClientAddr().IsValid() {
		return nil
	}
	last := h.Last().RequestPos()
	if at := h.Last().ResponsePos(); at.Frame != 0 && (last.Frame == 0 || at.Compare(last) > 0) {
		last = at
	}
	var places []int
	for _, about := range []string{strings.ToLower(h.Host), h.ServerAddr().String()} {
		answers := n.asked[question{h.ClientAddr(), about}]
		end, _ := slices.BinarySearchFunc(answers, last, func(i int, last httpstream.Pos) int {
			if n.Lookups[i].Pos.Compare(last) <= 0 {
				return -1
			}
			return 1
		})
		places = append(places, answers[max(0, end-maxOwn):end]...)
	}
	slices.Sort(places)
	places = slices.Compact(places) // the host may be the address
	var own []Lookup
	for _, i := range places[max(0, len(places)-maxOwn):] {
		own = append(own, n.Lookups[i])
	}
	return own
}

// Alias returns an answer of a name server to the client by which the name is an alias, or one
// leads to it; nil if there is none.
func (n *DNS) Alias(client netip.Addr, name string) *Lookup {
	q := question{client, strings.ToLower(name)}
	for _, i := range n.asked[q] {
		if len(n.Lookups[i].CNAMEs) > 0 {
			return &n.Lookups[i]
		}
	}
	if i, known := n.aliases[q]; known {
		return &n.Lookups[i]
	}
	return nil
}

// NamesOf returns the names that were answered with the address, in the order seen.
func (n *DNS) NamesOf(a netip.Addr) []string { return n.names[a] }

// Chain returns the CNAME chain of a host name as the capture's answers have it.
func (n *DNS) Chain(host string) []string {
	if i, known := n.chain[strings.ToLower(host)]; known {
		return n.Lookups[i].CNAMEs
	}
	return nil
}

// candidates returns the host names that a client may rightly put into the service
// principal name for a handshake: the URL's host, the names its CNAMEs lead to, what a
// reverse look-up calls the server, and of each the form without its domain.
func (n *DNS) candidates(h *Handshake) []string {
	c := []string{strings.ToLower(h.Host)}
	c = append(c, n.Chain(h.Host)...)
	c = append(c, n.reverse[h.ServerAddr()]...)
	for _, name := range c {
		if short, _, ok := strings.Cut(name, "."); ok && !IsIPAddress(name) && !slices.Contains(c, short) {
			c = append(c, short)
		}
	}
	return c
}

// SameHost reports whether host, which may carry a port, is a name of the server of h, in its
// short or its full form.
func (n *DNS) SameHost(h *Handshake, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(HostOnly(host), "."))
	if host == strings.ToLower(h.Host) {
		return true
	}
	short, _, _ := strings.Cut(host, ".")
	for _, c := range n.candidates(h) {
		if c == host || c == short && !IsIPAddress(host) {
			return true
		}
		if cs, _, ok := strings.Cut(c, "."); ok && cs == host && !IsIPAddress(c) {
			return true
		}
	}
	return false
}

// MaybeSameHost reports whether host may be the server of h: by the rules of SameHost, or because
// a name server gave the server's address for that name.
func (n *DNS) MaybeSameHost(h *Handshake, host string) bool {
	return n.SameHost(h, host) || slices.Contains(n.NamesOf(h.ServerAddr()), strings.ToLower(HostOnly(host)))
}
