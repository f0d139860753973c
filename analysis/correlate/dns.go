package correlate

import (
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
)

// lookup takes a message from a name server.
func (e *engine) lookup(a *dnsAnswer) {
	if !a.message.Response || len(a.message.Questions) != 1 {
		return
	}
	full := len(e.knowledge.dns.Lookups) >= maxLookups
	if full {
		e.knowledge.counters.Drop("answers of name servers", 1, a.at)
		if e.out.DNS == nil {
			return
		}
	}
	l := lookupOf(a)
	if e.out.DNS != nil {
		e.out.DNS(&l)
	}
	if !full {
		e.knowledge.dns.Add(l)
	}
}

func lookupOf(a *dnsAnswer) analysis.Lookup {
	m := a.message
	q := m.Questions[0]
	l := analysis.Lookup{Pos: a.at, Client: a.client, Name: dnsName(q.Name), RCode: analysis.RCode(m.RCode),
		Type: strings.TrimPrefix(q.Type.String(), "Type")}
	for _, r := range m.Answers {
		switch b := r.Body.(type) {
		case *dnsmessage.CNAMEResource:
			l.CNAMEs = append(l.CNAMEs, dnsName(b.CNAME))
		case *dnsmessage.AResource:
			l.Addrs = append(l.Addrs, netip.AddrFrom4(b.A))
		case *dnsmessage.AAAAResource:
			l.Addrs = append(l.Addrs, netip.AddrFrom16(b.AAAA))
		case *dnsmessage.SRVResource:
			l.Targets = append(l.Targets, dnsName(b.Target))
		case *dnsmessage.PTRResource:
			l.Targets = append(l.Targets, dnsName(b.PTR))
		}
	}
	return l
}

func dnsName(n dnsmessage.Name) string {
	return strings.ToLower(strings.TrimSuffix(n.String(), "."))
}
