package checks

import (
	"strings"

	"negotrace/analysis"
)

var delegationRequired = &analysis.Check{
	Name:     "delegation-required",
	Title:    "the server takes tickets only from clients that hand over their ticket-granting ticket",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Label:    "no forwarded ticket",
	Means: "The server wants to act as the user, and refuses whoever does not forward a ticket-granting ticket, with the same bare 401 as for a wrong key. " +
		"lighttpd does so as it is out of the box, and clients forward nothing unless they are asked to.",
	Proof: "A ticket whose authenticator is too small for a forwarded one is refused with bare challenges, and the same server lets the same user in with a ticket for the same service and key whose authenticator has room for it; nobody gets in without.",
	Not:   "A refusal with a Kerberos error. A server that lets others in without a forwarded ticket. A refusal by lighttpd alone: it is one possible cause then.",
	Causes: []analysis.Advice{
		{Text: `lighttpd: auth.backend.gssapi.store-creds is "enable" by default, and the client forwards no ticket.`},
	},
	Fix: []analysis.Advice{
		{Text: `lighttpd: auth.backend.gssapi.store-creds = "disable", unless the application must act as the user.`},
		{Text: "Or let the client forward a ticket that is forwardable: curl --delegation always; network.negotiate-auth.delegation-uris; AuthNegotiateDelegateAllowlist."},
	},
	Sources:  []string{"lighttpd, mod_authn_gssapi: auth.backend.gssapi.store-creds", "RFC 4121 section 4.1.1.1"},
	Reads:    machineMarks,
	Run:      runDelegationRequired,
	Explains: explainDelegation,
}

func runDelegationRequired(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if !refusedWithoutTicket(h) || windowsServer(h.Last()) || !p.SawAll(h) || incompleteTo(p, h) {
			continue
		}
		with, without := letInWith(p, h)
		if with == nil || without != nil || clientName(with) != clientName(h) {
			continue
		}
		l, ap := h.APReq()
		_, there := with.APReq()
		f := p.Found(h, h.Last().ResponsePos(), "%s refused the ticket of %s, who forwarded no ticket-granting ticket (%d bytes of authenticator), and took one with room for it (%d bytes)",
			serverName(h), clientName(h), ap.Authenticator.Len, there.Authenticator.Len)
		f.AddProof(append(positionsOf(with.Last()), l.RequestPos())...)
	}
}

// refusedWithoutTicket reports whether a ticket that came without a forwarded one was refused
// without a reason.
func refusedWithoutTicket(h *analysis.Handshake) bool {
	_, ap := h.APReq()
	return ap != nil && h.Outcome == analysis.Failed && h.Last().Response != nil && h.Last().Answer() == nil && !ap.MayForward()
}

// letInWith returns handshakes near h in which the same machine accepted a ticket for the same
// service and key: one with room for a forwarded ticket, and one without; nil for none.
func letInWith(p *analysis.Pass, h *analysis.Handshake) (with, without *analysis.Handshake) {
	_, mine := h.APReq()
	for _, o := range p.LetInAtServer(h) {
		_, ap := o.APReq()
		if ap == nil || differs(o, h) || !sameKey(ap.Ticket, mine.Ticket) {
			continue
		}
		if ap.MayForward() {
			with = o
		} else {
			without = o
		}
	}
	return with, without
}

// explainDelegation says whether the server refused because no ticket was forwarded.
func explainDelegation(p *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	if !refusedWithoutTicket(h) || windowsServer(h.Last()) {
		return analysis.Explanation{}
	}
	_, ap := h.APReq()
	with, without := letInWith(p, h)
	lighttpd := strings.HasPrefix(h.Last().Response.Header.Value("Server"), "lighttpd")
	switch {
	case with == nil && !lighttpd:
		return analysis.Explanation{}
	case without != nil:
		return ruledOut(positionsOf(without.Last()), "the server let in %s without a forwarded ticket in handshake %d", clientName(without), without.ID)
	case with != nil:
		return possible(3, positionsOf(with.Last()), "the client forwarded no ticket-granting ticket (the authenticator has %d bytes), and one that was let in, in handshake %d, may have", ap.Authenticator.Len, with.ID)
	}
	return possible(2, positionsOf(h.Last()), "the client forwarded no ticket-granting ticket (the authenticator has %d bytes, too few for one), and lighttpd as it is out of the box refuses whoever forwards none", ap.Authenticator.Len)
}
