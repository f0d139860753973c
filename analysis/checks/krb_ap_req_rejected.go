package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/knownerror"
	"negotrace/tokens"
)

var krbAPReqRejected = &analysis.Check{
	Name:     "krb-ap-req-rejected",
	Title:    "the server refused the ticket and said why",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "a replay",
	Means:    "The server read enough of the Kerberos token to answer with an error. The code is its own word for what is wrong with the ticket or the authenticator.",
	Proof:    "A KRB-ERROR inside the server's token, in answer to an AP-REQ; or from the KDC, about the ticket-granting ticket of a TGS-REQ that no later one makes good.",
	Not:      "Error 37 (clock-skew), error 41 and what non-Windows servers say of their keytab (spn-wrong-account-ap-err-modified, keytab-key-mismatch).",
	Causes: []analysis.Advice{
		{Text: "The key of the acceptor does not fit (MIT acceptors say 31 for a wrong key), or the ticket was altered on the way.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadIntegrity)}, Unless: []fact.Fact{fact.FromKDC}},
		{Text: "The KDC does not have the key of the ticket-granting ticket: the key of krbtgt, or of the trust, was replaced since, or another KDC of the realm made it and the two are not replicated.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadIntegrity), fact.Code(tokens.KRBAPErrModified)}, Unless: []fact.Fact{fact.FromTarget}},
		{Text: "The ticket has expired: the client kept it too long, or could not renew it.", If: []fact.Fact{fact.Code(tokens.KRBAPErrTktExpired)}},
		{Text: "The ticket is not valid yet: it is postdated, or the clock of the KDC that issued it is ahead.", If: []fact.Fact{fact.Code(tokens.KRBAPErrTktNYV)}},
		{Text: "The same authenticator came twice: a client or balancer that sends a request again, or an attack.", If: []fact.Fact{fact.Code(tokens.KRBAPErrRepeat)}},
		{Text: "The ticket is for another service than the acceptor has a key for.", If: []fact.Fact{fact.Code(tokens.KRBAPErrNotUs)}},
		{Text: "The ticket is limited to addresses, and an address translation lies between.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadAddr)}},
		{Text: "The acceptor has no key of this version or type.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadKeyVer), fact.Code(tokens.KRBAPErrNoKey)}},
		{Text: "The acceptor allows no ticket of this encryption type, by its settings or the policy of its machine: RC4 where only AES is allowed, as a rule.", If: []fact.Fact{fact.Code(tokens.KDCErrETypeNoSupp)}},
		{Text: "A fault in the acceptor: read its text. With MIT Kerberos the replay cache often cannot be written.", If: []fact.Fact{fact.Code(tokens.KRBErrGeneric)}},
	},
	Fix: []analysis.Advice{
		{Text: "Log on anew (klist purge, kinit): the ticket-granting ticket is of no use any more.", If: []fact.Fact{fact.FromKDC}},
		{Text: "Compare the acceptor's key with the ticket (keytab-key-mismatch), then klist purge on the client.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadIntegrity), fact.Code(tokens.KRBAPErrBadKeyVer), fact.Code(tokens.KRBAPErrNoKey), fact.Code(tokens.KRBAPErrNotUs), fact.FromTarget}},
		{Text: "klist purge on the client, or kdestroy and kinit; compare the times that klist shows with the clock of the machine that refused it.", If: []fact.Fact{fact.Code(tokens.KRBAPErrTktExpired), fact.Code(tokens.KRBAPErrTktNYV), fact.FromTarget}},
		{Text: "Give the account of the service AES keys: set its password anew, msDS-SupportedEncryptionTypes to 24; make its keytab anew, if it has one; then klist purge (kdestroy) on the client.", If: []fact.Fact{fact.Code(tokens.KDCErrETypeNoSupp)}},
		{Text: "On the server: nltest /dsgetdc:<domain>, or the realm in krb5.conf; it must reach port 88 of a domain controller of the user's domain.", If: []fact.Fact{fact.Code(tokens.KRBAPErrIAKERBKDCNotFound), fact.Code(tokens.KRBAPErrIAKERBKDCNoResponse)}},
		{Text: "Find who sends the request twice.", If: []fact.Fact{fact.Code(tokens.KRBAPErrRepeat)}},
		{Text: "The acceptor's own log has the reason.", If: []fact.Fact{fact.FromTarget}},
	},
	Sources:  []string{"RFC 4120 sections 3.2.3 and 7.5.9", "MIT krb5, src/lib/krb5/error_tables/krb5_err.et"},
	Follows:  []string{"clock-skew", "token-sent-twice"},
	Reads:    append([]string{"Server"}, proxyMarks...),
	Run:      runKrbAPReqRejected,
	Explains: explainReplay,
}

func runKrbAPReqRejected(p *analysis.Pass) {
	rejectedByKDC(p)
	for _, h := range p.Handshakes {
		l, e := h.KRBError()
		if e == nil || e.Code == tokens.KRBAPErrSkew || e.Code == tokens.KRBAPErrModified || (keytabCode(e.Code) || e.Code == tokens.KRBAPErrBadIntegrity && issuingExchange(h) != nil) && otherServer(l) {
			continue
		}
		_, ap := h.APReq()
		what := "refused a ticket for " + presentedSPN(ap, e)
		if iakerbCode(e.Code) {
			what = "could not ask a KDC in place of " + clientName(h)
		}
		f := p.Found(h, l.ResponsePos(), "%s %s: %s%s", serverName(h), what, e.Code, kdcWords(e))
		f.AddProof(l.RequestPos())
		f.Cause = whyRejected(p, h, e.Code, ap)
		if o := p.LetInAfter(h); o != nil && succeededByKerberos(o) {
			f.Severity = analysis.Warning
		}
	}
}

// rejectedByKDC reports the tickets that a KDC refused to take: a TGS-REQ carries an
// AP-REQ with the ticket-granting ticket (RFC 4120 section 3.3.1).
func rejectedByKDC(p *analysis.Pass) {
	for _, k := range p.KDC {
		e := k.Err()
		if p.Refusal(k) != analysis.RefusedTicket {
			continue
		}
		foundRefused(p, k, "%s refused the ticket-granting ticket with which %v asked for %s: %s%s", k.KDCName(), k.Client.Addr(), serviceName(k), e.Code, kdcWords(e))
	}
}

// keytabCode reports whether an acceptor with a keytab uses the code for a missing key.
func keytabCode(code tokens.ErrorCode) bool {
	return code == tokens.KRBAPErrNotUs || code == tokens.KRBAPErrBadKeyVer || code == tokens.KRBAPErrNoKey
}

// iakerbCode reports whether a server that forwards to KDCs uses the code for one that it cannot reach:
// then nobody has refused a ticket.
func iakerbCode(code tokens.ErrorCode) bool {
	return code == tokens.KRBAPErrIAKERBKDCNotFound || code == tokens.KRBAPErrIAKERBKDCNoResponse
}

func whyRejected(p *analysis.Pass, h *analysis.Handshake, code tokens.ErrorCode, ap *tokens.APReq) string {
	switch code {
	case tokens.KRBAPErrBadIntegrity:
		if k := issuedDifferentTicket(h, ap); k != nil {
			return fmt.Sprintf("The ticket is not as the KDC issued it (%s): it was altered since.", k.ReplyPos)
		}
		return "The acceptor's key does not open what it was sent: an old or wrong key, or a ticket altered on the way."
	case tokens.KRBAPErrRepeat:
		if o := sameAuthenticator(p, h); o != nil {
			return fmt.Sprintf("The very same authenticator was sent in handshake %d before.", o.ID)
		}
	case tokens.KRBAPErrIAKERBKDCNotFound, tokens.KRBAPErrIAKERBKDCNoResponse:
		return knownerror.OfKerberos(code)
	}
	return ""
}

// sameAuthenticator returns an earlier handshake that carried the same AP-REQ.
func sameAuthenticator(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	if o := p.FirstWithSameAPReq(h); o != nil && o.ID < h.ID {
		return o
	}
	return nil
}

// issuedDifferentTicket returns the KDC exchange that issued a ticket for the same service as the
// presented one, but not the presented one; nil if there is none.
func issuedDifferentTicket(h *analysis.Handshake, ap *tokens.APReq) *analysis.KDCExchange {
	if ap == nil || issuingExchange(h) != nil {
		return nil
	}
	for _, k := range h.KDC {
		if r := k.Rep(); r != nil && k.TGS() && r.Ticket.Service.String() == ap.Ticket.Service.String() {
			return k
		}
	}
	return nil
}
