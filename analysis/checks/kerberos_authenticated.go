package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/internal/plural"
	"negotrace/tokens"
)

var kerberosAuthenticated = &analysis.Check{
	Name:     "kerberos-authenticated",
	Variants: []string{"guest"},
	Title:    "authenticated with Kerberos",
	Severity: analysis.Info,
	Evidence: analysis.Proven,
	Topic:    analysis.Hygiene,
	Means: "The client presented a Kerberos ticket and the server let it pass. " +
		"The service name, the ticket's encryption type and key version tell which account's key opened it.",
	Proof: "A token with an AP-REQ, answered by the acceptor's last token (AP-REP, accept-completed). Where the credentials were asked for and a page came without a token, it is inferred; a 403 or 500 without one shows nothing.",
	Not:   "The word Negotiate, or AUTH_TYPE=Negotiate: NTLM travels under it too. A 200 after a 401 without a token between is a cookie.",
	Fix: []analysis.Advice{
		{Text: `Turn the domain's guest account off, and see who uses it: Get-ADUser "$((Get-ADDomain).DomainSID)-501"; event 4768 on the domain controllers, with its client address.`, If: []fact.Fact{fact.Variant("guest")}},
	},
	Sources: []string{
		"RFC 4559 section 4",
		"RFC 4120 section 5.5.1",
		"MS-PAC 2.5, and Microsoft, Security identifiers, for the guest account",
		"Microsoft, Kerberos authentication log analysis, learn.microsoft.com/troubleshoot/windows-server/windows-security/kerberos-authentication-log-analysis-test-scenario",
	},
	Run: runKerberosAuthenticated,
}

func runKerberosAuthenticated(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Mechanism != analysis.Kerberos || h.Outcome != analysis.Succeeded {
			continue
		}
		last := h.Last()
		l, ap := h.APReq()
		if ap == nil {
			what := "capture"
			if h.Browser() {
				what = "export"
			}
			f := p.Found(h, last.ResponsePos(), "%s authenticated to %s with Kerberos; the %s does not hold the client's token", clientName(h), serverName(h), what)
			f.Evidence = h.OutcomeEvidence
			if _, rep := h.APRep(); rep == nil {
				f.Evidence = analysis.Inferred
			}
			continue
		}
		ticket := ap.Ticket
		mutual := ""
		if _, rep := h.APRep(); rep != nil {
			mutual = ", and the " + string(h.Target) + " proved itself with an AP-REP"
		}
		f := p.Found(h, last.ResponsePos(), "%s authenticated to %s with a ticket for %s%s%s%s",
			clientName(h), serverName(h), h.SPN, keys(ap), mutual, inside(ticket.Opened))
		f.Evidence = h.OutcomeEvidence
		f.AddProof(l.RequestPos())
		if analysis.GuestTicket(ticket.Opened) {
			f.Variant, f.Severity = "guest", analysis.Warning
			f.Cause = "The ticket is the guest account's, by its " + analysis.GuestSID + ": anybody may be behind it."
		}
	}
}

// keys names those of the ticket and of the session, as far as the token goes.
func keys(ap *tokens.APReq) string {
	ticket, kvno, session := ap.Ticket.EncPart, "", ""
	if ticket.EType == 0 {
		return ""
	}
	if ticket.KVNO != 0 {
		kvno = fmt.Sprintf(", kvno %d", ticket.KVNO)
	}
	if e := ap.Authenticator.EType; e != 0 {
		session = fmt.Sprintf(", session key %v", e)
	}
	return fmt.Sprintf(" (ticket %v%s%s)", ticket.EType, kvno, session)
}

// inside says what the keytab showed of the ticket's inside, "" where it was not opened.
func inside(t *tokens.OpenedTicket) string {
	switch {
	case t == nil:
		return ""
	case t.PAC == nil:
		return "; the ticket, opened, has no PAC"
	}
	return fmt.Sprintf("; the ticket, opened, names %s", plural.Count(len(t.PAC.Groups), "group"))
}
