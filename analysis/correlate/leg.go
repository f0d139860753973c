package correlate

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// authFields are the header lines of one target.
type authFields struct{ credentials, challenges string }

func fieldsOf(t analysis.Target) authFields {
	if t == analysis.ToProxy {
		return authFields{"Proxy-Authorization", "Proxy-Authenticate"}
	}
	return authFields{"Authorization", "WWW-Authenticate"}
}

// concerns reports whether x carries credentials or a challenge for a target.
func concerns(d tokens.Decoder, x *httpstream.Exchange, target analysis.Target) bool {
	f := fieldsOf(target)
	switch {
	case x.Request != nil && x.Request.Header.Value(f.credentials) != "":
		return true
	case x.Reset == needsHTTP1 && target == analysis.ToServer:
		return true
	case x.Response == nil:
		return false
	}
	return asker(x) == target || x.Response.Header.Has(f.challenges) && len(d.Challenges(x.Response.Header.Values(f.challenges))) > 0
}

// asker returns who asks for credentials by the status of a response, "" if nobody does: a 401 that
// names schemes for a proxy alone is the proxy's, if the request was made to one.
func asker(x *httpstream.Exchange) analysis.Target {
	r := x.Response
	switch {
	case r == nil:
	case r.Status == httpstream.StatusProxyAuthRequired,
		r.Status == httpstream.StatusUnauthorized && r.Header.Has("Proxy-Authenticate") && !r.Header.Has("WWW-Authenticate") && madeToProxy(x.Request):
		return analysis.ToProxy
	case r.Status == httpstream.StatusUnauthorized:
		return analysis.ToServer
	}
	return ""
}

// madeToProxy reports whether a request may be one to a proxy: it asks for a tunnel, names a whole URL or
// has credentials for a proxy; or it is not there.
func madeToProxy(r *httpstream.Request) bool {
	return r == nil || r.AsksTunnel() || analysis.TargetAuthority(r.Target) != "" || r.Header.Has("Proxy-Authorization")
}

// needsHTTP1 is the HTTP/2 error that sends a request to HTTP/1.1, as it must be for
// authentication that is bound to a connection (RFC 9113 section 7).
const needsHTTP1 = "HTTP_1_1_REQUIRED"

// A leg is an analysis.Leg with the state of the engine.
type leg struct {
	analysis.Leg
	target     analysis.Target
	arrival    int // how many exchanges were kept before it
	reportedAs int // ID of the handshake that was reported as beginning with it, 0 if none was
	reserved   int // ID of the one that was shown provisionally, 0 if none was
	legsShown  int // how many legs that one had
	acceptor   acceptor
	redirect   redirect // where the response sends the client
	// askedServer reports whether a proxy says that it failed to reach the server.
	askedServer bool
}

// newLeg decodes what x carries for one target; nil if it carries nothing for it.
func newLeg(d tokens.Decoder, k *challengeCache, x *httpstream.Exchange, target analysis.Target) *leg {
	if !concerns(d, x, target) {
		return nil
	}
	f, l := fieldsOf(target), &leg{Leg: analysis.Leg{Exchange: x, Conn: x.Conn}, target: target}
	if x.Request != nil {
		if sent := x.Request.Header.Value(f.credentials); sent != "" {
			a := d.Credentials(sent)
			if a.Empty() && x.Pos().Stream >= 0 { // an export may have taken the token out
				l.EmptyScheme = a.Scheme
			} else {
				l.Sent = &a
			}
		}
	}
	if x.Response != nil {
		l.Got = k.read(d, x.Response.Header.Values(f.challenges))
	}
	if target == analysis.ToServer {
		l.CookiesSet, l.CookiesSent = analysis.CookiesSet(x.Response), analysis.CookiesSent(x.Request)
	}
	l.Asks = asker(x) == target
	l.Verdict = verdict(&l.Leg)
	if l.Sent != nil && l.Verdict == analysis.Rejected && x.Pos().InPackets() {
		l.Sent.RefusedAsSent(x.Request.Header.Value(f.credentials))
	}
	if x.Response != nil {
		l.acceptor = acceptorOf(x.Response.Header)
		l.askedServer = target == analysis.ToProxy && failedBehindSquid(x.Response.Header.Value("X-Squid-Error"))
		if target == analysis.ToServer { // what a proxy passes on says nothing about the proxy
			l.redirect = redirectOf(x)
		}
		switch l.redirect {
		case toLogon:
			l.Logon = servertext.LogonMove
		case toError:
			l.Logon = servertext.LogonFailed
		}
	}
	return l
}

// verdict returns what the response of l means by the protocol alone: with a 404 or 500 the
// credentials were accepted, with a 407 they have not reached the server.
func verdict(l *analysis.Leg) analysis.Verdict {
	switch {
	case l.Status() == 0:
		if l.Reset == needsHTTP1 {
			return analysis.Retry
		}
		return analysis.NoVerdict
	case l.Asks:
		if a := l.Answer(); a != nil && !rejects(a) && !l.Finishes() {
			return analysis.Continues
		}
		if stale(l) || l.NTLMOverHTTP2() {
			return analysis.Retry
		}
		if l.Response.HeadCut && l.Sent != nil {
			return analysis.NoVerdict // a token may be in what is missing
		}
		return analysis.Rejected
	case asker(l.Exchange) == analysis.ToProxy: // the server has not seen it
		return analysis.Retry
	case l.HeaderRefused(), l.Answer() != nil && rejects(l.Answer()): // the status is for everybody
		return analysis.Rejected
	case l.Sent.NTLM().Type() == 1:
		return analysis.NoVerdict // a message 1 proves nobody: the server did not care who it is
	}
	return analysis.Accepted
}

// stale reports whether a server refuses only the nonce of Digest credentials, which it
// would take with the one that it sends (RFC 7616 section 3.3).
func stale(l *analysis.Leg) bool {
	return l.Sent != nil && l.Sent.Scheme == "Digest" && hasParam(l.Got, "Digest", "stale", "true")
}

// insufficientScope reports whether a server says that a Bearer token is valid, but not
// sufficient for this request (RFC 6750 section 3.1).
func insufficientScope(l *analysis.Leg) bool {
	return l.Sent != nil && l.Sent.Scheme == "Bearer" && hasParam(l.Got, "Bearer", "error", "insufficient_scope")
}

// hasParam reports whether a challenge of the scheme has the parameter with the value.
func hasParam(challenges []tokens.Auth, scheme, name, value string) bool {
	return slices.ContainsFunc(challenges, func(a tokens.Auth) bool {
		return a.Scheme == scheme && strings.EqualFold(a.Param(name), value)
	})
}

// rejects reports whether a token says no: SPNEGO reject, or a Kerberos error.
func rejects(a *tokens.Auth) bool {
	if s := a.SPNEGO(); s != nil && s.Resp != nil && s.Resp.NegState == tokens.Reject {
		return true
	}
	return a.Kerberos().AcceptorError() != nil
}
