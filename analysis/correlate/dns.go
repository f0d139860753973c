package correlate

import (
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/analysis"
)

// addLookup takes a message from a name server.
func (k *knowledge) addLookup(a *dnsAnswer) {
	m := a.message
	if !m.Response || len(m.Questions) != 1 {
		return
	}
	if len(k.dns.Lookups) >= maxLookups {
		k.counters.Drop("answers of name servers", 1)
		return
	}
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
	k.dns.Add(l)
}

func dnsName(n dnsmessage.Name) string {
	return strings.ToLower(strings.TrimSuffix(n.String(), "."))
}
