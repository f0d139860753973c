package checks

import (
	"fmt"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

var challengeUnanswered = &analysis.Check{
	Name:     "challenge-unanswered",
	Variants: []string{"waiting"},
	Title:    "credentials were asked for, and none came in this capture",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Refusal,
	Means: "The capture holds a challenge and no answer to it. The client may have stopped to ask its user, may not trust the site with a logon, may have answered on a connection that is not in the capture, " +
		"or the capture may end too early. Where it is clear that the client will not answer, client-ignored-challenge says so.",
	Proof: "A 401 (407) with schemes, no credentials for that request afterwards, and no other check that says why.",
	Not:   "A challenge whose answer is in the capture; a CORS preflight (cors-preflight-401).",
	Causes: []analysis.Advice{
		{Text: "The capture ends before the answer, or does not hold the connection on which it went."},
		{Text: "Firefox logs on by itself only at hosts in network.negotiate-auth.trusted-uris, and asks its user for a password at others: the user is looking at a prompt.", If: []fact.Fact{fact.ClientFirefox, fact.OffersNegotiate, fact.Variant("waiting")}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Chrome and Edge log on by themselves only at hosts of the intranet zone or in AuthServerAllowlist, and ask their user for a password at others: the user is looking at a prompt.", If: []fact.Fact{fact.ClientChromium, fact.OffersNegotiate, fact.Variant("waiting")}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "A script that asks without credentials, and takes the 401 for its answer."},
		{Text: "The user is looking at a prompt."},
	},
	Fix: []analysis.Advice{
		{Text: "Firefox: network.negotiate-auth.trusted-uris = <host>, or the policy Authentication, SPNEGO.", If: []fact.Fact{fact.ClientFirefox, fact.OffersNegotiate, fact.Variant("waiting")}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Chrome, Edge: policy AuthServerAllowlist = <host>.", If: []fact.Fact{fact.ClientChromium, fact.OffersNegotiate, fact.Variant("waiting")}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Capture until the page is shown or the error appears."},
		{Text: "Look at what the browser says: chrome://net-export.", If: []fact.Fact{fact.ClientChromium}, Unless: []fact.Fact{fact.LogGiven}},
		{Text: "Look at what the client says: its log, or curl -v to the same URL.", Unless: []fact.Fact{fact.LogGiven, fact.ClientChromium}},
	},
	Sources:     []string{"RFC 9110 section 11.6.1", "Microsoft, WebDAV redirector registry settings (BasicAuthLevel)"},
	Reads:       []string{"Content-Type", "Upgrade"},
	AfterOthers: true,
	Run:         runChallengeUnanswered,
}

// waiting is how long a capture goes on behind a challenge if programs that answer it by themselves
// would have done so.
const waiting = 3 * time.Second

func runChallengeUnanswered(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome != analysis.Unanswered && !asksUnseenRequest(h) || p.Explained(h) {
			continue
		}
		none := "none came in this capture"
		if h.Last().Request == nil {
			none = "what was sent with that request, and later, is not here"
		}
		f := p.Found(h, h.Last().ResponsePos(), "%s, and %s%s", askedFor(h), none, requestKind(h.Last()))
		if p.End.Sub(h.Last().ResponsePos().Time) >= waiting {
			f.Variant = "waiting"
		}
		if len(h.Offered) == 0 {
			f.AddCodes(h.Last().Status())
		}
		if answeredLater(p, h) {
			f.Severity = analysis.Info
			f.Cause = "The same client answers a later challenge of this server."
		} else if droppedAfter(p, h) != nil {
			f.Severity = analysis.Info
			f.Cause = "The same program was let in shortly before: it dropped this request, or did not need it."
		} else if served := p.ServedAfter(h); served != nil {
			f.Severity = analysis.Info
			f.Cause = "The same request was served later, without credentials too: a cookie did it, or the server asks only for some requests."
			f.AddProof(served.Response.Pos)
		} else if asksForIssuers(h.Last()) {
			f.Severity = analysis.Info
			f.Cause = "The program asks, by an empty Bearer, which tokens the server takes, and the challenge says so."
		} else if webDAVWithoutTLS(h) {
			f.Cause = "Windows' WebDAV client sends a password with Basic over plain HTTP only where BasicAuthLevel is 2; over https it would."
		} else if isProbe(h) {
			f.Severity = analysis.Info
			f.Cause = "The program looks whether the server or the file is there, and takes the 401 for an answer."
		} else if isMonitor(p, h) {
			f.Severity, f.Evidence = analysis.Info, analysis.Hint
			f.Cause = "A program without a name asks for this again and again: a balancer or monitor, which takes the 401 for a sign of life."
		} else if len(h.Offered) == 0 && !isHTML(h.Last()) && !h.Last().Response.HeadCut {
			f.Severity = analysis.Info
			f.Cause = "An application may answer so by itself to whoever has no session with it."
		} else if !p.SawAll(h) || p.PartlyUnseen(h) {
			f.Severity, f.Evidence = analysis.Info, analysis.Hint
		}
	}
}

// asksUnseenRequest reports whether all that is known of h is that a request that is not here was answered with
// a challenge.
func asksUnseenRequest(h *analysis.Handshake) bool {
	l := h.Last()
	return h.Outcome == analysis.Unknown && l.Asks && l.Request == nil && h.Mechanism == analysis.None
}

// webDAVWithoutTLS reports whether Windows' WebDAV client was asked over plain HTTP for nothing but
// Basic.
func webDAVWithoutTLS(h *analysis.Handshake) bool {
	return strings.HasPrefix(h.Program, "Microsoft-WebDAV-MiniRedir") && len(h.Offered) == 1 && h.Offers("Basic") && strings.HasPrefix(h.URL, "http://")
}

// askedFor says what the server asked the client for. A 401 without a scheme names nothing.
func askedFor(h *analysis.Handshake) string {
	if len(h.Offered) == 0 && h.Last().Response.HeadCut {
		return fmt.Sprintf("%s answered %d to %s, and with which schemes is in the part of its header that is not here", serverName(h), h.Last().Status(), clientName(h))
	}
	if len(h.Offered) == 0 {
		return fmt.Sprintf("%s answered %d to %s without naming a scheme to send credentials with", serverName(h), h.Last().Status(), clientName(h))
	}
	return fmt.Sprintf("%s asked %s for credentials (%s)", serverName(h), clientName(h), offeredList(h))
}

func isHTML(l *analysis.Leg) bool {
	return l.Response != nil && strings.Contains(l.Response.Header.Value("Content-Type"), "html")
}

func isJSON(l *analysis.Leg) bool {
	return l.Response != nil && strings.Contains(l.Response.Header.Value("Content-Type"), "json")
}
