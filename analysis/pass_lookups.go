package analysis

import (
	"net/netip"

	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// lookups are what checks ask a Pass for again and again, each made when it is first
// asked for: in most captures few are.
type lookups struct {
	attempts   map[party][]*Handshake
	some       map[someOf][]*Handshake
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
	seen       map[*Handshake][]fact.Fact
	tickets    map[string]bool // names of services, without their realms
	answers    map[party]int
	offers     map[offer]bool
	ntlm       map[offer]bool // who sent an NTLM challenge
	several    map[party]bool
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

// A party is who authenticated to whom: one program of a machine.
type party struct {
	client netip.Addr
	target Target
	host   string
	// By these the program is known: its User-Agent, how it begins TLS, and how it writes the
	// scheme.
	program, hello, spelling string
	export                   httpstream.File // where packets do not show it
}

func partyOf(h *Handshake) party {
	own := party{client: h.ClientAddr(), target: h.Target, host: h.Host, program: h.Program, hello: h.ClientHello}
	if h.OpeningLeg() != nil {
		own.spelling = h.SchemeAsSent()
	}
	if h.Browser() {
		own.export = h.Start.File // another file may show the same again
	}
	return own
}

// Attempts returns the handshakes of the same program with the same host and target as h,
// in order; h is one of them. What one program of a machine does says nothing of another;
// a handshake that does not show its program counts for all of them.
func (p *Pass) Attempts(h *Handshake) []*Handshake {
	if p.lookups.attempts == nil {
		p.lookups.attempts = map[party][]*Handshake{}
		for _, o := range p.Context {
			k := partyOf(o)
			k.program, k.hello, k.spelling = "", "", ""
			p.lookups.attempts[k] = append(p.lookups.attempts[k], o)
		}
	}
	own := partyOf(h)
	all := own
	all.program, all.hello, all.spelling = "", "", ""
	if known := p.lookups.attempts[own]; known != nil || own == all {
		return known
	}
	for _, o := range p.lookups.attempts[all] {
		if SameProgram(o, h) {
			p.lookups.attempts[own] = append(p.lookups.attempts[own], o)
		}
	}
	return p.lookups.attempts[own]
}

// A someOf names some of the attempts of a party.
type someOf struct {
	party
	letIn bool
}

// WithCredentials returns those of Attempts in which the client sent credentials.
func (p *Pass) WithCredentials(h *Handshake) []*Handshake {
	return p.attemptsThat(someOf{partyOf(h), false}, h, func(o *Handshake) bool { return o.OpeningLeg() != nil })
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

// LetIn returns those of Attempts that succeeded.
func (p *Pass) LetIn(h *Handshake) []*Handshake {
	return p.attemptsThat(someOf{partyOf(h), true}, h, func(o *Handshake) bool { return o.Outcome == Succeeded })
}

// attemptsThat picks among Attempts once: where a client is challenged thousands of times and
// answers never, every challenge asks.
func (p *Pass) attemptsThat(which someOf, h *Handshake, is func(*Handshake) bool) []*Handshake {
	return cached(&p.lookups.some, which, func() (some []*Handshake) {
		for _, o := range p.Attempts(h) {
			if is(o) {
				some = append(some, o)
			}
		}
		return some
	})
}

// severalUsers reports whether the program of h at its address shows two users or workstations:
// several machines may be behind the address.
func (p *Pass) severalUsers(h *Handshake) bool {
	return cached(&p.lookups.several, partyOf(h), func() (several bool) {
		first := map[Mechanism]*Handshake{}
		for _, o := range p.Attempts(h) {
			switch known := first[o.Mechanism]; {
			case o.User == "" && o.Workstation() == "":
			case known == nil:
				first[o.Mechanism] = o
			case OtherUser(known, o):
				several = true
			}
		}
		return several
	})
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
