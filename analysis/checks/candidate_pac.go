package checks

import (
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// leastLogonTicket is a size that the encrypted part of a ticket with a KERB_VALIDATION_INFO
// (MS-PAC 2.5) exceeds: its names, SIDs and signatures take some hundred bytes more than the PAC
// of MIT's KDC.
const leastLogonTicket = 500

// explainPAC says whether an acceptor could open the ticket but not accept its PAC. gokrb5 refuses
// a PAC without KERB_VALIDATION_INFO, and MIT's KDC makes such PACs.
func explainPAC(_ *analysis.Pass, h *analysis.Handshake) analysis.Explanation {
	_, ap := h.APReq()
	last := h.Last()
	if ap == nil || !rejectsAlone(last) || !answeredByGo(last.Response) {
		return analysis.Explanation{}
	}
	if ap.Ticket.EncPart.Len < leastLogonTicket {
		return possible(2, positionsOf(last), "the reject without more is as Go's gokrb5 makes it, which refuses a PAC without the logon information of Active Directory; the ticket, with %d encrypted bytes, has no room for that", ap.Ticket.EncPart.Len)
	}
	return notVisible("the reject without more is as Go's gokrb5 makes it, which refuses a PAC that it cannot verify as well: its log")
}

// rejectsAlone reports whether a response holds a NegTokenResp with the state reject and nothing
// else.
func rejectsAlone(l *analysis.Leg) bool {
	a := l.Answer()
	if a == nil {
		return false
	}
	s := a.SPNEGO()
	return s != nil && s.Resp != nil && s.Resp.NegState == tokens.Reject && s.Resp.SupportedMech == "" && s.Resp.ResponseToken == 0
}

// answeredByGo reports whether a response is as net/http's Error makes it, and names no
// server.
func answeredByGo(r *httpstream.Response) bool {
	return !r.Header.Has("Server") && r.Header.Value("X-Content-Type-Options") == "nosniff" && strings.HasPrefix(r.Header.Value("Content-Type"), "text/plain")
}
