package analysis

import (
	"net/netip"
	"slices"
	"strings"
)

// maxNear is how many handshakes before and after one are compared with it: what was let in
// long before or after says little of it.
const maxNear = 128

// An acceptor is a machine that handshakes authenticate to. Behind one name there may be
// several.
type acceptor struct {
	server string // ip:port
	target Target
}

// An index holds handshakes by what others are looked for that were let in, or came before.
// Each list is in order.
type index struct {
	by     map[acceptor][]*Handshake
	as     map[string][]*Handshake     // NTLM, by user in lower case
	served map[netip.Addr][]*Handshake // by server
	bare   map[netip.Addr][]*Handshake // that sent no credentials, by client
	tokens map[uint64]*Handshake       // the first one with an AP-REQ, by its authenticator
}

func (p *Pass) index() *index {
	if p.lookups.index != nil {
		return p.lookups.index
	}
	l := &index{map[acceptor][]*Handshake{}, map[string][]*Handshake{}, map[netip.Addr][]*Handshake{}, map[netip.Addr][]*Handshake{}, map[uint64]*Handshake{}}
	p.lookups.index = l
	for _, h := range p.Context {
		l.served[h.ServerAddr()] = append(l.served[h.ServerAddr()], h)
		if h.Outcome == Unanswered {
			l.bare[h.ClientAddr()] = append(l.bare[h.ClientAddr()], h)
		}
		if _, ap := h.APReq(); ap != nil && ap.Authenticator.Len > 0 && l.tokens[ap.Authenticator.Sum] == nil {
			l.tokens[ap.Authenticator.Sum] = h
		}
		if h.Outcome != Succeeded {
			continue
		}
		at := acceptor{h.Server, h.Target}
		l.by[at] = append(l.by[at], h)
		if user := strings.ToLower(h.User); h.Mechanism == NTLM && user != "" {
			l.as[user] = append(l.as[user], h)
		}
	}
	return l
}

// NearAttempts returns the Attempts near h, in order.
func (p *Pass) NearAttempts(h *Handshake) []*Handshake { return Near(h, p.Attempts(h)) }

// LetInAtServer returns the handshakes near h that succeeded at the same server, in order.
func (p *Pass) LetInAtServer(h *Handshake) []*Handshake {
	return Near(h, p.index().by[acceptor{h.Server, h.Target}])
}

// LetInAfter returns the handshake in which the same program was let in by the same machine
// soon after h, nil if it was not. Another machine behind the name may lack nothing, and this one
// goes on to refuse.
func (p *Pass) LetInAfter(h *Handshake) *Handshake {
	for _, o := range p.LetInAtServer(h) {
		if o.ID > h.ID && o.Host == h.Host && o.ClientAddr() == h.ClientAddr() && SameProgram(o, h) && !OtherUser(o, h) && SoonAfter(o, h) {
			return o
		}
	}
	return nil
}

// UserLetInWithNTLM returns the handshakes near h in which the same user was let in with NTLM, in
// order.
func (p *Pass) UserLetInWithNTLM(h *Handshake) []*Handshake {
	return Near(h, p.index().as[strings.ToLower(h.User)])
}

// ServedByClient returns the handshakes near h whose server is the client of h, in order.
func (p *Pass) ServedByClient(h *Handshake) []*Handshake {
	if !h.ClientAddr().IsValid() {
		return nil
	}
	return Near(h, p.index().served[h.ClientAddr()])
}

// UnansweredByServer returns the handshakes near h in which the server of h was asked for credentials by
// another and sent none, in order.
func (p *Pass) UnansweredByServer(h *Handshake) []*Handshake {
	if !h.ServerAddr().IsValid() {
		return nil
	}
	return Near(h, p.index().bare[h.ServerAddr()])
}

// FirstWithSameAPReq returns the first handshake that sent the AP-REQ of h, which may be h; nil if h
// has none.
func (p *Pass) FirstWithSameAPReq(h *Handshake) *Handshake {
	_, ap := h.APReq()
	if ap == nil || ap.Authenticator.Len == 0 {
		return nil
	}
	return p.index().tokens[ap.Authenticator.Sum]
}

// Near returns those of the handshakes, which are in order, that are near h.
func Near(h *Handshake, all []*Handshake) []*Handshake {
	i, _ := slices.BinarySearchFunc(all, h.ID, func(o *Handshake, id int) int { return o.ID - id })
	return all[max(0, i-maxNear):min(len(all), i+maxNear)]
}
