package analysis

import (
	"slices"
	"strings"

	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

// facts returns what the capture shows about the case of a finding about h and k, either
// of which may be nil, and what is known of it besides.
func (p *Pass) facts(h *Handshake, k *KDCExchange, besides ...fact.Fact) []fact.Fact {
	facts := besides
	if k != nil {
		facts = append(facts, kdcFacts(k)...)
		if p.inOtherDomain(k) {
			facts = append(facts, fact.OtherDomain)
		}
	}
	if h == nil {
		return facts
	}
	if k == nil {
		facts = append(facts, fact.FromTarget)
		if _, e := h.KRBError(); e != nil {
			facts = append(facts, fact.Code(e.Code))
		}
	}
	return append(facts, p.factsOf(h)...)
}

// factsOf returns the facts that h and other parts of the capture show about it.
func (p *Pass) factsOf(h *Handshake) []fact.Fact {
	return cached(&p.lookups.facts, h, func() []fact.Fact { return p.addFactsElsewhere(h.Facts(), h) })
}

// addFactsElsewhere adds the facts that other parts of the capture show about h.
func (p *Pass) addFactsElsewhere(facts []fact.Fact, h *Handshake) []fact.Fact {
	add := func(f fact.Fact, holds bool) {
		if holds {
			facts = append(facts, f)
		}
	}
	last := h.Last()
	add(fact.OneMachine, !h.Browser() && h.ClientAddr() == h.ServerAddr())
	add(fact.AddressInURL, h.Target == ToServer && IsIPAddress(h.Host)) // by which name a client calls a proxy is not seen
	add(fact.HostIsAlias, p.DNS != nil && len(p.DNS.Chain(h.Host)) > 0)
	add(fact.NoDomain, h.User != "" && !strings.ContainsAny(h.User, `\@`))
	add(fact.TicketIssued, p.ticketFor(h))
	add(fact.HasTGT, p.hasTGT(h))
	add(fact.AskedKDC, p.askedKDC(h))
	add(fact.OffersSchemes, p.offers(h, ""))
	add(fact.OffersNegotiate, p.offers(h, "Negotiate"))
	add(fact.OffersNTLM, p.offers(h, "NTLM"))
	add(fact.NoNegotiate, p.offers(h, "") && !p.offers(h, "Negotiate"))
	add(fact.OffersBasic, p.offers(h, "Basic"))
	add(fact.ComputerAccount, strings.HasSuffix(h.User, "$"))
	add(fact.TakesNTLM, p.takesNTLM(h))
	add(fact.Restarted, h.RestartedAt.Frame != 0)
	c := h.Conn()
	add(fact.ServerClosed, c.Closed() && last.Response == nil && c.EndedBy == httpstream.Server)
	add(fact.ClientClosed, c.Closed() && last.Response != nil && c.EndedBy == httpstream.Client)
	add(fact.NotOffered, !p.Offered(h))
	add(fact.Intercepted, h.Target == ToProxy && last.Request != nil && strings.HasPrefix(last.Request.Target, "/") && last.Request.Proto != "HTTP/2" && h.InPackets()) // HTTP/2 and exports have all URLs in this form
	if subStatus, _ := last.NotAboutUser(); subStatus != "" {
		facts = append(facts, fact.Page(subStatus))
	}
	facts = append(facts, last.loggedFacts()...)
	if s := last.Status(); s != 0 {
		facts = append(facts, fact.Status(int(s)))
	}
	add(fact.ErrorLogGiven, slices.ContainsFunc(p.LoggedFaults, func(f *LoggedFault) bool { return f.Line != nil }))
	add(fact.AsksInPage, last.Logon != "")
	add(fact.TokenAsParam, last.Answer() != nil && last.Answer().AsParam())
	if said := last.Said(); said != "" {
		facts = append(facts, said)
	}
	add(fact.LogGiven, slices.ContainsFunc(h.Legs, func(l *Leg) bool { return len(l.Events) > 0 }))
	add(fact.HasBody, last.Request != nil && last.Request.BodyLen > 0)
	add(fact.SealedBodies, h.Sealed())
	add(fact.ServesExchange, last.Request != nil && h.Target == ToServer && ofExchange(last.Request.Target))
	add(fact.AnsweredOthers, p.answeredOthers(h))
	return facts
}

// Offered reports whether the target of h offers the scheme of its credentials in any
// response, or is not seen to offer any.
func (p *Pass) Offered(h *Handshake) bool {
	return h.OpeningLeg() == nil || !p.offers(h, "") || p.offers(h, h.Scheme)
}

// offers reports whether the target of h offers the scheme in any response, "" for any
// scheme.
func (p *Pass) offers(h *Handshake, scheme string) bool {
	if p.lookups.offers == nil {
		p.lookups.offers = map[offer]bool{}
		for _, o := range p.Context {
			for _, scheme := range append(o.Offered[:len(o.Offered):len(o.Offered)], o.OfferedInstead()...) {
				p.lookups.offers[offer{o.Target, o.Host, scheme}] = true
				p.lookups.offers[offer{o.Target, o.Host, ""}] = true
			}
		}
	}
	return p.lookups.offers[offer{h.Target, h.Host, scheme}]
}

// takesNTLM reports whether the target of h sent anybody an NTLM challenge under the scheme of h: what takes NTLM
// under its own name may take nothing but Kerberos under Negotiate.
func (p *Pass) takesNTLM(h *Handshake) bool {
	if p.lookups.ntlm == nil {
		p.lookups.ntlm = map[offer]bool{}
		for _, o := range p.Context {
			if _, n2 := o.NTLM(2); n2 != nil {
				p.lookups.ntlm[offer{o.Target, o.Host, o.Scheme}] = true
			}
		}
	}
	return p.lookups.ntlm[offer{h.Target, h.Host, h.Scheme}]
}

// An offer is a scheme that a host asks for, "" for any.
type offer struct {
	target       Target
	host, scheme string
}

// ticketFor reports whether a ticket for the service of h is in the capture: presented to
// it, or issued by a KDC.
func (p *Pass) ticketFor(h *Handshake) bool {
	if p.lookups.tickets == nil {
		p.lookups.tickets = map[string]bool{}
		for _, o := range p.Context {
			if _, ap := o.APReq(); ap != nil {
				p.lookups.tickets[strings.ToLower(WithoutRealm(ap.Ticket.Service.String()))] = true
			}
		}
		for _, k := range p.KDC {
			if r := k.Rep(); r != nil && k.TGS() {
				p.lookups.tickets[strings.ToLower(WithoutRealm(r.Ticket.Service.String()))] = true
			}
		}
	}
	return h.SPN != "" && p.lookups.tickets[strings.ToLower(WithoutRealm(h.SPN))]
}
