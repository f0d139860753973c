package checks

import (
	"cmp"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var keytabKeyMismatch = &analysis.Check{
	Name:     "keytab-key-mismatch",
	Variants: []string{oldTicket},
	Title:    "the server's keytab does not have the key of this ticket",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Label:    "the key",
	Means:    "A server that is not Windows decrypts tickets with a keytab. The KDC issued the ticket under a principal, encryption type and key version that this keytab lacks.",
	Proof: "The server is not IIS, and it answers the ticket with KRB-ERROR 35, 41, 44 or 45, or with 31 to a ticket that is the very one the KDC issued. A refusal without an error has the key among its candidates. " +
		"What the keytab must hold is read from the ticket: principal, realm, kvno, etype.",
	Not: "Proof of which of them is missing. MIT acceptors take Microsoft's Kerberos OID, so that is not the reason. Error 31 for a ticket whose issue was not captured, or which is not as it was issued: krb-ap-req-rejected.",
	Causes: []analysis.Advice{
		{Text: "The keytab has no key for the name in the ticket, or the acceptor insists on another: the client asked for the name behind an alias, or for one that an address leads back to.", If: []fact.Fact{fact.Code(tokens.KRBAPErrNotUs)}},
		{Text: "The principal is spelt otherwise: letter case, realm, host.", If: []fact.Fact{fact.Code(tokens.KRBAPErrNotUs), fact.Code(tokens.KRBAPErrNoKey)}},
		{Text: "The account's password was changed after the keytab was made: the key version went up.", If: []fact.Fact{fact.Code(tokens.KRBAPErrBadKeyVer), fact.Code(tokens.KRBAPErrModified), fact.Code(tokens.KRBAPErrBadIntegrity), fact.Code(tokens.KRBAPErrNoKey)}},
		{Text: "The keytab holds RC4 only and the KDC now issues AES, or the other way round.", If: []fact.Fact{fact.Code(tokens.KRBAPErrNoKey), fact.Code(tokens.KRBAPErrBadKeyVer)}},
		{Text: "The name is on two accounts, or was moved to another one: the KDC used the key of an account that is not the keytab's.", If: []fact.Fact{fact.Code(tokens.KRBAPErrModified), fact.Code(tokens.KRBAPErrBadIntegrity)}},
	},
	Fix: []analysis.Advice{
		{Text: remedyOldTicket, If: []fact.Fact{fact.Variant(oldTicket)}},
		{Text: "Put the name into the keytab too (ktadd, ktpass, adcli, msktutil), or let the client ask for the acceptor's: dns_canonicalize_hostname = false and rdns = false in its krb5.conf.", If: []fact.Fact{fact.Code(tokens.KRBAPErrNotUs), fact.FromTarget}},
		{Text: "klist -kte <keytab of the server>, and compare with the ticket named here.", If: fact.KeytabServers()},
		{Text: "kvno HTTP/<host> shows the current version of the KDC; make the keytab anew (ktpass -crypto AES256-SHA1, samba-tool domain exportkeytab, kadmin ktadd)."},
		{Text: "mod_auth_gssapi: GssapiAcceptorName {HOSTNAME}; krb5.conf: ignore_acceptor_hostname = true.", If: []fact.Fact{fact.ServerApache},
			Unless: []fact.Fact{fact.Code(tokens.KRBAPErrBadKeyVer), fact.Code(tokens.KRBAPErrModified), fact.Code(tokens.KRBAPErrBadIntegrity)}}, // it has the name
	},
	Sources:  []string{"RFC 4120 sections 3.2.3 and 7.5.9", "mod_auth_gssapi README", "MIT krb5, doc/admin/princ_dns.rst"},
	Reads:    machineMarks,
	Follows:  []string{"spn-case", "token-sent-twice"},
	Run:      runKeytabKeyMismatch,
	Explains: explainKeytab,
}

func runKeytabKeyMismatch(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l, ap := h.APReq()
		if ap == nil || h.Mechanism != analysis.Kerberos || h.Outcome != analysis.Failed || completedIn(h.Last()) || !otherServer(h.Last()) {
			continue
		}
		needed := "the keytab must hold " + keyName(&ap.Ticket)
		if el, e := h.KRBError(); e != nil {
			if keytabCode(e.Code) || e.Code == tokens.KRBAPErrModified || e.Code == tokens.KRBAPErrBadIntegrity && issuingExchange(h) != nil {
				f := p.Found(h, el.ResponsePos(), "%s refused the ticket: %s; %s", serverName(h), e.Code, needed)
				f.AddProof(l.RequestPos())
				other, isOld := otherKeyTaken(p, h)
				if f.Cause = cmp.Or(other, keyTakenElsewhere(p, h), machinesInDNS(h)); isOld {
					f.Variant = oldTicket
					if o := p.LetInAfter(h); o != nil && succeededByKerberos(o) {
						f.Severity = analysis.Warning // it has a new one
					}
				}
			}
		}
	}
}

// issuingExchange returns the KDC exchange that issued the presented ticket, nil if the capture
// does not hold it: such a ticket was not altered on its way.
func issuingExchange(h *analysis.Handshake) *analysis.KDCExchange {
	_, ap := h.APReq()
	for _, k := range h.KDC {
		if k.Issued(ap) {
			return k
		}
	}
	return nil
}
