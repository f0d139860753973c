package checks

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var kdcError = &analysis.Check{
	Name:     "kdc-error",
	Topic:    analysis.Cause,
	Title:    "the KDC refused a request",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Means:    "The KDC answered with an error that none of the other checks explains. The client did not get this ticket.",
	Proof:    "A KRB-ERROR of a KDC, with its code, the service that was asked for and, where the KDC adds them, its text and its NTSTATUS. It is an error where a web server's logon needed the ticket, and only a note where the client got the ticket afterwards, or where a service other than HTTP does not exist.",
	Not:      "Errors with a check of their own (spn-not-found, etype-nosupp, kdc-client-credential-error ...), and errors that a later message shows to be a normal step (kdc-benign-error).",
	Causes: []analysis.Advice{
		{Text: "A fault inside the KDC; the NTSTATUS beside it, or the KDC's log, says which.", If: []fact.Fact{fact.Code(tokens.KRBErrGeneric)}},
		{Text: "The ticket may not be renewed, forwarded or postdated as the client asks; a ticket that has reached its renew-till time is the usual case.", If: []fact.Fact{fact.Code(tokens.KDCErrBadOption)}},
		{Text: "The KDC is starting, or its database cannot be reached.", If: []fact.Fact{fact.Code(tokens.KDCErrSvcUnavailable)}},
		{Text: "The service does not exist in this realm.", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}, Unless: []fact.Fact{fact.AskedForTGT}},
		{Text: "This KDC does not serve the realm of the logon: the client asks the wrong KDC, or for the wrong realm (its name, or the case of its letters).", If: []fact.Fact{fact.Code(tokens.KDCErrSPrincipalUnknown)}, Unless: []fact.Fact{fact.AskedForTicket}},
		{Text: "The KDC sends the client to another realm, which the client did not ask: it has no KDC for it, or does not follow.", If: []fact.Fact{fact.Code(tokens.KDCErrWrongRealm)}},
		{Text: "The KDC waits for the client, which did not ask again: the capture ends, or the client has no password to answer with.", If: []fact.Fact{fact.Code(tokens.KDCErrPreauthRequired), fact.Code(tokens.KDCErrMorePreauthDataRequired)}},
		{Text: "The answer does not fit into UDP: the client must ask again over TCP, and port 88 may be open for UDP only.", If: []fact.Fact{fact.Code(tokens.KRBErrResponseTooBig)}},
		{Text: "The request is longer than the KDC takes over TCP, or its length has the reserved bit set: by that a client asks for an extension (TLS), and this KDC has none.", If: []fact.Fact{fact.Code(tokens.KRBErrFieldTooLong)}},
		{Text: "The KDC takes no such proof of who asks. Of a logon with a smart card or certificate: the domain controller has no certificate of its own for it.", If: []fact.Fact{fact.Code(tokens.KDCErrPADataTypeNoSupp)}},
		{Text: "The client asks for a form of armoring (FAST) that this KDC does not know.", If: []fact.Fact{fact.Code(tokens.KDCErrUnknownCriticalFASTOptions)}},
		{Text: "The KDC has no key for the service, or none that it may use.", If: []fact.Fact{fact.Code(tokens.KDCErrNullKey)}},
	},
	Fix: []analysis.Advice{
		{Text: "On the client: kinit <user>, or log on anew, and capture to the end.", If: []fact.Fact{fact.Code(tokens.KDCErrPreauthRequired)}},
		{Text: "Open TCP port 88 to the KDC, in firewalls too: Test-NetConnection <KDC> -Port 88 (Windows), nc -vz <KDC> 88.", If: []fact.Fact{fact.Code(tokens.KRBErrResponseTooBig)}},
		{Text: "certutil -dcinfo verify shows the domain controllers' certificates: each needs one of the template Kerberos Authentication.", If: []fact.Fact{fact.Code(tokens.KDCErrPADataTypeNoSupp)}},
		{Text: followRealm, If: []fact.Fact{fact.Code(tokens.KDCErrWrongRealm)}},
		{Text: "The log of the KDC at this time: on a domain controller, System log, source Kerberos-Key-Distribution-Center, and Security log, events 4768 and 4769 with the failure code."},
		{Text: "On the client: klist get <SPN>, or KRB5_TRACE=/dev/stderr kvno <SPN>.", Unless: []fact.Fact{fact.AskedForTGT}},
	},
	Sources: []string{"RFC 4120 sections 5.9.1 and 7.5.9", "MS-KILE 2.2.1"},
	Run:     runKDCError,
}

// followRealm is what to do where a KDC sends a client to another realm.
const followRealm = "Log on with the name of that realm; or let the client follow: kinit -C, canonicalize = true in krb5.conf, and a KDC for that realm in [realms] or in DNS."

func runKDCError(p *analysis.Pass) {
	for _, k := range p.KDC {
		if p.Refusal(k) != analysis.RefusedOtherwise {
			continue
		}
		e, h := k.Err(), p.HandshakeOf(k)
		f := p.FoundKDC(h, k, "%s answered the request of %s for %s with %v%s%s", k.KDCName(), principal(k), serviceName(k), e.Code, kdcWords(e), namedRealm(k))
		switch {
		case p.GotTicketAfter(k), e.Code == tokens.KDCErrSPrincipalUnknown && !noSuchRealm(k):
			f.Severity = analysis.Info
		case toForward(k) && e.Code == tokens.KDCErrBadOption:
			f.Severity, f.Cause = analysis.Warning, notForwarded(k)
		case e.Code.AsksForMore():
			f.Severity = analysis.Info
			switch {
			case h != nil && h.Outcome == analysis.Unanswered:
				stoppedAt(p, f, h, k)
			case e.Code == tokens.KRBErrResponseTooBig && (h == nil || h.Mechanism != analysis.Kerberos):
				needsTCP(p, f, h, k)
			}
		case h != nil && h.Outcome != analysis.Succeeded && p.LetInAfter(h) == nil:
			f.Severity = analysis.Error
		}
	}
}

// namedRealm says to which realm a KDC sends a client whose account is not in its own, "" if it names
// none (RFC 6806 section 7).
func namedRealm(k *analysis.KDCExchange) string {
	e := k.Err()
	if e.Code != tokens.KDCErrWrongRealm || e.Client == nil || e.Client.Realm == "" || strings.EqualFold(e.Client.Realm, e.Server.Realm) {
		return ""
	}
	return ", and named the realm " + quoted(e.Client.Realm)
}

// stoppedAt says that the client did not go on after a KDC's question: the capture ends there, or
// the client was silent, or it asked the server again instead.
func stoppedAt(p *analysis.Pass, f *analysis.Finding, h *analysis.Handshake, k *analysis.KDCExchange) {
	f.Severity, f.Evidence = analysis.Warning, analysis.Inferred
	if k.Err().Code == tokens.KRBErrResponseTooBig && notOverTCP(p, f, h, k) {
		return
	}
	if p.Counters.Cut > 0 {
		f.Severity = analysis.Info // what it asked then may be what could not be read
		return
	}
	f.Message += ", and the client did not go on"
	if h.Last().RequestPos().Time.After(k.ReplyPos.Time) || p.End.Sub(k.ReplyPos.Time) >= afterTGT {
		f.Severity = analysis.Error
	} else {
		f.Message += " before the capture ended"
	}
}

// needsTCP says what became of a ticket that is too large for UDP.
func needsTCP(p *analysis.Pass, f *analysis.Finding, h *analysis.Handshake, k *analysis.KDCExchange) {
	tried := overTCP(p, k, func(*httpstream.Conn) bool { return true })
	if notOverTCP(p, f, h, k) || h == nil || tried != nil {
		return
	}
	f.Message += ", and the client did not ask over TCP" + letInWithoutTicket(p, h)
	f.Severity, f.Evidence = analysis.Warning, analysis.Inferred
}

// notOverTCP reports whether a client got no connection over TCP to a KDC whose answer is too
// large for UDP, and says so. It is grave where a logon needed the ticket.
func notOverTCP(p *analysis.Pass, f *analysis.Finding, h *analysis.Handshake, k *analysis.KDCExchange) bool {
	c := overTCP(p, k, func(c *httpstream.Conn) bool { return c.SYNOnly })
	if c == nil {
		return false
	}
	f.Message += ", and there was no connection to it over TCP" + letInWithoutTicket(p, h)
	f.Severity, f.Evidence = analysis.Error, analysis.Proven
	if h == nil || letInWithoutTicket(p, h) != "" {
		f.Severity = analysis.Warning
	}
	f.AddProof(c.Start)
	return true
}

// overTCP returns the first connection by which the client of k turned to the same KDC over TCP, of
// those that is reports; nil if there is none.
func overTCP(p *analysis.Pass, k *analysis.KDCExchange, is func(*httpstream.Conn) bool) *httpstream.Conn {
	i := slices.IndexFunc(p.Conns, func(c *httpstream.Conn) bool {
		return is(c) && c.Server == k.KDC && c.Client.Addr() == k.Client.Addr() && c.Start.Time.After(k.ReplyPos.Time)
	})
	if i < 0 {
		return nil
	}
	return p.Conns[i]
}

// noSuchRealm reports whether a KDC that was asked for a ticket-granting ticket does not know that
// of its own realm, or of the realm that the client names.
func noSuchRealm(k *analysis.KDCExchange) bool { return k.Request != nil && !k.TGS() }
