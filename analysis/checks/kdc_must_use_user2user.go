package checks

import (
	"negotrace/analysis"
	"negotrace/tokens"
)

var kdcMustUseUser2User = &analysis.Check{
	Name:     "kdc-must-use-user2user",
	Title:    "the service principal is a user without that name",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The name asked for leads to a user account that does not hold it as a service principal name, and the KDC does not give tickets under a user's password key.",
	Proof:    "KRB-ERROR 27, KDC_ERR_MUST_USE_USER2USER, for HTTP/<host>; or 69, KRB_AP_ERR_USER_TO_USER_REQUIRED, from the server.",
	Not:      "User-to-user authentication that is meant: option enc-tkt-in-skey, mechanism 1.2.840.113554.1.2.2.3.",
	Causes: []analysis.Advice{
		{Text: "The SPN was never set on the service account; the request found it by another of its names."},
	},
	Fix: []analysis.Advice{
		{Text: "setspn -S HTTP/<host> <DOMAIN\\account>."},
	},
	Sources: []string{"RFC 4120 section 7.5.9", "Microsoft, Service Principal Name Configuration, dd363933"},
	Run:     runKDCMustUseUser2User,
}

func runKDCMustUseUser2User(p *analysis.Pass) {
	for _, k := range p.KDC {
		if p.Refusal(k) != analysis.RefusedWithoutU2U {
			continue
		}
		foundRefused(p, k, "%s gives no service ticket for %s: %s", k.KDCName(), serviceName(k), tokens.KDCErrMustUseUser2User)
	}
	for _, h := range p.Handshakes {
		if l, e := h.KRBError(); e != nil && e.Code == tokens.KRBAPErrUserToUserRequired {
			p.Found(h, l.ResponsePos(), "%s wants user-to-user authentication: %s", serverName(h), tokens.KRBAPErrUserToUserRequired)
		}
	}
}
