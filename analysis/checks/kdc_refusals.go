package checks

import (
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/tokens"
)

// A refusalKind says which check an error of a KDC belongs to: each error is reported by
// exactly one.
type refusalKind int

const (
	noRefusal         refusalKind = iota
	normalStep                    // kdc-benign-error
	clockRefusal                  // clock-skew
	delegationRefusal             // delegation-s4u
	duplicateName                 // spn-duplicate
	unknownName                   // spn-not-found
	encryptionType                // etype-nosupp
	user2User                     // kdc-must-use-user2user
	ticketRefusal                 // krb-ap-req-rejected
	credentialRefusal             // kdc-client-credential-error
	otherRefusal                  // kdc-error
)

// refusalOf returns the kind of the error of k. An error is a normal step only if a later
// message proves it.
func refusalOf(p *analysis.Pass, k *analysis.KDCExchange) refusalKind {
	e := k.Err()
	switch {
	case e == nil:
		return noRefusal
	case isAboutTime(p, e, k.KDC.Addr(), k.ReplyPos):
		return clockRefusal
	case forAnotherUser(k):
		return delegationRefusal
	case e.Code.AsksForMore() && followedUp(p, k),
		(e.Code == tokens.KDCErrETypeNoSupp || e.Code == tokens.KDCErrPADataTypeNoSupp) && soonGiven(p, k),
		e.Code == tokens.KDCErrSPrincipalUnknown && issuedElsewhere(p, k),
		ticketCode(e.Code) && recovered(p, k):
		return normalStep
	case e.Code == tokens.KDCErrETypeNoSupp:
		return encryptionType
	case ticketCode(e.Code) && k.Request != nil && k.TGS():
		return ticketRefusal
	case credentialCode(e.Code), e.Code == tokens.KRBAPErrBadIntegrity && k.Request != nil:
		return credentialRefusal
	}
	return nameRefusal(k)
}

// nameRefusal returns the kind of an error about the name of a web server's service.
func nameRefusal(k *analysis.KDCExchange) refusalKind {
	e, s := k.Err(), k.Service()
	if s == nil || !s.HTTP() {
		return otherRefusal
	}
	switch {
	case e.Code == tokens.KDCErrMustUseUser2User:
		return user2User
	case e.Code == tokens.KDCErrPrincipalNotUnique,
		e.Code == tokens.KDCErrSPrincipalUnknown && e.Status == tokens.StatusObjectNameCollision:
		return duplicateName
	case e.Code == tokens.KDCErrSPrincipalUnknown && (k.Request == nil || k.TGS()):
		return unknownName
	}
	return otherRefusal
}

// forAnotherUser reports whether a service asked for a ticket in the name of a user
// (S4U2Self, S4U2Proxy; MS-SFU 3.1.5).
func forAnotherUser(k *analysis.KDCExchange) bool {
	r := k.Req()
	return r != nil && (r.ForUser != nil || r.Options&tokens.KDCCNameInAddlTkt != 0 && len(r.Additional) > 0)
}

// credentialCode reports whether a code is about the client's account, password or
// certificate.
func credentialCode(code tokens.ErrorCode) bool {
	switch code {
	case tokens.KDCErrCPrincipalUnknown, tokens.KDCErrNameExp, tokens.KDCErrClientRevoked, tokens.KDCErrPolicy,
		tokens.KDCErrKeyExpired, tokens.KDCErrPreauthFailed, tokens.KDCErrTGTRevoked, tokens.KDCErrClientNotYet,
		// Of a logon with a certificate (RFC 4556).
		tokens.KDCErrClientNotTrusted, tokens.KDCErrKDCNotTrusted, tokens.KDCErrInvalidSig,
		tokens.KDCErrDHKeyParametersNotAccepted, tokens.KDCErrCertificateMismatch, tokens.KDCErrCantVerifyCertificate,
		tokens.KDCErrInvalidCertificate, tokens.KDCErrRevokedCertificate, tokens.KDCErrRevocationStatusUnknown,
		tokens.KDCErrRevocationStatusUnavailable, tokens.KDCErrClientNameMismatch:
		return true
	}
	return false
}

// ticketCode reports whether a code is about the ticket that the KDC was given, and not about the
// request.
func ticketCode(code tokens.ErrorCode) bool {
	switch code {
	case tokens.KRBAPErrBadIntegrity, tokens.KRBAPErrTktExpired, tokens.KRBAPErrTktNYV, tokens.KRBAPErrRepeat,
		tokens.KRBAPErrBadAddr, tokens.KRBAPErrBadVersion, tokens.KRBAPErrModified:
		return true
	}
	return false
}

// followedUp reports whether the client went on after the answer: it asked again for the
// same service, or for a service of another realm.
func followedUp(p *analysis.Pass, k *analysis.KDCExchange) bool {
	s, client := k.Service(), k.Client.Addr()
	if s == nil {
		return false
	}
	later := func(o *analysis.KDCExchange) bool {
		return o != k && o.Req() != nil && !o.RequestPos.Time.Before(k.Pos().Time)
	}
	if lastThat(p.KDCFor(client, s), later) {
		return true
	}
	o := p.LastInOtherRealm(client, s.Realm)
	return o != nil && k.Err().Code == tokens.KDCErrWrongRealm && later(o)
}

// lastThat reports whether one of the exchanges is as asked. What comes after another one is among the
// last of them: it looks at these first.
func lastThat(all []*analysis.KDCExchange, is func(*analysis.KDCExchange) bool) bool {
	for _, o := range slices.Backward(all) {
		if is(o) {
			return true
		}
	}
	return false
}

// sameName reports whether two principals have one name, whatever their realms. Upper and
// lower case are the same, as for Active Directory.
func sameName(a, b *tokens.Principal) bool {
	return strings.EqualFold(strings.Join(a.Name, "/"), strings.Join(b.Name, "/"))
}

// recovered reports whether the client got a ticket from the same KDC after all: Windows
// asks again with the KDC's time.
func recovered(p *analysis.Pass, k *analysis.KDCExchange) bool {
	service := k.Service()
	return service != nil && slices.ContainsFunc(p.TicketsFor(k.Client.Addr(), service), func(o *analysis.KDCExchange) bool {
		after := o.RequestPos.Time.Sub(k.RequestPos.Time)
		return after > 0 && after < time.Minute && o.KDC.Addr() == k.KDC.Addr() && samePrincipal(o.Service(), service) && sameAsker(o, k)
	})
}

// foundRefused reports an error by which a KDC leaves a client without a ticket. It is a warning
// if the client was let in without the ticket.
func foundRefused(p *analysis.Pass, k *analysis.KDCExchange, format string, args ...any) *analysis.Finding {
	h := p.HandshakeOf(k)
	after := servedWithoutTicket(p, h, k)
	f := p.FoundKDC(h, k, format+"%s", append(args, after)...)
	if after != "" {
		f.Severity = analysis.Warning
	}
	return f
}

// toForward reports whether a client asked the KDC of its realm for a ticket-granting ticket that
// can be forwarded.
func toForward(k *analysis.KDCExchange) bool {
	q := k.Req()
	return q != nil && k.TGS() && q.Options&tokens.KDCForwarded != 0 && q.Server.TGS() && strings.EqualFold(q.Server.Host(), q.Server.Realm)
}

// notForwarded says what the refusal of such a request means.
func notForwarded(k *analysis.KDCExchange) string {
	why := "the account is sensitive (Protected Users), or a policy forbids it"
	if q := k.Req(); q.TGT != nil && !strings.EqualFold(q.TGT.Service.Realm, q.Server.Realm) {
		why = "delegation over the trust between " + q.TGT.Service.Realm + " and " + q.Server.Realm + " is off, as it is by default (netdom trust /EnableTGTDelegation), or " + why
	}
	return "The client asked for a ticket-granting ticket to hand on (delegation), and may not have one: " + why + ". To log on itself it needs none."
}

// sameAsker reports whether nothing in two requests shows different users.
func sameAsker(a, b *analysis.KDCExchange) bool {
	x, y := a.Req(), b.Req()
	if x == nil || y == nil || x.Client == nil || y.Client == nil {
		return true
	}
	return samePrincipal(x.Client, y.Client)
}

// samePrincipal reports whether two principals have one name and one realm, as they are written.
func samePrincipal(a, b *tokens.Principal) bool {
	return a.Realm == b.Realm && slices.Equal(a.Name, b.Name)
}

// soonGiven reports whether the same client got the same ticket within a second.
func soonGiven(p *analysis.Pass, k *analysis.KDCExchange) bool {
	service := k.Service()
	return service != nil && slices.ContainsFunc(p.TicketsFor(k.Client.Addr(), service), func(o *analysis.KDCExchange) bool {
		return !o.RequestPos.Time.Before(k.RequestPos.Time) && o.RequestPos.Time.Sub(k.ReplyPos.Time) < time.Second &&
			samePrincipal(o.Service(), service) && sameAsker(o, k)
	})
}

// issuedElsewhere reports whether the same client got a ticket for the same name after all.
func issuedElsewhere(p *analysis.Pass, k *analysis.KDCExchange) bool {
	asked := k.Service()
	return asked != nil && lastThat(p.TicketsFor(k.Client.Addr(), asked), func(o *analysis.KDCExchange) bool {
		return o.TGS() && !o.RequestPos.Time.Before(k.RequestPos.Time) && sameName(&o.Rep().Ticket.Service, asked)
	})
}

// refusal returns the KDC exchange that left the client without a ticket, nil if none
// did: the last one that was not followed by a ticket for the same service.
func refusal(h *analysis.Handshake) *analysis.KDCExchange {
	var refused *analysis.KDCExchange
	for _, k := range h.KDC {
		switch {
		case k.Rep() != nil && k.TGS():
			refused = nil
		case k.Err() != nil && !k.Err().Code.AsksForMore():
			refused = k
		}
	}
	return refused
}
