package correlate

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// lookup takes an answer of a name server.
func (e *engine) lookup(l *analysis.Lookup) {
	size := sizeOfLookup(l)
	full := len(e.knowledge.dns.Lookups) >= maxLookups || e.knowledge.lookupBytes+size > maxLookupBytes
	if full {
		e.knowledge.counters.Drop("answers of name servers", 1, l.Pos)
		if e.out.DNS == nil {
			return
		}
	}
	if e.out.DNS != nil {
		e.out.DNS(l)
	}
	if !full {
		e.knowledge.lookupBytes += size
		e.knowledge.dns.Add(*l)
	}
}

// sizeOfLookup returns about how much memory an answer takes: itself, and what it is found by.
func sizeOfLookup(l *analysis.Lookup) int {
	size := 256 + 2*len(l.Name) + len(l.Addrs)*(128+16*(1+len(l.CNAMEs)))
	for _, names := range [...][]string{l.CNAMEs, l.Targets} {
		for _, name := range names {
			size += 128 + 2*len(name)
		}
	}
	return size
}

// lookupOf returns what an answer of a name server says about the name that was asked for; nil for a message that is no
// answer to one question.
func lookupOf(at httpstream.Pos, client netip.AddrPort, m *dnsmessage.Message) *analysis.Lookup {
	if !m.Response || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	l := &analysis.Lookup{Pos: at, Client: client, Name: dnsName(q.Name), RCode: analysis.RCode(m.RCode), Truncated: m.Truncated,
		Type: strings.TrimPrefix(q.Type.String(), "Type")}
	l.CNAMEs = aliases(l.Name, m.Answers)
	for i := range m.Answers {
		r := &m.Answers[i]
		if owner := dnsName(r.Header.Name); owner != l.Name && !slices.Contains(l.CNAMEs, owner) {
			continue
		}
		switch b := r.Body.(type) {
		case *dnsmessage.AResource:
			l.Addrs = appendNew(l.Addrs, netip.AddrFrom4(b.A))
		case *dnsmessage.AAAAResource:
			l.Addrs = appendNew(l.Addrs, netip.AddrFrom16(b.AAAA))
		case *dnsmessage.SRVResource:
			l.Targets = appendNew(l.Targets, dnsName(b.Target))
		case *dnsmessage.PTRResource:
			l.Targets = appendNew(l.Targets, dnsName(b.PTR))
		}
	}
	return l
}

// askedOf returns the name for whose addresses a client asks a name server that is to find them, in lower case.
func askedOf(m *dnsmessage.Message) (name string, ok bool) {
	if m.Response || m.OpCode != 0 || !m.RecursionDesired || len(m.Questions) != 1 {
		return "", false
	}
	q := m.Questions[0]
	return dnsName(q.Name), q.Type == dnsmessage.TypeA || q.Type == dnsmessage.TypeAAAA
}

// appendNew appends to what an answer names, up to maxAnswered of it.
func appendNew[T comparable](list []T, v T) []T {
	if len(list) == maxAnswered || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// aliases returns the names that a name leads to, in order. The records may come in any order, and
// about other names as well (RFC 1034 section 3.6.2).
func aliases(name string, answers []dnsmessage.Resource) []string {
	var chain []string
	leads := map[string]string{}
	for i := range answers {
		if b, ok := answers[i].Body.(*dnsmessage.CNAMEResource); ok {
			if owner := dnsName(answers[i].Header.Name); leads[owner] == "" {
				leads[owner] = dnsName(b.CNAME)
			}
		}
	}
	for to := leads[name]; to != "" && len(chain) < maxAliases; to = leads[to] {
		if chain = append(chain, to); to == name {
			break
		}
	}
	return chain
}

func dnsName(n dnsmessage.Name) string {
	return strings.ToLower(strings.TrimSuffix(n.String(), "."))
}
