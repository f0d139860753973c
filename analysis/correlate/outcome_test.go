package correlate_test

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestOutcome holds the outcome, its evidence and its reason: success is claimed only as far as
// the acceptor's token, the rest of the connection or the kind of server shows it.
func TestOutcome(t *testing.T) {
	const (
		conn   = "conn 1 10.0.0.10:50000 > 10.0.0.20:80\n"
		token  = "< WWW-Authenticate: Negotiate {spnego-resp state=accept-completed mech=krb5 token={aprep}}\n"
		mutual = get + "> Authorization: Negotiate {spnego-init mechs=krb5 token={apreq HTTP/web.contoso.com@CONTOSO.COM mutual}}\n"
		basic  = get + "> Authorization: Basic {basic bob:secret}\n"
		iis    = "< Server: Microsoft-IIS/10.0\n"
		asks   = "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"a\"\n\n"
	)
	const form = "< HTTP/1.1 200 OK\n< Content-Type: text/html\n<\n< <title>Login</title><form action=\"/login\"><input type=password name=p></form>\n\n"
	at := func(path, request string) string { return strings.Replace(request, "GET / ", "GET "+path+" ", 1) }
	const asksProxy = "< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n\n"
	toProxy := func(request string) string {
		return strings.Replace(strings.Replace(request, "GET / ", "GET http://web.contoso.com/ ", 1), "> Authorization", "> Proxy-Authorization", 1)
	}
	type3 := ntlm("ntlm1") + challenge + ntlm(alice)
	tests := []struct{ name, script, want string }{
		{"the acceptor's token", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n" + token + "\n", "succeeded proven: frame 11 holds the acceptor's last token"},
		{"the acceptor's token with a 403", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n" + token + "\n", "succeeded proven: frame 11 holds"},
		{"a page where credentials were asked for", conn + get + offer + mutual + ok, "succeeded inferred: frame 11 answers 200 without a token"},
		{"a page with a token that somebody took out", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate oYG...\n\n", "succeeded inferred: frame 11 answers 200 with a token that was taken out, where credentials were asked for"},
		{"a page whose challenge the capture may not have", strings.TrimSuffix(conn, "\n") + " nosyn\n" + mutual + ok, "succeeded inferred: frame 4 answers 200 without a token, and who asked for the credentials is not in this file"},
		{"a page that was never protected", conn + mutual + ok, "unknown : frame 7 answers 200 without a token to credentials for which nobody asked"},
		{"a 403 of CUPS", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n< Server: CUPS/2.4 IPP/2.1\n\n", "succeeded inferred: frame 11 answers 403, which this kind of server says to somebody whom it knows"},
		{"a 403 of an unknown server", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n\n", "unknown : frame 11 answers 403 without a token"},
		{"message 3 on a connection without a challenge", conn + ntlm(alice) + ok, "unknown : message 3 in frame"},
		{"a 403 without the token that was asked for", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n< Server: nginx/1.24.0\n\n", "failed inferred: frame 11 answers 403 without the token"},
		{"a 403 of IIS without a token", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n" + iis + "\n", "unknown : frame 11 answers 403 without a token"},
		{"a 500 without a token", conn + get + offer + mutual + "< HTTP/1.1 500 Oops\n\n", "unknown : frame 11 answers 500"},
		{"a 400, before anybody looks", conn + get + offer + mutual + "< HTTP/1.1 400 Bad Request\n\n", "unknown : frame 11 answers 400, which servers do before"},
		{"a redirect to a page for logging on", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: /app/login?next=%2F\n\n", "unknown : frame 11 sends the client to a page on which one logs on"},
		{"a form for logging on", conn + get + offer + mutual + form, "unknown : frame 11 answers 200 with a form in which one logs on, and holds no token"},
		{"a form for logging on, with the acceptor's token", conn + get + offer + mutual + strings.Replace(form, "\n<\n", "\n"+token+"<\n", 1), "succeeded proven: frame 11 holds the acceptor's last token"},
		{"a page for logging on that a script writes", conn + get + offer + mutual + strings.Replace(form, "<form", "<script src=/a.js></script></html><!--", 1), "unknown : frame 11 answers 200 with a page for logging on, which a script writes, and holds no token"},
		{"a page that says that it has expired", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< Content-Type: text/html\n<\n< <title>Page has expired</title>\n\n", "unknown : frame 11 answers 200 with a page that says \"Page has expired\", and holds no token"},
		{"message 3 and a page that says so", conn + type3 + "< HTTP/1.1 200 OK\n<\n< <p>Your session has expired</p>\n\n", "unknown : frame 10 answers 200 with a page that says \"Your session has expired\""},
		{"a page that nobody can read here", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< Content-Encoding: br\n<\n< \x1b\x5a\x00\xe0\x8f\xd4\n\n", "succeeded inferred: frame 11 answers 200 without a token, where credentials were asked for (its page is packed with br: a form in which one logs on may be on it)"},
		{"such a page with the acceptor's token", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n" + token + "< Content-Encoding: br\n<\n< \x1b\x5a\x00\xe0\x8f\xd4\n\n", "succeeded proven: frame 11 holds the acceptor's last token"},
		{"message 3, a page that nobody can read here, and more requests", conn + type3 + "< HTTP/1.1 200 OK\n< Content-Encoding: br\n<\n< \x1b\x5a\x00\xe0\x8f\xd4\n\n" + get + ok, "succeeded inferred: frame 10 answers message 3 with 200 and does not offer the schemes anew (its page is packed with br"},
		{"a form behind much style", conn + get + offer + mutual + strings.Replace(form, "<form", "<style>"+strings.Repeat("/* margin */", 900)+"</style><form", 1), "unknown : frame 11 answers 200 with a form in which one logs on"},
		{"a form behind more than is kept", conn + get + offer + mutual + strings.Replace(strings.Replace(form, "Login", "Orders", 1), "<form", "<style>"+strings.Repeat("/* margin */", 3000)+"</style><form", 1), "succeeded inferred: frame 11 answers 200 without a token, where credentials were asked for (its page is longer than what was kept of it"},
		{"a form to a Basic user", conn + get + asks + basic + form, "unknown : frame 10 answers 200 with a form in which one logs on"},
		{"message 3 and a form", conn + type3 + form, "unknown : frame 10 answers 200 with a form"},
		{"message 3 and a form behind IIS", conn + type3 + strings.Replace(form, "\n", "\n"+iis, 1), "succeeded proven: frame 10 answers message 3 with 200"},
		{"IIS wants a client certificate", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n" + iis + "<\n< <h3>HTTP Error 403.7 - Forbidden</h3>\n\n", "unknown : frame 11 answers 403, and its page names a reason that is not the user: 403.7"},
		{"IIS wants a client certificate of somebody whom it knows", conn + get + offer + mutual + "< HTTP/1.1 403 Forbidden\n" + iis + token + "<\n< <h3>HTTP Error 403.7 - Forbidden</h3>\n\n", "succeeded proven: frame 11 holds the acceptor's last token"},
		{"a proxy without an answer from the server", conn + toProxy(get) + asksProxy + toProxy(mutual) + "< HTTP/1.1 504 Gateway Timeout\n\n", "succeeded inferred: frame 11 answers 504: the proxy asked the server"},
		{"squid without a name server", conn + toProxy(get) + asksProxy + toProxy(mutual) + "< HTTP/1.1 503 Service Unavailable\n< X-Squid-Error: ERR_DNS_FAIL 0\n\n", "succeeded inferred: frame 11 answers 503: the proxy asked the server"},
		{"squid that is asked too much", conn + toProxy(get) + asksProxy + toProxy(mutual) + "< HTTP/1.1 503 Service Unavailable\n< X-Squid-Error: ERR_CANNOT_FORWARD 0\n\n", "unknown : frame 11 answers 503, which servers do before"},
		{"a page whose end is lost", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< Content-Type: text/html\n< Content-Length: 5000\n<\n< <title>Orders</title>\n", "succeeded inferred: frame 11 answers 200 without a token, where credentials were asked for (its page is longer than what was kept of it"},
		{"a proxy that asked nobody", conn + toProxy(mutual) + "< HTTP/1.1 502 Bad Gateway\n\n", "unknown : frame 7 answers 502 without a token"},
		{"a redirect to a host for logging on", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: https://login.contoso.com/idp/SSO?x=1\n\n", "unknown : frame 11 sends the client to a page on which one logs on"},
		{"a redirect of such a host to itself", conn + strings.ReplaceAll(get+offer+mutual, "web.contoso", "login.contoso") + "< HTTP/1.1 302 Found\n< Location: https://login.contoso.com/home\n\n", "succeeded inferred: frame 11 answers 302"},
		{"a password where tickets are asked for", conn + basic + ok + get + offer, "unknown : frame 6 answers 200 without a token to credentials for which nobody asked"},
		{"a redirect to another page", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: /start\n\n", "succeeded inferred: frame 11 answers 302"},
		{"back to the application with an error", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: https://app.contoso.com/cb?error=access_denied&state=1\n< Set-Cookie: s=1\n\n", "unknown : frame 11 sends the client to a page of an error"},
		{"a redirect to a page of refusal", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: /Home/AccessDenied\n\n", "unknown : frame 11 sends the client to a page of an error"},
		{"a page with a token that rejects", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate {spnego-resp state=reject}\n\n", "failed proven: frame 11 holds a token that rejects the client's"},
		{"a page with an acceptor's error", conn + get + offer + mutual + "< HTTP/1.1 200 OK\n< WWW-Authenticate: Negotiate {krberror 41}\n\n", "failed proven: frame 11 holds the acceptor's error KRB_AP_ERR_MODIFIED (41)"},
		{"message 3 and a gateway without an answer", conn + type3 + "< HTTP/1.1 504 Gateway Timeout\n\n", "unknown : frame 10 answers 504: a gateway had no answer"},
		{"message 3 sent elsewhere, and a public page", conn + type3 + "< HTTP/1.1 302 Found\n< Location: /start\n\n" + get + ok, "succeeded inferred: frame 10 answers message 3 with 302"},
		{"message 3 sent to a page of refusal", conn + type3 + "< HTTP/1.1 302 Found\n< Location: /denied.html\n\n" + get + ok, "unknown : frame 10 sends the client to a page of an error"},
		{"back to the application with a code", conn + get + offer + mutual + "< HTTP/1.1 302 Found\n< Location: https://app.contoso.com/cb?state=1&code=2\n< Set-Cookie: s=1\n\n", "succeeded inferred: frame 11 sends the client back"},
		{"refused without a word", conn + get + offer + mutual + offer, "failed proven: frame 11 answers the credentials with the schemes anew (401)"},
		{"refused with an error", conn + get + offer + mutual + "< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Negotiate {krberror 41}\n\n", "failed proven: frame 11 holds the acceptor's error KRB_AP_ERR_MODIFIED (41)"},
		{"known, and not wanted", conn + get + offer + mutual + "< HTTP/1.1 401 Unauthorized\n" + token + "\n", "failed proven: frame 11 completes the logon with its token and still answers 401"},
		{"message 3 taken by IIS", conn + type3 + "< HTTP/1.1 404 Not Found\n" + iis + "\n", "succeeded proven: frame 10 answers message 3 with 404"},
		{"message 3 and a page elsewhere", conn + type3 + ok, "succeeded inferred: frame 10 answers message 3 with 200"},
		{"the connection goes on without credentials", conn + type3 + ok + get + ok, "succeeded proven: after frame 10 the connection serves further requests"},
		{"a proxy that serves the request of message 3 and none after it", conn + toProxy(get) + strings.Replace(asksProxy, "Negotiate", "NTLM", 1) + toProxy(ntlm("ntlm1")) + strings.NewReplacer("401", "407", "WWW", "Proxy").Replace(challenge) + toProxy(ntlm(alice)) + ok, "succeeded inferred: frame 14 answers message 3 with 200"},
		{"a tunnel for message 3", conn + strings.ReplaceAll(toProxy(get)+strings.Replace(asksProxy, "Negotiate", "NTLM", 1)+toProxy(ntlm("ntlm1"))+strings.NewReplacer("401", "407", "WWW", "Proxy").Replace(challenge)+toProxy(ntlm(alice)), "GET http://web.contoso.com/", "CONNECT web.contoso.com:443") + "< HTTP/1.1 200 OK\n\n", "succeeded proven: frame 14 opens the tunnel that the proxy refused before"},
		{"message 3 with nothing before it", conn + get + offer + ntlm(alice) + ok, "unknown : message 3 in frame 8 answers no challenge"},
		{"message 1 answered by the schemes", conn + get + offer + ntlm("ntlm1") + offer, "failed proven: frame 10 answers NTLM message 1 with the schemes anew"},
		{"message 1 once more", conn + ntlm("ntlm1") + challenge + ntlm("ntlm1") + challenge, "abandoned proven: the client did not go on after frame 6 and began anew in frame 8"},
		{"Basic asked for", conn + get + asks + basic + ok, "succeeded inferred: frame 10 answers 200"},
		{"Basic for which nobody asked", conn + basic + ok, "unknown : frame 6 answers 200 without a token to credentials for which nobody asked"},
		{"a public page beside a protected one", conn + at("/public/a", basic) + ok + at("/private/b", get) + asks, "unknown : frame 6 answers 200 without a token to credentials for which nobody asked there"},
		{"another page of a protected part", conn + at("/private/a?x=/", basic) + ok + at("/Private", get) + asks, "succeeded inferred: frame 6 answers 200"},
		{"a page of a site whose root is protected", conn + at("/public/a", basic) + ok + get + asks, "succeeded inferred: frame 6 answers 200"},
		{"a public page after a protected one", conn + at("/private/b", get) + asks + at("/public/a", basic) + ok, "unknown : frame 10 answers 200 without a token to credentials for which nobody asked there"},
		{"the host asks elsewhere", conn + basic + ok + get + asks, "succeeded inferred: frame 6 answers 200"},
		{"a Bearer token that reaches not far enough", conn + get + "> Authorization: Bearer {bearer}\n< HTTP/1.1 403 Forbidden\n< WWW-Authenticate: Bearer error=\"insufficient_scope\"\n\n", "succeeded inferred: frame 6 answers 403 insufficient_scope"},
		{"no credentials", conn + get + offer, "unanswered inferred: no credentials followed the challenge of frame 6"},
		{"gone after the challenge", conn + ntlm("ntlm1") + challenge + "close client fin\n", "abandoned proven: the client ended the connection (FIN, frame 8)"},
		{"the capture ends", conn + ntlm("ntlm1") + challenge, "unknown : the capture ends before the message after frame 6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := grouped(t, tt.script).Handshakes[0]
			if got := string(h.Outcome) + " " + string(h.OutcomeEvidence) + ": " + h.OutcomeReason; !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestOutcomeOfResetStream holds that a response counts although its stream is reset behind it, as
// servers do that want no more of the request.
func TestOutcomeOfResetStream(t *testing.T) {
	t.Parallel()
	c := newFeeder()
	x := c.made(c.conn(), 401, "Negotiate YII=", "Negotiate")
	x.H2Stream, x.Reset = 1, "NO_ERROR"
	c.trace.Exchange(x)
	h := c.trace.Report(&httpstream.Counters{}).Handshakes
	if len(h) != 1 || h[0].Outcome != analysis.Failed {
		t.Errorf("got %v", h)
	}
}

// TestOutcomeInPartlyOpenedTLS holds that nobody is said to have sent no answer who sent something
// that could not be read.
func TestOutcomeInPartlyOpenedTLS(t *testing.T) {
	t.Parallel()
	c := newFeeder()
	conn := c.conn()
	conn.Unread[httpstream.Server] = true
	conn.Ending, conn.EndedBy = httpstream.FIN, httpstream.Client
	x := c.made(conn, 401, "Negotiate YII=", "Negotiate")
	x.Response = nil
	c.trace.Exchange(x)
	c.trace.Conn(conn)
	h := c.trace.Report(&httpstream.Counters{}).Handshakes
	if len(h) != 1 || h[0].Outcome != analysis.Unknown || !strings.Contains(h[0].OutcomeReason, "could not all be read") {
		t.Errorf("got %v", h)
	}
}

// TestOutcomeInConflict holds that nothing is claimed where the bytes on a connection came in
// two versions.
func TestOutcomeInConflict(t *testing.T) {
	for _, status := range []int{200, 401} {
		c := newFeeder()
		conn := c.conn()
		conn.Conflict = true
		c.exchange(conn, 401, "", "Basic realm=a")
		c.exchange(conn, status, "Basic YTpi", "")
		c.trace.Conn(conn)
		h := c.trace.Report(&httpstream.Counters{}).Handshakes[0]
		if h.Outcome != analysis.Unknown || h.OutcomeEvidence != "" || !strings.Contains(h.OutcomeReason, "two versions") {
			t.Errorf("%d: %s %s: %s", status, h.Outcome, h.OutcomeEvidence, h.OutcomeReason)
		}
	}
}
