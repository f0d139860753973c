package checks

import (
	"fmt"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var crossRealmReferral = &analysis.Check{
	Name:     "cross-realm-referral",
	Variants: []string{"cross-realm-failure", "referral-loop", "unknown-there"},
	Title:    "the ticket comes from another realm",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client's own KDC does not hold the service and sends the client on to another realm's, over a trust. That is normal in forests; it also means that the client itself must reach that KDC.",
	Proof:    "A TGS-REP to a request for HTTP/<host> whose ticket is for krbtgt/<other realm>; or a client that asks for krbtgt/<other realm> by itself. It failed if a KDC of the other realm answers with an error, or the path is not accepted (28, 51, 68), or where it sends the client back to a realm whose KDC has sent it on for the same service.",
	Not:      "A ticket realm that differs from the client's: that is what a trust looks like.",
	Causes: []analysis.Advice{
		{Text: "The client takes the wrong realm for the host's: its krb5.conf has no [domain_realm] for the host, and it makes the realm out of the host's domain.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}},
		{Text: "There is no trust between the two realms.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}},
		{Text: "The way is good, and nobody has the name in the realm to which it leads: spn-not-found says which.", If: []fact.Fact{fact.Variant("unknown-there")}},
		{Text: "If it fails: the SPN is not in the other realm, or the trust has no AES.", Unless: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown), fact.Variant("unknown-there")}},
		{Text: "A loop: each realm believes that the other one holds the name (suffix routing, domain_realm, an SPN that was deleted).", Unless: []fact.Fact{fact.Variant("unknown-there")}},
		{Text: "The client cannot reach the other realm's KDC; suffix routing is missing; selective authentication.", Unless: []fact.Fact{fact.Variant("unknown-there")}},
	},
	Fix: []analysis.Advice{
		{Text: "krb5.conf of the client, [domain_realm]: the realm that the host is in, for the host or its domain. Or let the KDC find the realm: a client that asks its own realm's KDC for the service is sent on.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}},
		{Text: "Register the name in that realm: setspn -S <SPN> <THAT DOMAIN\\account>. If the account is elsewhere, the route of its name suffix is wrong: netdom trust <domain> /domain:<that domain> /namesuffixes:<that domain>.", If: []fact.Fact{fact.Variant("unknown-there")}},
		{Text: "nltest /domain_trusts; check suffix routing and the trust's encryption types; open port 88 from the client to the other domain's controllers.", Unless: []fact.Fact{fact.Variant("unknown-there")}},
	},
	Sources: []string{"RFC 6806 section 8", "Microsoft, Kerberos protocol registry entries and KDC configuration keys (MaxReferralCount)"},
	Run:     runCrossRealmReferral,
}

func runCrossRealmReferral(p *analysis.Pass) {
	for i, k := range p.KDC {
		if to := referredTo(k); to != "" {
			h := p.HandshakeOf(k)
			f := p.FoundKDC(h, k, "%s sent %v on to the realm %s for %s", k.KDCName(), k.Client.Addr(), to, k.Req().Server.String())
			if sentOnBefore(p, k, to) {
				f.Message += ", whose KDC had sent it on before"
				crossRealmFails(p, f, h)
				f.Variant = "referral-loop"
				continue
			}
			refusedThere(p, f, h, firstIn(p.KDC[i+1:], k, to))
		} else if to = walksTo(k); to != "" {
			reportOwnWay(p, k, to, firstIn(p.KDC[i+1:], k, to))
		}
	}
}

// reportOwnWay reports a client that asks for the way to another realm by itself. next is its first
// request there.
func reportOwnWay(p *analysis.Pass, k *analysis.KDCExchange, to string, next *analysis.KDCExchange) {
	if e := k.Err(); e != nil && !e.Code.AsksForMore() {
		if h := ofRealm(p, k, to); h != nil {
			f := p.FoundKDC(h, k, "%v asked %s for a ticket to the realm %s and was refused: %s", k.Client.Addr(), k.KDCName(), to, e.Code)
			crossRealmFails(p, f, h)
		}
		return
	}
	if k.Rep() != nil && next != nil && next.Service().HTTP() {
		h := p.HandshakeOf(next)
		f := p.FoundKDC(h, k, "%v went on to the realm %s for %s", k.Client.Addr(), to, next.Service().String())
		if e := next.Err(); e == nil || e.Code != tokens.KDCErrSPrincipalUnknown { // then it is not the way that fails
			refusedThere(p, f, h, next)
		}
	}
}

// refusedThere adds that the KDC of the other realm refused the client's first request.
func refusedThere(p *analysis.Pass, f *analysis.Finding, h *analysis.Handshake, next *analysis.KDCExchange) {
	if next == nil {
		return
	}
	if e := next.Err(); e != nil && !e.Code.AsksForMore() {
		f.Message += ", which answered " + e.Code.String()
		f.AddProof(next.Pos())
		if p.Refusal(next) == analysis.RefusedClient {
			return // the way was good: the other realm's KDC does not let this user in
		}
		crossRealmFails(p, f, h)
		if p.Refusal(next) == analysis.RefusedAsUnknown {
			f.Variant = "unknown-there"
		}
	}
}

// crossRealmFails makes a finding one about a way to another realm that failed and left the client
// of h without a ticket.
func crossRealmFails(p *analysis.Pass, f *analysis.Finding, h *analysis.Handshake) {
	f.Variant, f.Severity = "cross-realm-failure", analysis.Error
	if after := letInWithoutTicket(p, h); after != "" {
		f.Message += after
		f.Severity = analysis.Warning
	}
}

// sentOnBefore reports whether a KDC of the realm to which k refers its client had, a moment
// before, referred the same client for the same service.
func sentOnBefore(p *analysis.Pass, k *analysis.KDCExchange, to string) bool {
	for _, o := range p.KDCFor(k.Client.Addr(), k.Service()) {
		if o == k {
			break
		}
		if strings.EqualFold(o.Service().Realm, to) && k.Pos().Time.Sub(o.Pos().Time) < analysis.Soon && referredTo(o) != "" {
			return true
		}
	}
	return false
}

// firstIn returns the first of the exchanges in which the client of k asks for something in
// a realm, nil if none does.
func firstIn(later []*analysis.KDCExchange, k *analysis.KDCExchange, realm string) *analysis.KDCExchange {
	for _, next := range later {
		if next.Client.Addr() == k.Client.Addr() && next.Service() != nil && strings.EqualFold(next.Service().Realm, realm) {
			return next
		}
	}
	return nil
}

// ofRealm returns a handshake without a ticket of the client of k with a host whose domain
// is the realm, nil if there is none.
func ofRealm(p *analysis.Pass, k *analysis.KDCExchange, realm string) *analysis.Handshake {
	for _, h := range p.Context {
		if h.ClientAddr() == k.Client.Addr() && h.Mechanism != analysis.Kerberos &&
			strings.HasSuffix("."+strings.ToLower(h.Host), "."+strings.ToLower(realm)) {
			return h
		}
	}
	return nil
}

// referredTo returns the realm that a TGS-REP for a web server refers to, "" if it is none.
func referredTo(k *analysis.KDCExchange) string {
	q, r := k.Req(), k.Rep()
	if q == nil || r == nil || !k.TGS() || !q.Server.HTTP() || !r.Ticket.Service.TGS() {
		return ""
	}
	return r.Ticket.Service.Host()
}

// walksTo returns the other realm that a client asks a ticket to, "" if it asks for none.
func walksTo(k *analysis.KDCExchange) string {
	q := k.Req()
	if q == nil || !k.TGS() || !q.Server.TGS() || strings.EqualFold(q.Server.Host(), q.Server.Realm) {
		return ""
	}
	if r := k.Rep(); r != nil {
		return r.Ticket.Service.Host() // it may be a realm on the way
	}
	return q.Server.Host()
}

// noWayToRealm says that the client of k then asked for a way to another realm and was refused by
// the same KDC; "" if it did not.
func noWayToRealm(p *analysis.Pass, k *analysis.KDCExchange) string {
	for _, next := range p.KDCOf(k.Client.Addr()) {
		after := next.RequestPos.Time.Sub(k.RequestPos.Time)
		to := walksTo(next)
		if to == "" || next.KDC != k.KDC || after < 0 || after > analysis.Soon {
			continue
		}
		if e := next.Err(); e != nil && e.Code == tokens.KDCErrSPrincipalUnknown {
			return fmt.Sprintf("The client then asked for a way to the realm %s, which this KDC does not know either (%s): no trust, or not the realm that the host is in.", to, next.Pos())
		}
	}
	return ""
}
