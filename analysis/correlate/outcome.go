package correlate

import (
	"cmp"
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
)

// conclude sets whether a handshake is complete, and its outcome if no response gives it.
func (h *attempt) conclude() {
	h.Complete = true
	inConflict := false
	for _, l := range h.Legs {
		c := l.Conn
		h.Complete = h.Complete && c.Complete()
		inConflict = inConflict || c.Conflict
	}
	switch {
	case inConflict:
		h.SetOutcome(analysis.Unknown, "", "the capture does not show which bytes of its connection were taken: some came in two versions, or with a wrong checksum")
	case h.Split && h.Outcome == "":
		h.SetOutcome(analysis.Failed, analysis.Inferred, "its messages went over more than one connection, and the last one has no answer")
	case h.Outcome == analysis.Failed:
		h.refusal()
	case h.Outcome == "":
		h.unfinished()
	}
}

// unfinished sets the outcome of a handshake whose last response does not decide it.
func (h *attempt) unfinished() {
	last := h.Last()
	c, at := last.Conn, last.ResponsePos()
	switch {
	case h.OpeningLeg() == nil && last.Answer() == nil && h.LastResponseOnly() && last.AsksUser():
		h.SetOutcome(analysis.Failed, analysis.Proven, "%s is the last response that %s recorded for it, and it is %d", at, cmp.Or(c.Recorder.Program, "the browser"), last.Status())
	case h.HeadersUnseen():
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, and which schemes were offered and whether credentials were sent is not recorded", at, last.Status())
	case h.OpeningLeg() == nil && last.Answer() == nil && c.HeadsCut[httpstream.Client] > 0:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, and the capture lacks the rest of requests on its connection: credentials may be in it", at, last.Status())
	case h.OpeningLeg() == nil && last.Answer() == nil && last.Request == nil:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d to a request that is not here: whether credentials were sent with it is not known", at, last.Status())
	case h.OpeningLeg() == nil && last.Answer() == nil:
		h.SetOutcome(analysis.Unanswered, analysis.Inferred, "no credentials followed the challenge of %s", at)
	case h.RestartedAt.Frame != 0:
		h.SetOutcome(analysis.Abandoned, analysis.Proven, "the client did not go on after %s and began anew in %s", at, h.RestartedAt)
	case last.Response != nil && last.Response.HeadCut:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, and the capture lacks the rest of its head", at, last.Status())
	case c.Lost != [2]int64{}:
		h.SetOutcome(analysis.Unknown, "", "the capture lacks bytes of its connection")
	case last.Response == nil && c.Unread[httpstream.Server]:
		h.SetOutcome(analysis.Unknown, "", "what the server sent on its connection could not all be read")
	case last.Response == nil:
		h.noResponse()
	case last.ChallengedAnew():
		h.SetOutcome(analysis.Failed, analysis.Proven, "%s answers the complete logon (NTLM message 3) with another challenge", at)
	case !last.Asks && last.BlamesLogon() && last.Status() >= httpstream.StatusBadRequest:
		h.refusedInWords(last)
	case last.Status() == httpstream.StatusForbidden && last.Sent.NTLM().Type() == 1 && h.ChallengeLeg() != nil:
		h.SetOutcome(analysis.Failed, analysis.Inferred, "%s answers NTLM message 1 with 403 instead of a challenge, where credentials were asked for", at)
	case !last.Asks:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d to a message that authenticates nobody", at, last.Status())
	case c.Unread[httpstream.Client]:
		h.SetOutcome(analysis.Unknown, "", "what the client sent on its connection could not all be read")
	case c.Closed():
		h.SetOutcome(analysis.Abandoned, analysis.Proven, "the %s ended the connection (%s, %s) and the message after %s never came", c.EndedBy, c.Ending, c.EndedAt, at)
	case idleAfter(c, at):
		h.SetOutcome(analysis.Abandoned, analysis.Inferred, "the message after %s did not come for more than a minute", at)
	default:
		h.SetOutcome(analysis.Unknown, "", "the capture ends before the message after %s", at)
	}
}

// noResponse sets the outcome of a handshake whose last request has no response.
func (h *attempt) noResponse() {
	last := h.Last()
	c, at := last.Conn, last.RequestPos()
	switch {
	case c.Closed():
		h.SetOutcome(analysis.Abandoned, analysis.Proven, "the %s ended the connection (%s, %s) without an answer to %s", c.EndedBy, c.Ending, c.EndedAt, at)
	case idleAfter(c, last.SentPos()):
		h.SetOutcome(analysis.Abandoned, analysis.Inferred, "no answer to %s came for more than a minute", at)
	default:
		h.SetOutcome(analysis.Unknown, "", "the capture holds no answer to %s", at)
	}
}

// refusal sets the reason of a refusal.
func (h *attempt) refusal() {
	refused := func(format string, args ...any) { h.SetOutcome(analysis.Failed, analysis.Proven, format, args...) }
	last := h.Last()
	at := last.ResponsePos()
	_, e := h.KRBError()
	switch a := last.Answer(); {
	case last.HeaderRefused():
		refused("%s answers %d to a header of %d bytes", at, last.Status(), last.Request.HeadLen)
	case last.Finishes():
		refused("%s completes the logon with its token and still answers %d", at, last.Status())
	case e != nil && a != nil:
		refused("%s holds the acceptor's error %s", at, e.Code)
	case a != nil:
		refused("%s holds a token that rejects the client's", at)
	case last.Logged != nil && last.StatedSubStatus() != "":
		stated, _ := last.StatedReason()
		refused("%s answers the credentials with %d, and %s says %s", at, last.Status(), last.Logged.Pos, stated)
	case last.ErrorLogReason() != nil:
		refused("%s answers the credentials with %d, and %s says why", at, last.Status(), last.ErrorLogReason().Pos)
	case last.SubStatus != "":
		refused("%s answers the credentials with %d, and its page says %s", at, last.Status(), last.SubStatus)
	case last.BehindAcceptor():
		h.SetOutcome(analysis.Unknown, "", "%s answers %d and asks for no scheme by which a user logs on: an application behind the acceptor may have said it", at, last.Status())
	case last.Sent.NTLM().Type() == 1:
		refused("%s answers NTLM message 1 with the schemes anew instead of a challenge", at)
	case len(last.Got) == 0:
		refused("%s answers %d to the credentials and names no scheme", at, last.Status())
	case last.ErrorText != "":
		refused("%s answers the credentials with the schemes anew (%d) and says why", at, last.Status())
	case last.Words != "":
		refused("%s answers the credentials with the schemes anew (%d), and says something that may be why", at, last.Status())
	default:
		refused("%s answers the credentials with the schemes anew (%d) and gives no reason", at, last.Status())
	}
}

// refusedInWords sets a refusal whose page has a sentence of a security library. It need not
// name a cause.
func (h *attempt) refusedInWords(l *analysis.Leg) {
	if l.Said() == "" {
		h.SetOutcome(analysis.Failed, analysis.Proven, "%s answers %d with a sentence of its security library", l.ResponsePos(), l.Status())
		return
	}
	h.SetOutcome(analysis.Failed, analysis.Proven, "%s answers %d and says why", l.ResponsePos(), l.Status())
}

// statusesBeforeAuth are statuses that servers answer before they check credentials.
var statusesBeforeAuth = []analysis.HTTPCode{
	httpstream.StatusBadRequest, httpstream.StatusRequestTimeout, httpstream.StatusLengthRequired, httpstream.StatusRequestEntityTooLarge,
	httpstream.StatusRequestURITooLong, httpstream.StatusExpectationFailed, httpstream.StatusMisdirectedRequest, httpstream.StatusTooEarly,
	httpstream.StatusUpgradeRequired, httpstream.StatusTooManyRequests, httpstream.StatusRequestHeaderFieldsTooLarge,
	analysis.StatusRequestHeaderTooLarge, httpstream.StatusServiceUnavailable,
}

// assess sets the outcome by a last response that is no challenge. It claims a success only as
// far as the token of the acceptor, the rest of the connection, or the kind of server shows it.
func (h *attempt) assess(k *knowledge) {
	if h.Outcome != analysis.Succeeded {
		return
	}
	l := h.last
	at, status := l.ResponsePos(), l.Status()
	challenged := h.wasChallenged(k)
	switch {
	case l.Finishes():
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s holds the acceptor's last token", at)
	case l.ProvesKey():
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s answers %d and holds the acceptor's AP-REP", at, status)
	case scheme(&h.Handshake) == "":
		h.SetOutcome(analysis.Unknown, "", "%s answers %d to credentials that the file leaves out: a page may have sent them that needed none", at, status)
	case l.BlamesLogon() && status >= httpstream.StatusBadRequest:
		h.refusedInWords(&l.Leg)
	case l.Sent.NTLM().Type() == 3:
		h.assessNTLM()
	case h.Target == analysis.ToProxy && challenged && isGatewayError(status):
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers %d: the proxy asked the server, as it does for those whom it lets in, and got no answer", at, status)
	case l.askedServer && challenged:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers %d: the proxy asked the server, as it does for those whom it lets in, and failed with it", at, status)
	case slices.Contains(statusesBeforeAuth, status):
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, which servers do before they look at credentials, and holds no token", at, status)
	case l.redirect == withCode:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s sends the client back to an application with a code, and holds no token", at)
	case l.Logon != "" || l.expired():
		h.SetOutcome(analysis.Unknown, "", "%s %s, and holds no token", at, l.asksInPage())
	case l.RefusesAnybody():
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, and %s names a reason that is not the user: %s", at, status, l.statedIn(), l.StatedSubStatus())
	case status == httpstream.StatusForbidden && l.acceptor == forbidsWith403 && challenged:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers 403, which this kind of server says to somebody whom it knows", at)
	case status == httpstream.StatusForbidden && h.wantsToken() && l.acceptor == refusesWith403 && l.Words == "":
		h.SetOutcome(analysis.Failed, analysis.Inferred, "%s answers 403 without the token that the client asked for: this kind of server refuses tickets so", at)
	case status == httpstream.StatusForbidden && insufficientScope(&l.Leg):
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers 403 insufficient_scope, which is said of a token that was taken", at)
	case status == httpstream.StatusForbidden || status == analysis.StatusLoginTimeout || status >= httpstream.StatusInternalServerError:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d without a token: that does not show whether the credentials were taken", at, status)
	case l.Answer() != nil && !l.Answer().Stripped:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d with a token that is not the acceptor's last", at, status)
	case !challenged:
		h.SetOutcome(analysis.Unknown, "", "%s answers %d %s to credentials for which nobody asked there in this capture", at, status, l.withToken())
	case h.sawChallenge(k) || len(h.Offered) > 0:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers %d %s, where credentials were asked for%s", at, status, l.withToken(), l.unread())
	default:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers %d %s, and who asked for the credentials is not in this file%s", at, status, l.withToken(), l.unread())
	}
}

// withToken says whether a response holds a token, of which somebody may have taken out what is in it.
func (l *leg) withToken() string {
	if l.Answer() != nil {
		return "with a token that was taken out"
	}
	return "without a token"
}

// assessNTLM is assess for NTLM message 3, to which the server sends no token. IIS and HTTP.sys
// offer the schemes again when they refuse.
func (h *attempt) assessNTLM() {
	l := h.last
	at, status := l.ResponsePos(), l.Status()
	_, challenge := h.NTLM(2)
	switch {
	case challenge == nil && l.Conn.Complete() && !h.Browser():
		h.SetOutcome(analysis.Unknown, "", "message 3 in %s answers no challenge: the connection is whole, and has none", l.RequestPos())
	case slices.Contains(statusesBeforeAuth, status):
		h.SetOutcome(analysis.Unknown, "", "%s answers %d, which servers do before they look at credentials", at, status)
	case l.redirect == toLogon, (l.Logon != "" || l.expired()) && (l.acceptor != microsoft || challenge == nil):
		h.SetOutcome(analysis.Unknown, "", "%s %s", at, l.asksInPage())
	case l.acceptor == microsoft && challenge != nil:
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s answers message 3 with %d: this server refuses by offering the schemes anew", at, status)
	case l.acceptor != microsoft && status == httpstream.StatusInternalServerError:
		h.SetOutcome(analysis.Unknown, "", "%s answers message 3 with 500: an acceptor that fails with it answers so as well as an application behind it", at)
	case h.Target == analysis.ToServer && l.acceptor != microsoft && isGatewayError(status):
		h.SetOutcome(analysis.Unknown, "", "%s answers %d: a gateway had no answer from the server", at, status)
	case h.Target == analysis.ToProxy && challenge != nil && l.Request.AsksTunnel() && status < httpstream.StatusMultipleChoices:
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s opens the tunnel that the proxy refused before", at)
	case h.FollowOnCount > 0 && challenge != nil && status < httpstream.StatusMultipleChoices && l.Unread == "":
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "after %s the connection serves further requests without credentials", at)
	default:
		h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s answers message 3 with %d and does not offer the schemes anew%s", at, status, l.unread())
	}
}

// isGatewayError reports whether a gateway or proxy says that the server gave it no answer.
func isGatewayError(status analysis.HTTPCode) bool {
	return status == httpstream.StatusBadGateway || status == httpstream.StatusGatewayTimeout
}

// statedIn returns where the server gives its reason: its page, or its log.
func (l *leg) statedIn() string {
	_, where := l.StatedReason()
	return where
}

// asksInPage puts into words how a response asks the user to log on in a page.
func (l *leg) asksInPage() string {
	switch l.Logon {
	case servertext.LogonForm, servertext.LogonPage, servertext.LogonScript:
		return fmt.Sprintf("answers %d with %s", l.Status(), l.Logon.Words())
	case servertext.LogonFailed:
		return "sends the client to a page of an error"
	}
	if l.expired() {
		return fmt.Sprintf("answers %d with a page that says %q", l.Status(), l.Words)
	}
	return "sends the client to a page on which one logs on"
}

// expired reports whether a page without an error status says that something has expired.
func (l *leg) expired() bool { return l.Status() < httpstream.StatusMultipleChoices && l.Expired() }

// unread puts into words why the page that answers credentials is not fully known.
func (l *leg) unread() string {
	if l.Unread == "" {
		return ""
	}
	return fmt.Sprintf(" (its page is %s: a form in which one logs on may be on it)", l.Unread)
}

// wantsToken reports whether the client asked the acceptor to prove itself: a success then
// comes with a token.
func (h *attempt) wantsToken() bool {
	_, ap := h.APReq()
	return ap != nil && ap.MutualRequired
}

// idleAfter reports whether nothing came on a connection for more than a minute after a message,
// while the capture went on.
func idleAfter(c *httpstream.Conn, after httpstream.Pos) bool {
	const timeout = 60 // seconds, after which browsers have given up, too
	return !after.Time.IsZero() && c.End.Time.Sub(after.Time).Seconds() > timeout
}
