package checks

import (
	"negotrace/analysis"
)

var sessionCookieLost = &analysis.Check{
	Name:     "session-cookie-lost",
	Title:    "the session that the logon began is not continued",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means: "The application authenticates once and then knows the user by a cookie. A later request came without that cookie, or with one that is not accepted any more, and was refused: " +
		"the refusal belongs to the session, not to Kerberos, NTLM or the schemes that are offered.",
	Proof: "A logon that succeeded and whose answer sets a cookie; later, from the same client and program and for the same host, a request without credentials that is answered 401, and no logon after it.",
	Not:   "Another program at the same address; a client that authenticates again when it is asked.",
	Causes: []analysis.Advice{
		{Text: "The cookie is marked Secure and the next request is plain HTTP: no browser sends it then.", If: []analysis.Fact{analysis.OverHTTP}},
		{Text: "The cookie's Path, Domain or SameSite does not cover the later request; a frame or a script of another site."},
		{Text: "The client keeps no cookies: a script without a cookie jar."},
		{Text: "The session has expired, or the server that holds it was restarted or is another one behind the load balancer."},
	},
	Fix: []analysis.Advice{
		{Text: "Serve the site over https only.", If: []analysis.Fact{analysis.OverHTTP}},
		{Text: "Compare the attributes of the cookie with the URL of the refused request, in the browser's developer tools under Cookies."},
		{Text: "Load balancer: send a session to one server, or let the servers share sessions."},
	},
	Sources: []string{"RFC 6265 sections 5.3 and 5.4", "draft-ietf-httpbis-rfc6265bis, SameSite"},
	Reads:   []string{"Set-Cookie", "Cookie"},
	Run:     runSessionCookieLost,
}

func runSessionCookieLost(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome != analysis.Unanswered || !p.Whole(h) {
			continue
		}
		r := h.First().Request
		logon := logonThatSetCookie(p, h)
		if r == nil || logon == nil || loggedOnAgain(p, h) {
			continue
		}
		what := "without the cookie that the logon had set"
		if r.Header.Has("Cookie") {
			what = "with a cookie, and it was not accepted any more"
		}
		f := p.Found(h, h.First().RequestPos(), "%s was let in by %s, which set a cookie, and came again %s: the answer was %d", clientName(logon), serverName(h), what, h.Last().Status())
		f.Frames = []int{logon.Last().ResponsePos().Frame, h.Last().ResponsePos().Frame}
	}
}

// logonThatSetCookie returns the last logon before h, of the same program and for the same
// host, whose answer set a cookie; nil if there is none.
func logonThatSetCookie(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	var logon *analysis.Handshake
	for _, o := range p.Attempts(h) {
		if o.ID >= h.ID || o.Outcome != analysis.Succeeded || !analysis.SameProgram(o, h) {
			continue
		}
		if last := o.Last(); last.Response != nil && last.Response.Header.Has("Set-Cookie") {
			logon = o
		}
	}
	return logon
}

// loggedOnAgain reports whether the client authenticated after h: a session that has ended is no
// fault then.
func loggedOnAgain(p *analysis.Pass, h *analysis.Handshake) bool {
	return laterAttempt(p, h, func(o *analysis.Handshake) bool { return o.Opening() != nil }) != nil
}
