package checks

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var authRefusedUnexplained = &analysis.Check{
	Name:     "auth-refused-unexplained",
	Variants: []string{"answered-otherwise", "asks-in-page", "moved-to-error", "page-expired", twoAsk},
	Title:    "somebody was not let in, and the capture does not show why",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "The server or proxy refused the credentials and gave no reason that could be read. That is the usual picture: a bare 401 stands for a wrong key, a clock, a replay, a missing right and more. " +
		"The report lists for such a handshake which causes the capture rules out and which remain.",
	Proof: "Credentials, and in answer to them the schemes offered anew, or a status such as 403 without the token that a success has; and no other check that finds a cause. " +
		"Or in place of the page a form in which one logs on, or the way to one: the application does not use the logon, or falls back to its form when it takes no ticket. " +
		"Or a redirect to a page of an error, such as /login?error or AccessDenied.aspx. " +
		"Or a page that says that it, or the session, has expired. Or a password for which a challenge asked, and in answer to it, for the same page, registered schemes without that one, of which one is new.",
	Not: "A refusal whose cause another check names. A 404 or 500 of the application to somebody who was let in. A form in which somebody who is logged on changes a password. A redirect that only adds a slash, or that answers a form with an error of the application. A page that a script writes, or that is very long, may hide such a form: the outcome's reason says so.",
	Causes: []analysis.Advice{
		{Text: "The acceptor could not use the token and falls back to its form (its keytab, its clock, NTLM in place of Kerberos), or it took it, and the application has no account by that name.", If: []fact.Fact{fact.AsksInPage}},
		{Text: "Outlook on the web is set to its own page for logging on (forms), and 440 says that the session with it is over or was never begun: nobody looks at the credentials.", If: []fact.Fact{fact.Status(analysis.StatusLoginTimeout)}},
		{Text: "The server takes no Basic there: what it offers in its answer is something else.", If: []fact.Fact{fact.ByBasic, fact.NotOffered}},
		{Text: "Two ask, one behind the other: a gateway takes the password, passes the request on with it, and the server behind asks for its own schemes. A request has one Authorization line and cannot answer both.", If: []fact.Fact{fact.Variant(twoAsk)}},
		{Text: "A wrong password, or an account that is locked or may not log on.", If: []fact.Fact{fact.ByBasic, fact.ByDigest}, Unless: []fact.Fact{fact.NotOffered, fact.Variant(twoAsk)}},
	},
	Fix: []analysis.Advice{
		askGateway,
		{Text: "Let one of them authenticate: no password at the gateway (nginx: no auth_basic there), or a gateway that logs on to the server itself, for the user (Kerberos constrained delegation), and does not pass the client's Authorization on.", If: []fact.Fact{fact.Variant(twoAsk)}},
		{Text: "Get-OwaVirtualDirectory, Get-EcpVirtualDirectory | fl Server,*Authentication*: FormsAuthentication off where Windows authentication is wanted; or ask for the page without credentials, and log on in it.", If: []fact.Fact{fact.Status(analysis.StatusLoginTimeout), fact.ServerIIS, fact.ByKerberos, fact.ByNTLM}},
		{Text: "The IIS log of this request: sc-substatus and sc-win32-status; the server's Security log: event 4625.", If: []fact.Fact{fact.ServerIIS, fact.ByKerberos, fact.ByNTLM, fact.ByBasic, fact.ByDigest}, Unless: []fact.Fact{fact.ServerLogGiven, fact.AsksInPage, fact.Variant(twoAsk)}},
		{Text: "The server's Security log: event 4625, its Status and Sub Status.", If: []fact.Fact{fact.ServerLogGiven, fact.ServerIIS}},
		{Text: "The acceptor's own error log at this time: it has the reason."},
		{Text: "The log of the application, for this user: it takes a ticket and then finds no account by the name in it, or it never looks at what the server passes on.", If: []fact.Fact{fact.AsksInPage}},
		{Text: "Capture an attempt that works beside the one that fails, and compare."},
	},
	Sources:     []string{"RFC 4559 section 5", "RFC 9110 section 11.6", "Microsoft, HTTP status codes in IIS; KB2749007, unexpected 401.1 with preauthentication headers"},
	Reads:       []string{"Server"},
	AfterOthers: true,
	Run:         runAuthRefusedUnexplained,
}

// asksInstead returns the schemes that the answer to a password asks for, where one of them was not asked for before;
// none unless both challenges are for one page. What is in no registry is there to keep browsers from asking.
func asksInstead(h *analysis.Handshake) []string {
	instead := h.OfferedInstead()
	isNew := func(scheme string) bool { return tokens.IsRegistered(scheme) && !h.Offers(scheme) }
	if h.Outcome != analysis.Failed || h.Mechanism != analysis.Basic && h.Mechanism != analysis.Digest || !slices.ContainsFunc(instead, isNew) {
		return nil
	}
	asked, last := h.ChallengeLeg().Request, h.Last().Request
	if asked == nil || last == nil || analysis.PathOf(asked.Target) != analysis.PathOf(last.Target) {
		return nil
	}
	return instead
}

// twoAsk is the variant of a password that was asked for, and answered by asking for something else.
const twoAsk = "two-ask"

// askGateway is where to look first where a gateway refuses under its own name.
var askGateway = analysis.Advice{
	Text: "A gateway on the way answers in place of the server: its log says why, and its policy which hosts and programs need no logon.",
	If:   []fact.Fact{fact.ServerGateway},
}

func runAuthRefusedUnexplained(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if p.Explained(h) {
			continue
		}
		switch instead := asksInstead(h); {
		case len(instead) > 0:
			f := p.Found(h, h.Last().ResponsePos(), "%s asked for %s, and answered %s by asking for %s", serverName(h), h.Scheme, credentialsOf(h), strings.Join(instead, ", "))
			f.Variant, f.Evidence = twoAsk, analysis.Inferred
			f.AddProof(h.ChallengeLeg().ResponsePos(), h.Last().RequestPos())
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
		case h.Outcome == analysis.Failed:
			f := p.Found(h, h.Last().ResponsePos(), "%s refused %s and %s", serverName(h), credentialsOf(h), reasonGiven(h.Last()))
			f.Evidence = h.OutcomeEvidence
			f.AddProof(requestPlace(h)...)
			if p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
				f.Cause = firstOfApplication(h)
			}
			if o := passwordTaken(p, h); o != nil {
				f.Cause = fmt.Sprintf("Perhaps not the password: the same one was accepted from the same user in handshake %d. A page may refuse a user whom the server knows, or refuse on purpose, as a link to log off does.", o.ID)
				f.AddProof(o.Last().ResponsePos())
			}
		case h.Outcome == analysis.Succeeded && h.OutcomeEvidence == analysis.Proven && refusesRequest(h.Last().Status()):
			f := p.Found(h, h.Last().ResponsePos(), "%s took %s and answered %d%s: that is about the request, not the logon", serverName(h), credentialsOf(h), h.Last().Status(), inItsWords(h.Last()))
			f.Variant, f.Severity = "answered-otherwise", analysis.Info
			f.AddProof(requestPlace(h)...)
		case expired(h):
			foundExpired(p, h)
		case asksInPage(h):
			foundAsksInPage(p, h)
		case turnedAway(h):
			f := p.Found(h, h.Last().ResponsePos(), "%s answered %d to %s%s; whether the logon succeeded is not shown", serverName(h), h.Last().Status(), credentialsOf(h), inItsWords(h.Last()))
			f.Variant, f.Evidence = "answered-otherwise", analysis.Inferred
			f.AddProof(requestPlace(h)...)
			if !deniesAccess(h.Last()) || p.LetInAfter(h) != nil {
				f.Severity = analysis.Warning
			}
			if h.Target == analysis.ToProxy && h.Last().Words != "" && !h.Last().SpeaksOfLogon() {
				f.Severity, f.Cause = analysis.Warning, "By its words it is about what was asked for and not about the logon: proxies forbid sites to those whom they know."
			}
		}
	}
}

// firstOfApplication says why IIS may have refused a ticket that was taken when it came again, "" if that is not the case.
func firstOfApplication(h *analysis.Handshake) string {
	if l := h.Last(); h.First().Sent == nil || h.Mechanism != analysis.Kerberos || !windowsServer(l) || !l.Asks {
		return ""
	}
	return "Perhaps because it came without being asked for: IIS may refuse the first credentials to an application that has just started (kernel mode; 401.1, 0x8009030E). The client was let in when it was asked."
}

// passwordTaken returns a handshake in which the same host had just taken the same user and password, nil if
// there is none.
func passwordTaken(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	sent := passwordSum(h)
	if sent == 0 {
		return nil
	}
	for _, o := range p.Attempts(h) {
		if o.ID < h.ID && o.Outcome == analysis.Succeeded && passwordSum(o) == sent && near(o, h) {
			return o
		}
	}
	return nil
}

// passwordSum returns the sum of the user and the password of Basic, 0 if there are none.
func passwordSum(h *analysis.Handshake) uint64 {
	if l := h.OpeningLeg(); l != nil && h.Mechanism == analysis.Basic && h.User != "" {
		return l.Sent.Sum
	}
	return 0
}

// reasonGiven returns the reason that a refusal gives.
func reasonGiven(l *analysis.Leg) string {
	stated, where := l.StatedReason()
	switch {
	case stated != "":
		return where + " says " + stated
	case l.Words != "":
		return "says " + quoted(l.Words)
	}
	return "gave no reason that this capture shows"
}

// asksInPage reports whether a client was asked to log on in a page after it sent its credentials,
// or was sent to a page of an error. If the client is known to be let in, only a form and such a
// page count: it may be sent to any other page.
func asksInPage(h *analysis.Handshake) bool {
	l := h.Last()
	said := l.Logon == servertext.LogonForm || l.Logon == servertext.LogonFailed
	return l.Sent != nil && l.Logon != "" && (h.Outcome == analysis.Unknown || h.Outcome == analysis.Succeeded && said)
}

// expired reports whether a client got a page that says that the page or the session has expired.
func expired(h *analysis.Handshake) bool {
	l := h.Last()
	return l.Sent != nil && !l.Asks && l.Logon == "" && l.Expired() && h.Outcome != analysis.Failed
}

// foundExpired reports such a page. A server that asks for credentials with a 401 is asked twice
// for one URL: a URL that works only once is used up then.
func foundExpired(p *analysis.Pass, h *analysis.Handshake) {
	l := h.Last()
	f := p.Found(h, l.ResponsePos(), "%s answered %s with a page that says %s (%d); %s", serverName(h), credentialsOf(h), quoted(l.Words), l.Status(), howTaken(h))
	f.Variant, f.Evidence = "page-expired", analysis.Inferred
	f.AddProof(requestPlace(h)...)
	if c := h.ChallengeLeg(); c != nil && c.Sent == nil && c.Request != nil && l.Request != nil && c.Request.Target == l.Request.Target {
		f.Cause = "Perhaps a URL or form that is good for one use: it was asked for without credentials first, got a 401, and was asked for again."
	}
	if h.Outcome == analysis.Succeeded || p.LetInAfter(h) != nil {
		f.Severity = analysis.Warning
	}
}

// howTaken says what is known of the credentials that a page answered.
func howTaken(h *analysis.Handshake) string {
	if h.Outcome == analysis.Succeeded {
		return "the logon itself succeeded"
	}
	return "whether the logon succeeded is not shown"
}

// foundAsksInPage reports a client that sent credentials and was asked to log on in a page
// nevertheless. A redirect is ordinary for clients that were not asked for credentials.
func foundAsksInPage(p *analysis.Pass, h *analysis.Handshake) {
	l := h.Last()
	f := p.Found(h, l.ResponsePos(), "%s answered %s with %s (%d); %s", serverName(h), credentialsOf(h), l.Logon.Words(), l.Status(), howTaken(h))
	f.Variant, f.Evidence = "asks-in-page", analysis.Inferred
	f.AddProof(requestPlace(h)...)
	if l.Logon == servertext.LogonFailed {
		f.Variant = "moved-to-error"
	}
	if h.Outcome == analysis.Succeeded && h.OutcomeEvidence == analysis.Proven {
		f.Cause = "The logon was taken: the application has no account by that name, or does not look at what the server passes on."
	}
	if h.Outcome == analysis.Succeeded && l.Logon != servertext.LogonFailed || l.Logon == servertext.LogonMove || l.Logon == servertext.LogonScript || h.ChallengeLeg() == nil || p.LetInAfter(h) != nil {
		f.Severity = analysis.Warning
	}
}

// turnedAway reports whether the client did not get what it asked for, although nothing says that
// its credentials are the reason. What an application says about a page does not count; nor does a
// server that fails, unless a gateway got no answer to the credentials from it.
func turnedAway(h *analysis.Handshake) bool {
	l := h.Last()
	if h.Outcome != analysis.Unknown || l.Sent == nil || l.Verdict != analysis.Accepted && !l.BehindAcceptor() {
		return false
	}
	switch s := l.Status(); s {
	case httpstream.StatusUnauthorized:
		return h.Target != analysis.ToProxy // which passes on what the server says
	case httpstream.StatusForbidden, analysis.StatusLoginTimeout:
		return true
	case httpstream.StatusBadGateway, httpstream.StatusServiceUnavailable, httpstream.StatusGatewayTimeout:
		return tokens.IsTokenScheme(h.Scheme) || h.Target == analysis.ToProxy
	default:
		return refusesRequest(s)
	}
}

// deniesAccess reports whether a response denies access by its status, or mentions the logon.
func deniesAccess(l *analysis.Leg) bool {
	switch l.Status() {
	case httpstream.StatusUnauthorized, httpstream.StatusForbidden, analysis.StatusLoginTimeout:
		return true
	}
	return l.SpeaksOfLogon()
}

// refusesRequest reports whether the status is one by which servers refuse requests, whoever sent
// them.
func refusesRequest(status analysis.HTTPCode) bool {
	switch status {
	case httpstream.StatusBadRequest, httpstream.StatusPaymentRequired, httpstream.StatusRequestTimeout, httpstream.StatusLengthRequired,
		httpstream.StatusRequestEntityTooLarge, httpstream.StatusRequestURITooLong, httpstream.StatusExpectationFailed,
		httpstream.StatusMisdirectedRequest, httpstream.StatusTooEarly, httpstream.StatusUpgradeRequired, httpstream.StatusTooManyRequests:
		return true
	}
	return false
}
