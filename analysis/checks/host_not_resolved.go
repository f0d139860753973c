package checks

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var hostNotResolved = &analysis.Check{
	Name:     "host-not-resolved",
	Variants: []string{silent},
	Title:    "the client's name server does not know the host",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means: "The client asked a name server for the host and got no address, so it never came to the server. " +
		"The server and its logs know nothing of the attempt, and no setting of authentication changes it.",
	Proof: "An answer NXDOMAIN, SERVFAIL or REFUSED about the host, or one without a record to a question of type A, no answer with an address to this client, and no request or TLS connection of the client to the host. " +
		"Or a question that the client sends again and again, for two seconds or more, and that nobody answers. " +
		"The host is known from elsewhere: it asks others for credentials, a redirect leads to it, or a ticket was asked for it. A warning where the capture shows nothing else of the client.",
	Not: "A search suffix (web.contoso.com.corp.local) that is tried before or after the name that has an address. An AAAA answer without addresses where there is an A record; an answer without one where packets are cut. " +
		"Another name server that answers later. A client that reaches the host through a proxy or by its hosts file. A question without an answer where packets are cut, or nothing at all comes to the client.",
	Causes: []analysis.Advice{
		{Text: "The name server is down, or a firewall drops the questions or its answers (port 53).", If: []fact.Fact{fact.Variant(silent)}},
		{Text: "The client has the address of a name server that is not there: of another network, or behind a VPN that is not connected.", If: []fact.Fact{fact.Variant(silent)}},
		{Text: "The name server asks others about this zone, and these do not answer.", If: []fact.Fact{fact.Variant(silent)}},
		{Text: "The name is in a zone that this name server does not have: inside and outside differ, or the VPN is not connected or does not lead to the right name servers.", Unless: []fact.Fact{fact.Variant(silent)}},
		{Text: "The name is wrong: in the URL, in a bookmark, or where the server redirects to.", Unless: []fact.Fact{fact.Variant(silent)}},
		{Text: "SERVFAIL: the name server cannot reach the servers of the zone, or DNSSEC fails.", Unless: []fact.Fact{fact.Variant(silent)}},
	},
	Fix: []analysis.Advice{
		{Text: "nslookup for the name on the client, with its own name server and with that of the domain; compare."},
		{Text: "Get-DnsClientServerAddress (Windows), resolvectl status (Linux) show which name servers the client has; Test-NetConnection <name server> -Port 53 whether one is there.", If: []fact.Fact{fact.Variant(silent)}},
		{Text: "Add the record (A or CNAME) to the zone that the client asks, or give the client the right name servers.", Unless: []fact.Fact{fact.Variant(silent)}},
	},
	Sources: []string{"RFC 1035 section 4.1.1", "RFC 2308 section 2", "RFC 4074 section 4"},
	Run:     runHostNotResolved,
}

// runHostNotResolved looks at the whole capture at its end: answers of name servers are valid for
// long, and a client may still be let in.
func runHostNotResolved(p *analysis.Pass) {
	if p.Visits == nil {
		return
	}
	var clients []netip.Addr
	asked := map[netip.Addr]*resolution{}
	for i := range p.DNS.Lookups {
		l := &p.DNS.Lookups[i]
		r := asked[l.Client.Addr()]
		if r == nil {
			r = &resolution{resolved: map[string]bool{}, refused: map[string][]*analysis.Lookup{}, whole: p.Counters.Cut == 0}
			asked[l.Client.Addr()] = r
			clients = append(clients, l.Client.Addr())
		}
		r.add(l)
	}
	for _, client := range clients {
		unknown := asked[client].unknown()
		for _, name := range unknown {
			known := p.Sites[name]
			if !p.Visits.Known(client) || p.Visits.To(client, name) || !known && (p.Visits.Any(client) || len(unknown) > maxUnknownNames || !strings.Contains(name, ".")) {
				continue
			}
			reportUnresolved(p, asked[client].refused[name], known)
		}
	}
	reportUnanswered(p, asked)
}

// maxUnknownNames is how many names may be unknown to a client's name server for one of them to be
// the site in question: programs look for hosts that do not exist.
const maxUnknownNames = 3

func reportUnresolved(p *analysis.Pass, answers []*analysis.Lookup, known bool) {
	last := answers[len(answers)-1]
	answer := last.RCode.String()
	switch {
	case len(last.CNAMEs) > 0:
		answer += " for the alias " + last.CNAMEs[len(last.CNAMEs)-1]
	case !refusesName(last.RCode):
		answer += " without an address"
	}
	f := p.Found(nil, last.Pos, "%v asked for the address of %s, the name server answered %s, and the client went to no host of that name",
		last.Client.Addr(), last.Name, answer)
	f.Client, f.Host = last.Client.String(), last.Name
	for _, l := range answers[max(0, len(answers)-4) : len(answers)-1] {
		f.AddProof(l.Pos)
	}
	if !known {
		f.Severity = analysis.Warning
	}
}

// A resolution is what name servers answered one client about names.
type resolution struct {
	resolved map[string]bool // names that have an address
	order    []string        // names of refused
	refused  map[string][]*analysis.Lookup
	whole    bool // no packet is cut: there is no other answer, with an address, that cannot be read
}

func (r *resolution) add(l *analysis.Lookup) {
	switch {
	case !l.OfAddress() || strings.Contains(l.Name, "_"):
	case len(l.Addrs) > 0 || len(l.CNAMEs) > 0 && !refusesName(l.RCode):
		r.resolved[l.Name] = true
	case l.Truncated: // the client is to ask again over TCP
	case refusesName(l.RCode), r.whole && l.Type == "A" && dnsmessage.RCode(l.RCode) == dnsmessage.RCodeSuccess:
		if r.refused[l.Name] == nil {
			r.order = append(r.order, l.Name)
		}
		r.refused[l.Name] = append(r.refused[l.Name], l)
	}
}

func refusesName(code analysis.RCode) bool {
	switch dnsmessage.RCode(code) {
	case dnsmessage.RCodeNameError, dnsmessage.RCodeServerFailure, dnsmessage.RCodeRefused:
		return true
	}
	return false
}

// unknown lists the names that have no address under any search suffix. A name with a suffix does
// not count if the name itself is listed.
func (r *resolution) unknown() []string {
	resolved := slices.Sorted(maps.Keys(r.resolved))
	var names []string
	for _, name := range r.order {
		i, found := slices.BinarySearch(resolved, name+".")
		withSuffix := found || i < len(resolved) && strings.HasPrefix(resolved[i], name+".")
		if !withSuffix && !r.resolved[name] && !r.knowsShorter(name) {
			names = append(names, name)
		}
	}
	return names
}

// knows reports whether anything was said of a name, or of it with or without a search suffix. It is safe on nil.
func (r *resolution) knows(name string) bool {
	if r == nil {
		return false
	}
	for known := range r.resolved {
		if strings.HasPrefix(known, name+".") {
			return true
		}
	}
	return r.resolved[name] || r.refused[name] != nil || r.knowsShorter(name)
}

// knowsShorter reports whether anything was said of the name without a search suffix.
func (r *resolution) knowsShorter(name string) bool {
	for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
		if r.resolved[name[:i]] || r.refused[name[:i]] != nil {
			return true
		}
	}
	return false
}
