package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/tokens"
)

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
