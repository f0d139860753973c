package analysis

import (
	"net/netip"
	"strings"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// KDCOf returns the exchanges of a client with KDCs, in order.
func (p *Pass) KDCOf(client netip.Addr) []*KDCExchange {
	if p.lookups.asked == nil {
		p.lookups.asked = KDCByClient(p.KDC)
	}
	return p.lookups.asked[client]
}

// KDCByClient groups exchanges with KDCs by the client's address.
func KDCByClient(all []*KDCExchange) map[netip.Addr][]*KDCExchange {
	of := map[netip.Addr][]*KDCExchange{}
	for _, k := range all {
		of[k.Client.Addr()] = append(of[k.Client.Addr()], k)
	}
	return of
}

// HandshakeOf returns the first handshake that the KDC exchange belongs to, nil if none.
func (p *Pass) HandshakeOf(k *KDCExchange) *Handshake {
	if p.lookups.of == nil {
		p.lookups.of = map[*KDCExchange]*Handshake{}
		for _, h := range p.Context {
			for _, own := range h.KDC {
				if p.lookups.of[own] == nil {
					p.lookups.of[own] = h
				}
			}
		}
	}
	return p.lookups.of[k]
}

// An askedFor is a client and the name of a service that it asks a KDC for, in lower case and
// without the realm.
type askedFor struct {
	client  netip.Addr
	service string
}

func newAskedFor(client netip.Addr, service *tokens.Principal) askedFor {
	return askedFor{client, strings.ToLower(strings.Join(service.Name, "/"))}
}

// KDCFor returns the exchanges in which a client asked KDCs for a service, in order, whatever its
// realm. Upper and lower case are the same, as for Active Directory.
func (p *Pass) KDCFor(client netip.Addr, service *tokens.Principal) []*KDCExchange {
	if p.lookups.askedFor == nil {
		p.lookups.askedFor = map[askedFor][]*KDCExchange{}
		for _, k := range p.KDC {
			if s := k.Service(); s != nil {
				asked := newAskedFor(k.Client.Addr(), s)
				p.lookups.askedFor[asked] = append(p.lookups.askedFor[asked], k)
			}
		}
	}
	return p.lookups.askedFor[newAskedFor(client, service)]
}

// ticketsFor is KDCFor for the exchanges by which a client got a ticket: those in which it asked for
// the service, and those of which the ticket is for it.
func (p *Pass) ticketsFor(client netip.Addr, service *tokens.Principal) []*KDCExchange {
	if p.lookups.gotFor == nil {
		p.lookups.gotFor = map[askedFor][]*KDCExchange{}
		for _, k := range p.KDC {
			r := k.Rep()
			if r == nil {
				continue
			}
			asked, got := newAskedFor(k.Client.Addr(), k.Service()), newAskedFor(k.Client.Addr(), &r.Ticket.Service)
			p.lookups.gotFor[asked] = append(p.lookups.gotFor[asked], k)
			if got != asked {
				p.lookups.gotFor[got] = append(p.lookups.gotFor[got], k)
			}
		}
	}
	return p.lookups.gotFor[newAskedFor(client, service)]
}

// A lastAsked has the last request of a client to a KDC, and the last one for a service of another realm
// than that.
type lastAsked struct{ last, other *KDCExchange }

func (l lastAsked) with(k *KDCExchange) lastAsked {
	newer := func(o *KDCExchange) bool { return o == nil || !k.RequestPos.Time.Before(o.RequestPos.Time) }
	switch sameRealm := l.last != nil && strings.EqualFold(k.Req().Server.Realm, l.last.Req().Server.Realm); {
	case newer(l.last) && !sameRealm:
		return lastAsked{k, l.last}
	case newer(l.last):
		l.last = k
	case !sameRealm && newer(l.other):
		l.other = k
	}
	return l
}

// lastInOtherRealm returns the last request to a KDC in which a client asked for a service of another
// realm, nil if there is none.
func (p *Pass) lastInOtherRealm(client netip.Addr, realm string) *KDCExchange {
	if p.lookups.lastAsked == nil {
		p.lookups.lastAsked = map[netip.Addr]lastAsked{}
		for _, k := range p.KDC {
			if k.Req() != nil {
				p.lookups.lastAsked[k.Client.Addr()] = p.lookups.lastAsked[k.Client.Addr()].with(k)
			}
		}
	}
	l := p.lookups.lastAsked[client]
	if l.last != nil && strings.EqualFold(l.last.Req().Server.Realm, realm) {
		return l.other
	}
	return l.last
}

// A kdcConn names a connection that leads to a KDC.
type kdcConn struct {
	client, kdc netip.AddrPort
	stream      int
	file        httpstream.File
}

// KDCConn returns the connection that a request to a KDC was sent on, nil if it was sent over UDP or
// the connection is not among those that ended.
func (p *Pass) KDCConn(k *KDCExchange) *httpstream.Conn {
	if p.lookups.kdcConns == nil {
		p.lookups.kdcConns = map[kdcConn]*httpstream.Conn{}
		for _, c := range p.Conns {
			name := kdcConn{c.Client, c.Server, c.Stream, c.Start.File}
			if c.Stream >= 0 && p.lookups.kdcConns[name] == nil {
				p.lookups.kdcConns[name] = c
			}
		}
	}
	return p.lookups.kdcConns[kdcConn{k.Client, k.KDC, k.RequestPos.Stream, k.RequestPos.File}]
}
