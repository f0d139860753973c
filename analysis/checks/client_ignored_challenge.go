package checks

import (
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

var clientIgnoredChallenge = &analysis.Check{
	Name:     "client-ignored-challenge",
	Title:    "the client was asked for credentials and sent none",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Refusal,
	Means:    "The server offered Negotiate or NTLM, and the client did not even try. It decided so by its own rules about which servers may have the user's credentials.",
	Proof:    "A 401 (407) offering Negotiate or NTLM; no credentials from that client for that host afterwards, on any connection, although the capture goes on or the client closed.",
	Not: "A CORS preflight (cors-preflight-401); a client that tried and got no token, which shows as a second anonymous request or a KDC error (client-token-generation-failed); " +
		"a capture that stops too early; a script that asks without credentials on purpose.",
	Causes: []string{
		"The host is not in the Local intranet zone: a name with dots is Internet unless it is listed.",
		"Chrome, Edge: the host is not in AuthServerAllowlist. Firefox: not in network.negotiate-auth.trusted-uris.",
		"A private, incognito or guest window: no automatic logon there.",
		"Enable Integrated Windows Authentication is off, and only Negotiate is offered.",
		"A script's request without credentials: fetch needs credentials: 'include'.",
		"The user closed the prompt.",
	},
	Fix: []string{
		"Group policy: Site to Zone Assignment List, <host> = 1.",
		"Chrome, Edge: policy AuthServerAllowlist = *.contoso.com. Firefox: policy Authentication, SPNEGO.",
		"Look at chrome://net-export or about:networking of that client: it says why.",
	},
	Sources: []string{
		"Microsoft, Troubleshoot Kerberos failures in Internet Explorer, learn.microsoft.com/troubleshoot/developer/webapps/iis",
		"Chromium, net/http/http_auth_handler_negotiate.cc",
		"Mozilla, extensions/auth/nsHttpNegotiateAuth.cpp",
	},
	Follows: []string{"ip-address-url", "proxy-blocks-connection-auth", "http2-connection-auth"},
	Reads:   []string{"Access-Control-Request-Method", "Origin"},
	Run:     runClientIgnoredChallenge,
}

// patience is how long a client may take to answer before silence says something:
// people type passwords into prompts.
const patience = 30 * time.Second

func runClientIgnoredChallenge(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if at, ok := notTrusted(h); ok {
			f := p.Found(h, at, "%s asked for credentials (%s), and the browser does not trust it with the user's own logon", serverName(h), offeredList(h))
			f.Evidence = analysis.Proven
			f.Cause = "The browser's log says so: the host is not on its allow-list for automatic logon."
			continue
		}
		if h.Outcome != analysis.Unanswered || !p.Whole(h) || p.Unseen(h) || !(h.Offers("Negotiate") || h.Offers("NTLM")) {
			continue
		}
		last := h.Last()
		if preflight(last.Request) || noToken(h) != "" || !hadTimeToAnswer(p, h) {
			continue
		}
		if laterAttempt(p, h, func(o *analysis.Handshake) bool { return o.Opening() != nil }) != nil {
			continue
		}
		p.Found(h, last.ResponsePos(), "%s asked for credentials (%s) and %s never sent any", serverName(h), offeredList(h), clientName(h))
	}
}

// hadTimeToAnswer reports whether the client had the time to answer, or made clear that it
// would not by closing the connection.
func hadTimeToAnswer(p *analysis.Pass, h *analysis.Handshake) bool {
	last := h.Last()
	c := last.Conn
	asked := last.ResponsePos().Time
	if (c.Ending == httpstream.FIN || c.Ending == httpstream.RST) && c.EndedBy == httpstream.Client {
		return true
	}
	return p.End.Sub(asked) >= patience
}
