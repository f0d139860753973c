package analysis

import (
	"slices"
	"strings"

	"negotrace/analysis/fact"
)

func kdcFacts(k *KDCExchange) []fact.Fact {
	facts := []fact.Fact{fact.FromKDC, fact.AskedForTGT}
	if k.TGS() {
		facts[1] = fact.AskedForTicket
	}
	if e := k.Err(); e != nil {
		facts = append(facts, fact.Code(e.Code))
		if e.Status != 0 {
			facts = append(facts, fact.NTStatus(e.Status.Name()))
		} else if e.Text != "" {
			facts = append(facts, fact.KDCOther)
		}
	}
	if r := k.Req(); r != nil && r.ForUser != nil {
		facts = append(facts, fact.ForItself)
	}
	if r := k.Req(); r != nil && len(r.ETypes) == 1 {
		facts = append(facts, fact.OneEType)
	}
	if k.TGS() && k.Service().WSMAN() {
		facts = append(facts, fact.WSManName)
	}
	if s := k.Service(); s != nil && k.TGS() && s.HTTP() {
		switch host := s.Host(); {
		case IsIPAddress(HostOnly(host)):
			facts = append(facts, fact.AddressInURL)
		case HostOnly(host) != host:
			facts = append(facts, fact.PortInName)
		case !strings.Contains(host, "."):
			facts = append(facts, fact.ShortName)
		case strings.HasPrefix(strings.ToLower(host), "autologon.microsoft"):
			facts = append(facts, fact.EntraSSO)
		}
	}
	return facts
}

// hasTGT reports whether the client of h has a ticket-granting ticket: a KDC gave it one, or
// it asks for another ticket with it.
func (p *Pass) hasTGT(h *Handshake) bool {
	if h.Browser() {
		return false
	}
	return slices.ContainsFunc(p.KDCOf(h.ClientAddr()), func(k *KDCExchange) bool { return k.Rep() != nil && !k.TGS() || k.Request != nil && k.TGS() })
}

// askedKDC reports whether the client of h turned to a KDC once it was challenged: then it trusts
// the host with a logon.
func (p *Pass) askedKDC(h *Handshake) bool {
	c := h.ChallengeLeg()
	if c == nil || h.Browser() || p.history(h).severalUsers {
		return false
	}
	at := c.ResponsePos().Time
	return slices.ContainsFunc(p.KDCOf(h.ClientAddr()), func(k *KDCExchange) bool {
		after := k.RequestPos.Time.Sub(at)
		return k.Request != nil && after >= 0 && after < Soon
	})
}

// inOtherDomain reports whether a client asked the KDC of its own realm for the service of a host that is,
// by its name, not in the domain of that realm nor of one beside it, and nothing shows that the realm knows
// such names.
func (p *Pass) inOtherDomain(k *KDCExchange) bool {
	s := k.Service()
	if s == nil || s.TGS() || IsIPAddress(s.Host()) {
		return false
	}
	if q := k.Req(); q == nil || q.TGT == nil || !strings.EqualFold(q.TGT.Service.Realm, s.Realm) {
		return false // it was sent there, by which it found a way
	}
	host := strings.ToLower(HostOnly(s.Host()))
	_, domain, _ := strings.Cut(host, ".")
	if !strings.Contains(domain, ".") || !strings.Contains(s.Realm, ".") || related(host, strings.ToLower(s.Realm)) {
		return false
	}
	return !slices.ContainsFunc(p.KDC, func(o *KDCExchange) bool {
		r := o.Rep()
		return r != nil && strings.EqualFold(r.Ticket.Service.Realm, s.Realm) && strings.HasSuffix("."+strings.ToLower(HostOnly(r.Ticket.Service.Host())), "."+domain)
	})
}

// related reports whether two domains have their last two labels in common.
func related(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return slices.Equal(x[max(len(x)-2, 0):], y[max(len(y)-2, 0):])
}
