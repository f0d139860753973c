package checks

import (
	"strings"

	"negotrace/analysis"
)

var crossRealmReferral = &analysis.Check{
	Name:     "cross-realm-referral",
	Variants: []string{"cross-realm-failure"},
	Title:    "the ticket comes from another realm",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The client's own KDC does not hold the service and sends the client on to another realm's, over a trust. That is normal in forests; it also means that the client itself must reach that KDC.",
	Proof:    "A TGS-REP to a request for HTTP/<host> whose ticket is for krbtgt/<other realm>. It failed if a KDC of the other realm answers with an error, or the path is not accepted (28, 51, 68).",
	Not:      "A ticket realm that differs from the client's: that is what a trust looks like.",
	Causes: []analysis.Advice{
		{Text: "If it fails: the SPN is not in the other realm, or the trust has no AES."},
		{Text: "The client cannot reach the other realm's KDC; suffix routing is missing; selective authentication."},
	},
	Fix: []analysis.Advice{
		{Text: "nltest /domain_trusts; check suffix routing and the trust's encryption types; open port 88 from the client to the other domain's controllers."},
	},
	Sources: []string{"RFC 6806 section 8", "Microsoft, Kerberos protocol registry entries and KDC configuration keys (MaxReferralCount)"},
	Follows: []string{"spn-not-found", "etype-nosupp"},
	Run:     runCrossRealmReferral,
}

func runCrossRealmReferral(p *analysis.Pass) {
	for i, k := range p.KDC {
		to := referredTo(k)
		if to == "" {
			continue
		}
		h := p.HandshakeOf(k)
		f := p.FoundKDC(h, k, "%s sent %v on to the realm %s for %s", k.KDCName(), k.Client.Addr(), to, k.Req().Server.String())
		for _, next := range p.KDC[i+1:] {
			if next.Client.Addr() != k.Client.Addr() || next.Service() == nil || !strings.EqualFold(next.Service().Realm, to) {
				continue
			}
			if e := next.Err(); e != nil && !benignCode(e.Code) {
				f.Variant, f.Severity = "cross-realm-failure", analysis.Error
				f.Message += ", which answered " + e.Code.String()
				f.Frames = append(f.Frames, next.Pos().Frame)
			}
			break
		}
	}
}

// referredTo is the realm that a TGS-REP for a web server refers to, "" if it is none.
func referredTo(k *analysis.KDCExchange) string {
	q, r := k.Req(), k.Rep()
	if q == nil || r == nil || !k.TGS() || !q.Server.HTTP() || r.Ticket.Service.Service() != "krbtgt" {
		return ""
	}
	return r.Ticket.Service.Host()
}
