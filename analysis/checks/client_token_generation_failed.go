package checks

import (
	"cmp"
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var clientTokenGenerationFailed = &analysis.Check{
	Name:     "client-token-generation-failed",
	Title:    "the client wanted to authenticate and could not make a token",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	NeedsKDC: true,
	Topic:    analysis.Cause,
	Means: "The client took up the challenge, asked its security library for a token and was refused. " +
		"Chromium and curl then send the same request once more without credentials, so the server sees two anonymous requests and has nothing to log.",
	Proof: "The same method and URL twice without Authorization, both answered 401, within a second or with a KDC's error between them; or the client's own log says that no token could be made.",
	Not:   "Parallel requests for icons and parts of a page; a reload by the user; a client that never tried (client-ignored-challenge).",
	Causes: []analysis.Advice{
		{Text: "There is no ticket-granting ticket: the user has not logged on to the domain (Linux, macOS: kinit).", Unless: []fact.Fact{fact.HasTGT}},
		{Text: "The KDC has no such service principal, and NTLM is not allowed: see the KDC's error beside it.", Unless: []fact.Fact{fact.ByNTLM}},
		{Text: "Policy Restrict NTLM: Outgoing = Deny all stops the fallback before the first message.", If: []fact.Fact{fact.ClientWinINET, fact.ClientChromium, fact.ClientDotNet, fact.ClientWinRM, fact.ClientWebDAV, fact.OnWindows}, Unless: []fact.Fact{fact.ByNTLM}},
		{Text: "No KDC can be reached."},
	},
	Fix: []analysis.Advice{
		{Text: "KRB5_TRACE=/dev/stderr curl --negotiate -u : <url> shows what the library tries.", If: []fact.Fact{fact.ClientCurl}, Unless: []fact.Fact{fact.OnWindows}},
		{Text: "klist get HTTP/<host> on the client: the error it prints is the cause.", If: []fact.Fact{fact.OnWindows}},
		{Text: "klist on the client shows whether there is a ticket-granting ticket; if not, kinit. Then kvno HTTP/<host>: the error that it prints is the cause.", If: []fact.Fact{fact.OnUnix}},
		{Text: "chrome://net-export: the event AUTH_LIBRARY_INIT_SEC_CTX holds the library's status.", If: []fact.Fact{fact.ClientChromium}, Unless: []fact.Fact{fact.LogGiven}},
	},
	Sources: []string{
		"Chromium, net/http/http_auth_controller.cc and http_auth_sspi_win.cc",
		"MS-NLMP 3.1.5.1.1",
	},
	Follows: []string{"ip-address-url", "spn-case", "spn-not-found", "spn-duplicate", "clock-skew", "etype-nosupp", "kdc-client-credential-error", "kdc-unreachable", "kdc-must-use-user2user", "cross-realm-referral", "krb-ap-req-rejected"},
	Reads:   []string{"Authorization", "Proxy-Authorization"},
	Awaits:  "the credentials that the challenge asks for",
	Run:     runClientTokenGenerationFailed,
}

func runClientTokenGenerationFailed(p *analysis.Pass) {
	for _, x := range p.Exchanges {
		if said, at := saidUnasked(x); said != "" {
			f := p.FoundIn(x, x.Pos(), "the client could make no token for %s, and sent its request without one: its library said %q", analysis.HostOnly(x.Request.Host), said)
			f.Evidence, f.Cause = analysis.Proven, clientCause(said)
			f.AddProof(at)
		}
	}
	for _, h := range p.Handshakes {
		why := noToken(h)
		if why == "" {
			continue
		}
		if l := h.OpeningLeg(); l != nil && l.Sent.Scheme == "Negotiate" && len(h.AnonymousLegs()) < 2 {
			continue // it made one after all
		}
		said, at := libraryError(h)
		proven := refusal(h) != nil || said != ""
		if said == "" && !p.SawAll(h) {
			continue
		}
		if !proven && passesOn(p, h) {
			continue // whether there are credentials is for its client to decide
		}
		anonymous := h.AnonymousLegs()
		last := anonymous[len(anonymous)-1]
		f := p.Found(h, last.RequestPos(), "%s was challenged by %s and could not make a token: %s", clientName(h), serverName(h), why)
		f.Cause = cmp.Or(noKDCInDNS(p, h.ClientAddr()), stoppedAfterTGT(p, h), clientCause(said))
		if proven {
			f.Evidence = analysis.Proven
		}
		if said != "" {
			f.AddProof(at)
		}
		if leftOutside(p, h) || gaveUp(p, h) {
			f.Severity = analysis.Error
		}
		for _, k := range h.KDC {
			if k.Err() != nil && !k.Err().Code.AsksForMore() {
				f.AddProof(k.Pos())
			}
		}
	}
}

// saidUnasked returns what the client's library said of a token that nobody had asked for, as curl makes one
// before its first request; "" if there is nothing, or the response asks for credentials.
func saidUnasked(x *httpstream.Exchange) (string, httpstream.Pos) {
	if len(x.Events) == 0 || x.Request == nil || x.Response == nil || x.Request.Header.Has("Authorization") || x.Request.Header.Has("Proxy-Authorization") ||
		x.Response.Status == httpstream.StatusUnauthorized || x.Response.Status == httpstream.StatusProxyAuthRequired {
		return "", httpstream.Pos{}
	}
	for _, e := range x.Events {
		if e.Result == "error" && slices.Contains(libraryCalls, e.Name) {
			return e.Status, e.Pos
		}
	}
	return "", httpstream.Pos{}
}

// leftOutside reports whether the client was refused a second time by a target that takes only
// tokens, was not let in later, and no error of a KDC says why. If other schemes are offered, the
// client may be asking its user for a password.
func leftOutside(p *analysis.Pass, h *analysis.Handshake) bool {
	if status, _, _ := unknownSPNEvent(h); status != "" || refusal(h) != nil {
		return false
	}
	return h.Outcome == analysis.Unanswered && len(h.AnonymousLegs()) > 1 && h.Last().Asks && p.LetInAfter(h) == nil && len(h.Offered) > 0 &&
		!slices.ContainsFunc(h.Offered, func(scheme string) bool { return scheme != "Negotiate" && scheme != "Kerberos" })
}

// gaveUp reports whether a program that says that it has no token was not let in: curl asks nobody
// for a password.
func gaveUp(p *analysis.Pass, h *analysis.Handshake) bool {
	last := h.Last()
	return h.Outcome == analysis.Unanswered && last.Asks && p.LetInAfter(h) == nil && slices.ContainsFunc(last.Events, func(e httpstream.AuthEvent) bool {
		return slices.Contains(libraryCalls, e.Name)
	})
}

// noToken says how a handshake shows that the client could make no token, "" if it
// does not.
func noToken(h *analysis.Handshake) string {
	if s, _ := libraryError(h); s != "" {
		return s
	}
	anonymous := h.AnonymousLegs()
	if len(anonymous) == 0 || !anonymous[0].Asks {
		return ""
	}
	if k := refusal(h); k != nil {
		return "the KDC answered " + k.Err().Code.String()
	}
	if len(anonymous) < 2 || !asksForToken(anonymous[0]) && !h.Browser() || !repeatsAtOnce(anonymous) {
		return ""
	}
	if scheme := anonymous[1].EmptyScheme; scheme != "" {
		return "it sent the same request again with " + scheme + " and nothing behind it"
	}
	return "it sent the same request again without credentials"
}

// asksForToken reports whether a response names a scheme for which the client makes tokens.
func asksForToken(l *analysis.Leg) bool {
	return slices.ContainsFunc(l.Got, func(a tokens.Auth) bool { return tokens.IsTokenScheme(a.Scheme) })
}

// repeatsAtOnce reports whether the first two anonymous legs follow each other on one connection
// faster than a person reloads.
func repeatsAtOnce(legs []*analysis.Leg) bool {
	a, b := legs[0], legs[1]
	return a.Conn == b.Conn && b.RequestPos().Time.Sub(a.ResponsePos().Time) < time.Second
}
