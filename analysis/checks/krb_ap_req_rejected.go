package checks

import (
	"fmt"

	"negotrace/analysis"
	"negotrace/tokens"
)

var krbAPReqRejected = &analysis.Check{
	Name:     "krb-ap-req-rejected",
	Title:    "the server refused the ticket and said why",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "The server read enough of the Kerberos token to answer with an error. The code is its own word for what is wrong with the ticket or the authenticator.",
	Proof:    "A KRB-ERROR inside the server's token, in answer to an AP-REQ; or from the KDC, about the ticket-granting ticket of a TGS-REQ that no later one makes good.",
	Not:      "Error 37 (clock-skew), error 41 and what non-Windows servers say of their keytab (spn-wrong-account-ap-err-modified, keytab-key-mismatch).",
	Causes: []string{
		"31 BAD_INTEGRITY: the key does not fit (MIT acceptors say this for a wrong key), or the ticket was altered on the way.",
		"32 TKT_EXPIRED, 33 TKT_NYV: the server's clock, or a ticket kept too long.",
		"34 REPEAT: the same authenticator twice: a load balancer that sends requests again, a retransmitting client, or an attack.",
		"35 NOT_US: the ticket is for another service. 38 BADADDR: addresses in the ticket and NAT.",
		"60 GENERIC: read the text; with MIT often the replay cache cannot be written.",
	},
	Fix: []string{
		"31: compare key and password (keytab-key-mismatch), klist purge. 32, 33: set the clock. 34: find who sends the request twice.",
		"60: the server's own log has the reason.",
	},
	Sources: []string{"RFC 4120 sections 3.2.3 and 7.5.9", "MIT krb5, src/lib/krb5/error_tables/krb5_err.et"},
	Follows: []string{"clock-skew"},
	Reads:   []string{"Server"},
	Run:     runKrbAPReqRejected,
}

func runKrbAPReqRejected(p *analysis.Pass) {
	rejectedByKDC(p)
	for _, h := range p.Handshakes {
		l, e := h.KRBError()
		if e == nil || e.Code == tokens.KRBAPErrSkew || e.Code == tokens.KRBAPErrModified || (keytabCode(e.Code) || e.Code == tokens.KRBAPErrBadIntegrity && issuingExchange(h) != nil) && otherServer(l) {
			continue
		}
		_, ap := h.APReq()
		text := ""
		if e.Text != "" {
			text = fmt.Sprintf(", %q", e.Text)
		}
		f := p.Found(h, l.ResponsePos(), "%s refused a ticket for %s: %s%s", serverName(h), presentedSPN(ap, e), e.Code, text)
		f.Frames = []int{l.RequestPos().Frame}
		f.Cause = whyRejected(p, h, e.Code, ap)
		if laterAttempt(p, h, succeededByKerberos) != nil {
			f.Severity = analysis.Warning
		}
	}
}

// rejectedByKDC reports the tickets that a KDC refused to take: a TGS-REQ carries an
// AP-REQ with the ticket-granting ticket (RFC 4120 section 3.3.1).
func rejectedByKDC(p *analysis.Pass) {
	for _, k := range p.KDC {
		e := k.Err()
		if refusalOf(p, k) != ticketRefusal {
			continue
		}
		f := p.Found(p.HandshakeOf(k), k.Pos(), "the KDC %v refused the ticket-granting ticket of %v: %s", k.KDC.Addr(), k.Client.Addr(), e.Code)
		f.Frames = []int{k.RequestPos.Frame}
	}
}

// keytabCode reports whether an acceptor with a keytab means by the code that a key is
// missing.
func keytabCode(code tokens.ErrorCode) bool {
	return code == tokens.KRBAPErrNotUs || code == tokens.KRBAPErrBadKeyVer || code == tokens.KRBAPErrNoKey
}

func whyRejected(p *analysis.Pass, h *analysis.Handshake, code tokens.ErrorCode, ap *tokens.APReq) string {
	switch code {
	case tokens.KRBAPErrBadIntegrity:
		if k := issuedDifferentTicket(h, ap); k != nil {
			return fmt.Sprintf("The ticket is not as the KDC issued it (frame %d): it was altered since.", k.ReplyPos.Frame)
		}
		return "The acceptor's key does not open what it was sent: an old or wrong key, or a ticket altered on the way."
	case tokens.KRBAPErrRepeat:
		if o := sameAuthenticator(p, h, ap); o != nil {
			return fmt.Sprintf("The very same authenticator was sent in handshake %d before.", o.ID)
		}
	}
	return ""
}

// sameAuthenticator returns an earlier handshake that carried the same AP-REQ.
func sameAuthenticator(p *analysis.Pass, h *analysis.Handshake, ap *tokens.APReq) *analysis.Handshake {
	if ap == nil || ap.Authenticator.Len == 0 {
		return nil
	}
	for _, o := range p.Context {
		if o.ID >= h.ID {
			return nil
		}
		if _, other := o.APReq(); other != nil && other.Authenticator.Sum == ap.Authenticator.Sum {
			return o
		}
	}
	return nil
}

// issuedDifferentTicket returns the KDC exchange that issued a ticket for the service of the one
// presentedSPN, where that is not the one it issued.
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
