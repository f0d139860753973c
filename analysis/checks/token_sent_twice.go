package checks

import (
	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

var tokenSentTwice = &analysis.Check{
	Name:     "token-sent-twice",
	Title:    "the client sends a Kerberos token a second time",
	Severity: analysis.Error,
	Evidence: analysis.Inferred,
	Topic:    analysis.Cause,
	Means: "An authenticator is good for one request: an acceptor that keeps a replay cache refuses the second, whatever key and service principal name are. " +
		"The client made the token once and sends the same header again.",
	Proof: "Two requests of one client to one server with the same authenticator, byte for byte, of which the first was answered by the server that the second was sent to. " +
		"That the second was refused for it is inferred, unless the server answers KRB_AP_ERR_REPEAT.",
	Not: "One request seen on both sides of a proxy; a request that a proxy stopped with a 407, or whose connection was closed before an answer. NTLM message 1, which is the same in every logon.",
	Causes: []analysis.Advice{
		{Text: "The program computes the Authorization header once and keeps it as if it were a password: a default header of its HTTP client, a variable in a script or a test tool."},
		{Text: "Its library retries or follows a redirect with the header of the first request."},
		{Text: "A load balancer or proxy sends the request to the server again."},
	},
	Fix: []analysis.Advice{
		{Text: "Let the program make a new token for every request, or authenticate once and keep the session cookie."},
		{Text: "Do not turn the acceptor's replay cache off instead: it is what stops a stolen token."},
	},
	Sources: []string{"RFC 4120 section 3.2.3", "RFC 4559 section 4.2", "MIT krb5, doc/basic/rcache_def.rst"},
	Run:     runTokenSentTwice,
}

func runTokenSentTwice(p *analysis.Pass) {
	first := map[uint64]presented{}
	final := map[*analysis.Handshake]bool{}
	for _, h := range p.Handshakes {
		final[h] = true
	}
	for _, h := range p.Context {
		for _, l := range h.Legs {
			k := l.Sent.Kerberos()
			if k == nil || k.APReq == nil || k.APReq.Authenticator.Len == 0 || !reachedTarget(h, l) {
				continue
			}
			sum := k.APReq.Authenticator.Sum
			switch earlier, again := first[sum]; {
			case !again:
				first[sum] = presented{h, l}
			case final[h] && betweenSame(p, earlier.leg, l):
				sentTwice(p, earlier, h, l, k.APReq)
			}
		}
	}
}

// A presented token is where a token was sent.
type presented struct {
	handshake *analysis.Handshake
	leg       *analysis.Leg
}

// reachedTarget reports whether the target of h answered the leg itself, and no proxy on the way.
func reachedTarget(h *analysis.Handshake, l *analysis.Leg) bool {
	switch l.Status() { // before anybody looks at credentials, or because nobody is there to look
	case httpstream.StatusExpectationFailed, httpstream.StatusMisdirectedRequest, httpstream.StatusTooEarly, httpstream.StatusTooManyRequests,
		httpstream.StatusBadGateway, httpstream.StatusServiceUnavailable, httpstream.StatusGatewayTimeout:
		return false
	}
	return l.Response != nil && l.Request != nil && (h.Target == analysis.ToProxy || l.Status() != httpstream.StatusProxyAuthRequired)
}

// betweenSame reports whether both requests went from one machine to one other: a request from
// another address may be the first one, forwarded by a proxy. A connection that two capture points
// show is one.
func betweenSame(p *analysis.Pass, a, b *analysis.Leg) bool {
	if a.Conn.Origin != b.Conn.Origin && a.Conn.Client == b.Conn.Client {
		return false
	}
	return a.Conn.Client.Addr() == b.Conn.Client.Addr() && a.Conn.Server == b.Conn.Server && p.ClientSide(b.Exchange) == nil
}

func sentTwice(p *analysis.Pass, earlier presented, h *analysis.Handshake, l *analysis.Leg, ap *tokens.APReq) {
	f := p.Found(h, l.RequestPos(), "%s sent %s a token for %s that it had sent before, byte for byte the same", clientName(h), serverName(h), ap.Ticket.Service.String())
	f.AddProof(earlier.leg.RequestPos(), l.ResponsePos())
	_, e := h.KRBError()
	if e != nil && e.Code == tokens.KRBAPErrRepeat {
		f.Evidence = analysis.Proven
	}
	switch {
	case h.Outcome != analysis.Failed, e != nil && e.Code != tokens.KRBAPErrRepeat: // the acceptor says why, and it is not that
		f.Severity = analysis.Warning
	case earlier.handshake.Outcome == analysis.Succeeded:
		f.Cause = "The token was good the first time: neither the key nor the service principal name is why it was refused now."
	}
}
