package analysis

import (
	"net/netip"
	"slices"
	"time"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// A KDCRefusal is why a KDC refused something, as far as checks differ by it: each error is of one kind, and
// reported by one check.
type KDCRefusal uint8

// The kinds.
const (
	NotRefused         KDCRefusal = iota
	NormalStep                    // a later message proves that the client went on without harm
	RefusedForTime                // two clocks differ too much
	RefusedDelegation             // a service asked in the name of a user
	RefusedAsDuplicate            // two accounts have the name of the service
	RefusedAsUnknown              // no account has it
	RefusedEType                  // no encryption type in common
	RefusedWithoutU2U             // the account takes user-to-user authentication alone
	RefusedTicket                 // the ticket that the KDC was given
	RefusedClient                 // the client's account, password or certificate
	RefusedOtherwise
)

// Refusal returns why a KDC refused what it was asked for in k.
func (p *Pass) Refusal(k *KDCExchange) KDCRefusal {
	if k.Err() == nil {
		return NotRefused
	}
	return cached(&p.lookups.refusals, k, func() KDCRefusal { return p.refusal(k) })
}

func (p *Pass) refusal(k *KDCExchange) KDCRefusal {
	switch e := k.Err(); {
	case p.RefusesForTime(e, k.KDC.Addr(), k.ReplyPos):
		return RefusedForTime
	case k.ForAnotherUser():
		return RefusedDelegation
	case e.Code.AsksForMore() && p.followedUp(k),
		(e.Code == tokens.KDCErrETypeNoSupp || e.Code == tokens.KDCErrPADataTypeNoSupp) && p.soonGiven(k),
		e.Code == tokens.KDCErrSPrincipalUnknown && p.issuedElsewhere(k),
		e.Code.AboutTicket() && p.GotTicketAfter(k):
		return NormalStep
	case e.Code == tokens.KDCErrETypeNoSupp:
		return RefusedEType
	case e.Code.AboutTicket() && k.Request != nil && k.TGS():
		return RefusedTicket
	case e.Code.AboutClient(), e.Code == tokens.KRBAPErrBadIntegrity && k.Request != nil:
		return RefusedClient
	}
	return k.nameRefusal()
}

// nameRefusal returns the kind of an error about the name of a web server's service.
func (k *KDCExchange) nameRefusal() KDCRefusal {
	e, s := k.Err(), k.Service()
	if s == nil || !s.HTTP() {
		return RefusedOtherwise
	}
	switch {
	case e.Code == tokens.KDCErrMustUseUser2User:
		return RefusedWithoutU2U
	case e.Code == tokens.KDCErrPrincipalNotUnique,
		e.Code == tokens.KDCErrSPrincipalUnknown && e.Status == tokens.StatusObjectNameCollision:
		return RefusedAsDuplicate
	case e.Code == tokens.KDCErrSPrincipalUnknown && (k.Request == nil || k.TGS()):
		return RefusedAsUnknown
	}
	return RefusedOtherwise
}

// RefusesForTime reports whether an error is about the time: it says so, or it says that a ticket has
// expired or is not yet valid while the clock of its sender is wrong.
func (p *Pass) RefusesForTime(e *tokens.KRBError, verifier netip.Addr, at httpstream.Pos) bool {
	switch e.Code {
	case tokens.KRBAPErrSkew:
		return true
	case tokens.KRBAPErrTktExpired, tokens.KRBAPErrTktNYV:
		k := p.Clocks.Of(verifier, at.Time)
		return k != nil && k.Ahead.Abs() > MaxClockSkew
	}
	return false
}

// followedUp reports whether the client went on after the answer: it asked again for the
// same service, or for a service of another realm.
func (p *Pass) followedUp(k *KDCExchange) bool {
	s, client := k.Service(), k.Client.Addr()
	if s == nil {
		return false
	}
	later := func(o *KDCExchange) bool {
		return o != k && o.Req() != nil && !o.RequestPos.Time.Before(k.Pos().Time)
	}
	if anyFromEnd(p.KDCFor(client, s), later) {
		return true
	}
	o := p.lastInOtherRealm(client, s.Realm)
	return o != nil && k.Err().Code == tokens.KDCErrWrongRealm && later(o)
}

// anyFromEnd reports whether one of the exchanges is as asked. What comes after another one is among the
// last of them: it looks at these first.
func anyFromEnd(all []*KDCExchange, is func(*KDCExchange) bool) bool {
	for _, o := range slices.Backward(all) {
		if is(o) {
			return true
		}
	}
	return false
}

// GotTicketAfter reports whether the client got a ticket from the same KDC after all: Windows
// asks again with the KDC's time.
func (p *Pass) GotTicketAfter(k *KDCExchange) bool {
	service := k.Service()
	return service != nil && slices.ContainsFunc(p.ticketsFor(k.Client.Addr(), service), func(o *KDCExchange) bool {
		after := o.RequestPos.Time.Sub(k.RequestPos.Time)
		return after > 0 && after < time.Minute && o.KDC.Addr() == k.KDC.Addr() && o.Service().Is(service) && sameAsker(o, k)
	})
}

// sameAsker reports whether nothing in two requests shows different users.
func sameAsker(a, b *KDCExchange) bool {
	x, y := a.Req(), b.Req()
	if x == nil || y == nil || x.Client == nil || y.Client == nil {
		return true
	}
	return x.Client.Is(y.Client)
}

// soonGiven reports whether the same client got the same ticket within a second.
func (p *Pass) soonGiven(k *KDCExchange) bool {
	service := k.Service()
	return service != nil && slices.ContainsFunc(p.ticketsFor(k.Client.Addr(), service), func(o *KDCExchange) bool {
		return !o.RequestPos.Time.Before(k.RequestPos.Time) && o.RequestPos.Time.Sub(k.ReplyPos.Time) < time.Second &&
			o.Service().Is(service) && sameAsker(o, k)
	})
}

// issuedElsewhere reports whether the same client got a ticket for the same name after all.
func (p *Pass) issuedElsewhere(k *KDCExchange) bool {
	asked := k.Service()
	return asked != nil && anyFromEnd(p.ticketsFor(k.Client.Addr(), asked), func(o *KDCExchange) bool {
		return o.TGS() && !o.RequestPos.Time.Before(k.RequestPos.Time) && o.Rep().Ticket.Service.SameName(asked)
	})
}
