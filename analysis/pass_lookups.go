package analysis

import (
	"net/netip"

	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// lookups are what checks ask a Pass for again and again, each made when it is first
// asked for: in most captures few are.
type lookups struct {
	callers    map[caller]*histories
	histories  map[*Handshake]*history
	answers    []NTLMAnswer
	opened     map[netip.Addr][]*Handshake // those in which the client sent credentials
	index      *index
	otherSides map[int][]int
	unseen     map[[2]netip.Addr]bool // client and server
	asked      map[netip.Addr][]*KDCExchange
	askedFor   map[askedFor][]*KDCExchange
	gotFor     map[askedFor][]*KDCExchange // those of them with a ticket
	lastAsked  map[netip.Addr]lastAsked
	kdcConns   map[kdcConn]*httpstream.Conn
	of         map[*KDCExchange]*Handshake
	refusals   map[*KDCExchange]KDCRefusal
	facts      map[*Handshake][]fact.Fact
	tickets    map[string]bool // names of services, without their realms
	offers     map[offer]bool
	ntlm       map[offer]bool // who sent an NTLM challenge
	served     map[request][]*httpstream.Exchange
}

// cached returns what a lookup holds for a key, which find finds the first time.
func cached[K comparable, V any](lookup *map[K]V, key K, find func() V) V {
	v, known := (*lookup)[key]
	if !known {
		v = find()
		if *lookup == nil {
			*lookup = map[K]V{}
		}
		(*lookup)[key] = v
	}
	return v
}

// WithCredentialsFrom returns the handshakes in which this client sent credentials.
func (p *Pass) WithCredentialsFrom(client netip.Addr) []*Handshake {
	if p.lookups.opened == nil {
		p.lookups.opened = map[netip.Addr][]*Handshake{}
		for _, o := range p.Context {
			if o.OpeningLeg() != nil {
				p.lookups.opened[o.ClientAddr()] = append(p.lookups.opened[o.ClientAddr()], o)
			}
		}
	}
	return p.lookups.opened[client]
}

// PartlyUnseen reports whether a connection between the client and the server of h is incomplete
// or could not be opened: what else the client did may be in it.
func (p *Pass) PartlyUnseen(h *Handshake) bool {
	if p.lookups.unseen == nil {
		p.lookups.unseen = map[[2]netip.Addr]bool{}
		for _, c := range p.Conns {
			if !c.Complete() || c.TLS != nil && (!c.TLS.Opened || c.TLS.Obstacle != "") {
				p.lookups.unseen[[2]netip.Addr{c.Client.Addr(), c.Server.Addr()}] = true
			}
		}
	}
	return p.lookups.unseen[[2]netip.Addr{h.ClientAddr(), h.ServerAddr()}]
}
