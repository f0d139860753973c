package logs

import (
	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// OutcomeFromLog corrects the outcome by the server's log of the last request. A log names
// users that were accepted. If IIS asked for credentials and then names no user, it accepted
// anybody.
func OutcomeFromLog(h *analysis.Handshake) {
	last := h.Last()
	q := last.Logged
	if q != nil && q.Reason != "" {
		outcomeFromHTTPSys(h)
		return
	}
	if q == nil || !q.NamesUsers || q.AtProxy != (h.Target == analysis.ToProxy) || h.OpeningLeg() == nil {
		return
	}
	if user := sentUser(last.Sent); q.User != "" && user != "" && !analysis.SameAccount(q.User, user) {
		return // it does not say that this user was let in
	}
	at, status := last.ResponsePos(), last.Status()
	asks := h.Target.Challenge()
	switch {
	case q.User != "" && status != asks && h.Outcome == analysis.Succeeded && h.OutcomeEvidence != analysis.Proven:
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s answers %d, and %s names %s", at, status, q.Pos, q.User)
	case q.User != "" && status != asks && last.Sent != nil && (h.Outcome == analysis.Unknown || h.Outcome == analysis.Failed && h.OutcomeEvidence != analysis.Proven):
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s answers %d, which is about something else: %s names %s", at, status, q.Pos, q.User)
	case q.User == "" && status < httpstream.StatusBadRequest && h.Outcome == analysis.Succeeded && h.OutcomeEvidence != analysis.Proven && askedByIIS(h):
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, and %s names no user: the server asked for none there", at, status, q.Pos)
	}
}

// outcomeFromHTTPSys corrects the outcome if HTTP.sys refused the last request itself: the
// credentials were not checked then.
func outcomeFromHTTPSys(h *analysis.Handshake) {
	l := h.Last()
	q := l.Logged
	switch {
	case l.Sent == nil || l.Asks:
	case l.HeaderRefused():
		h.SetOutcome(analysis.Failed, analysis.Proven, "%s answers %d for the size of the header: %s has %s", l.ResponsePos(), l.Status(), q.Pos, q.Reason)
	case l.Status() >= httpstream.StatusBadRequest && h.OutcomeEvidence != analysis.Proven || h.Outcome == analysis.Failed:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d before anybody looked at the credentials: %s has %s", l.ResponsePos(), l.Status(), q.Pos, q.Reason)
	}
}

// askedByIIS reports whether IIS itself asked for the credentials, so that it would name the
// user: an application behind it asks with a plain 401.
func askedByIIS(h *analysis.Handshake) bool {
	for _, l := range h.Legs {
		if l.Asks && l.Logged.FromIIS() {
			return true
		}
	}
	return false
}

// LastNamedUser returns the last line of the server's log that names a user it accepted; nil if
// there is none.
func LastNamedUser(h *analysis.Handshake) *serverlog.Request {
	for i := len(h.Legs) - 1; i >= 0; i-- {
		if q := h.Legs[i].Logged; q != nil && q.AtProxy == (h.Target == analysis.ToProxy) && q.User != "" && q.Status != int(h.Target.Challenge()) {
			return q
		}
	}
	return nil
}
