package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
	"negotrace/tokens"
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
	Causes: []analysis.Advice{
		{Text: "The request was meant for the server itself, and a proxy on its way answered: the client knows of no proxy there, and browsers send none their credentials that they were not told of.", If: []fact.Fact{fact.AtProxy, fact.Intercepted}},
		{Text: "The browser has no ticket for the name under which it knows the proxy (an address, an alias, no logon to the domain), and the proxy offers nothing else to it.", If: append([]fact.Fact{fact.AtProxy, fact.OffersNegotiate}, fact.Browsers()...), Unless: []fact.Fact{fact.OffersNTLM, fact.AnsweredOthers, fact.AskedKDC, fact.Intercepted}},
		{Text: "Firefox answers no proxy by itself where network.negotiate-auth.allow-proxies (for NTLM: network.automatic-ntlm-auth.allow-proxies) is false.", If: []fact.Fact{fact.ClientFirefox, fact.AtProxy}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC, fact.Intercepted}},
		{Text: "The host is not in the Local intranet zone: a name with dots is Internet unless it is listed.", If: []fact.Fact{fact.ClientWinINET, fact.ClientChromium, fact.OnWindows}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "The host is not in AuthServerAllowlist.", If: []fact.Fact{fact.ClientChromium}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC, fact.OnMobile}},
		{Text: "Android has no Kerberos of its own: Chrome and Edge ask an app for the token, which the policy AuthAndroidNegotiateAccountType names; without it Negotiate is off.", If: []fact.Fact{fact.ClientChromium, fact.OnMobile}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Safari answers Negotiate only with a ticket: the user has no ticket-granting ticket, or the Kerberos SSO extension does not list the host.", If: []fact.Fact{fact.ClientSafari}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "Windows' WebDAV client logs on by itself only at names without dots, at hosts in AuthForwardServerList and at those that pass by the proxy; it has no zones.", If: []fact.Fact{fact.ClientWebDAV, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "The host is not in network.negotiate-auth.trusted-uris (for NTLM: network.automatic-ntlm-auth.trusted-uris).", If: []fact.Fact{fact.ClientFirefox}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "A private, incognito or guest window: no automatic logon there.", If: []fact.Fact{fact.ClientChromium, fact.ClientFirefox, fact.ClientWinINET}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "curl answers a proxy's Negotiate and NTLM only with --proxy-negotiate or --proxy-ntlm and -U.", If: []fact.Fact{fact.ClientCurl, fact.AtProxy}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "curl answers Negotiate and NTLM only with --negotiate or --ntlm and -u.", If: []fact.Fact{fact.ClientCurl, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "git answers Negotiate if its libcurl can and http.emptyAuth allows it (auto, the default); a large push goes in chunks, which it cannot repeat.", If: []fact.Fact{fact.ClientGit}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Go's HTTP client has no Negotiate of its own: the program must add it (gokrb5's spnego).", If: []fact.Fact{fact.ClientGo}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Python: the request needs auth=HTTPKerberosAuth() or the like.", If: []fact.Fact{fact.ClientPython}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Java: without a ticket cache or a JAAS login that it can use, the client does not answer.", If: []fact.Fact{fact.ClientJava}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: ".NET: the request needs UseDefaultCredentials or Credentials.", If: []fact.Fact{fact.ClientDotNet}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "WinHTTP sends the logon of its user only to hosts on the bypass list of its proxy settings, unless the program sets another policy (WINHTTP_OPTION_AUTOLOGON_POLICY).", If: []fact.Fact{fact.ClientWinHTTP, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "A service of Windows asks without credentials: what it fetches is meant to be open to anybody (a PAC file, revocation lists, the folders of WSUS).", If: []fact.Fact{fact.ClientService, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "A service of Windows, such as Windows Update or the check of certificates, has no user whose logon it may use at a proxy.", If: []fact.Fact{fact.ClientService, fact.AtProxy}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "The client has a ticket-granting ticket and did not go on to ask for a service ticket: its library or its configuration stops there.", If: []fact.Fact{fact.HasTGT}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "A body that was sent once cannot be sent again: programs answer the challenge of a request without one.", If: []fact.Fact{fact.HasBody}, Unless: []fact.Fact{fact.ClientService}},
		{Text: "A script's request without credentials: fetch needs credentials: 'include'.", If: fact.Browsers(), Unless: []fact.Fact{fact.AskedKDC}},
		{Text: "Wget knows Basic, Digest and, where it was built so, NTLM; it has no Negotiate.", If: []fact.Fact{fact.SchemeUnknown}},
		{Text: "The program was given no credentials and not allowed to use those of its user.", Unless: append([]fact.Fact{fact.SchemeUnknown, fact.AskedKDC, fact.AnsweredOthers, fact.ClientService}, fact.Browsers()...)},
		{Text: "The user closed the prompt.", If: fact.Browsers(), Unless: []fact.Fact{fact.AskedKDC}},
	},
	Fix: []analysis.Advice{
		{Text: "Name the proxy in the client's settings (PAC, policy); or let the one that intercepts ask in another way: by address, by certificate, or with a 401 on a page of its own to which it redirects.", If: []fact.Fact{fact.AtProxy, fact.Intercepted}},
		{Text: "Name the proxy by its full name in the client's settings; klist get HTTP/<proxy name> (Windows), kvno HTTP/<proxy name> (MIT) show whether there is a ticket for it.", If: append([]fact.Fact{fact.AtProxy, fact.OffersNegotiate}, fact.Browsers()...), Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC, fact.Intercepted}},
		{Text: "Group policy: Site to Zone Assignment List, <host> = 1.", If: []fact.Fact{fact.ClientWinINET, fact.ClientChromium, fact.OnWindows}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "Chrome, Edge: policy AuthServerAllowlist = <host>.", If: []fact.Fact{fact.ClientChromium}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "An app that makes Kerberos tokens on Android (Hypergate and the like), and the policy AuthAndroidNegotiateAccountType with its account type.", If: []fact.Fact{fact.ClientChromium, fact.OnMobile}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "klist on the Mac shows the tickets; kinit, or <host> in Hosts of the profile Extensible Single Sign-On (Kerberos).", If: []fact.Fact{fact.ClientSafari, fact.OnUnix}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "<host> in Hosts of the profile Extensible Single Sign-On (Kerberos).", If: []fact.Fact{fact.ClientSafari, fact.OnMobile}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: `HKLM\SYSTEM\CurrentControlSet\Services\WebClient\Parameters, AuthForwardServerList (REG_MULTI_SZ): the URL of <host>; then restart the service WebClient.`, If: []fact.Fact{fact.ClientWebDAV, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "Firefox: network.negotiate-auth.trusted-uris = <host>, or the policy Authentication, SPNEGO.", If: []fact.Fact{fact.ClientFirefox}, Unless: []fact.Fact{fact.AtProxy, fact.AnsweredOthers, fact.AskedKDC}},
		{Text: "curl --proxy-negotiate -U : with the proxy's full name behind -x, after kinit.", If: []fact.Fact{fact.ClientCurl, fact.AtProxy}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "curl --negotiate -u : <url>, after kinit.", If: []fact.Fact{fact.ClientCurl, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "GIT_CURL_VERBOSE=1 git ls-remote <url>, after kinit, shows whether git tries; git config http.emptyAuth true; for a push: git config http.postBuffer 157286400.", If: []fact.Fact{fact.ClientGit}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "The program: SetAutoLogonPolicy(0) of WinHttpRequest, or SetCredentials; for all programs: netsh winhttp show proxy, and the host in its bypass list.", If: []fact.Fact{fact.ClientWinHTTP, fact.AtServer}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "IIS Manager: Anonymous Authentication on for that folder alone (WSUS: ClientWebService, SimpleAuthWebService, DssAuthWebService, Content, SelfUpdate).", If: []fact.Fact{fact.ClientService, fact.AtServer, fact.ServerIIS}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Let the server give that file to anybody.", If: append([]fact.Fact{fact.ClientService, fact.AtServer}, fact.KeytabServers()...), Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Let the proxy pass the hosts of that service without authentication, or give the service another way out (netsh winhttp set proxy).", If: []fact.Fact{fact.ClientService, fact.AtProxy}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Trace the client's library: KRB5_TRACE=/dev/stderr; compare its realm and its name for the service with what the KDC knows.", If: []fact.Fact{fact.HasTGT}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Java: HttpURLConnection with a JAAS login (useTicketCache=true), or Apache HttpClient with its SPNEGO scheme.", If: []fact.Fact{fact.ClientJava}, Unless: []fact.Fact{fact.AnsweredOthers}},
		{Text: "Authenticate with a GET or HEAD first, send Expect: 100-continue, or let the program keep the body so that it can repeat it.", If: []fact.Fact{fact.HasBody}, Unless: []fact.Fact{fact.ClientGit, fact.ClientService}},
		{Text: "Take a program that knows the scheme: curl --negotiate -u : <url>, after kinit; curl --ntlm -u <user> where NTLM is offered.", If: []fact.Fact{fact.SchemeUnknown}},
		{Text: "Give the program credentials, or let it use those of its user: UseDefaultCredentials (.NET), --negotiate -u : (curl); on Linux after kinit.", Unless: append([]fact.Fact{fact.SchemeUnknown, fact.AskedKDC, fact.AnsweredOthers, fact.ClientCurl, fact.ClientGo, fact.ClientJava, fact.ClientPython, fact.ClientWinHTTP, fact.ClientWebDAV, fact.ClientGit, fact.ClientService}, fact.Browsers()...)},
		{Text: "Look at chrome://net-export or about:networking of that client: it says why.", If: []fact.Fact{fact.ClientChromium, fact.ClientFirefox}, Unless: []fact.Fact{fact.LogGiven}},
		{Text: "Turn on the logging of that client: it says why.", If: []fact.Fact{fact.ClientGo, fact.ClientJava, fact.ClientPython, fact.ClientDotNet, fact.ClientCurl, fact.ClientWinHTTP, fact.ClientOther}, Unless: []fact.Fact{fact.SchemeUnknown}},
	},
	Sources: []string{
		"Microsoft, Troubleshoot Kerberos failures in Internet Explorer, learn.microsoft.com/troubleshoot/developer/webapps/iis",
		"Chromium, net/http/http_auth_handler_negotiate.cc, and Writing a SPNEGO Authenticator for Chrome on Android",
		"Microsoft KB943280, prompt for credentials at WebDAV sites with full names",
		"Apple, Extensible Single Sign-on Kerberos payload",
		"Mozilla, extensions/auth/nsHttpNegotiateAuth.cpp",
		"Squid, wiki.squid-cache.org/SquidFaq/InterceptionProxy",
	},
	Follows: []string{"session-cookie-lost", "ip-address-url", "proxy-blocks-connection-auth", "http2-connection-auth", "kdc-error", "kdc-unreachable"},
	Reads:   []string{"Access-Control-Request-Method", "Origin", "Upgrade", "User-Agent"},
	Awaits:  "the credentials that the challenge asks for",
	Run:     runClientIgnoredChallenge,
}

// patience is how long a client may take to answer before its silence counts: people type
// passwords into prompts.
const patience = 30 * time.Second

func runClientIgnoredChallenge(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if at, ok := notTrusted(h); ok {
			f := p.Found(h, at, "%s asked for credentials (%s), and the browser does not trust it with the user's own logon", serverName(h), offeredList(h))
			f.Evidence = analysis.Proven
			f.Cause = "The browser's log says so: the host is not on its allow-list for automatic logon."
			continue
		}
		if e, ok := knowsNoScheme(h); ok {
			f := p.Found(h, e.Pos, "%s asked for credentials (%s), and %s says that it knows no scheme that is asked for", serverName(h), offeredList(h), e.Name)
			f.Evidence = analysis.Proven
			f.Shown(fact.SchemeUnknown)
			continue
		}
		if h.Outcome != analysis.Unanswered || !p.SawAll(h) || p.PartlyUnseen(h) || !(h.Offers("Negotiate") || h.Offers("NTLM")) {
			continue
		}
		last := h.Last()
		if asksForIssuers(last) || preflight(last.Request) || noToken(h) != "" || !hadTimeToAnswer(p, h) {
			continue
		}
		if answeredLater(p, h) || droppedAfter(p, h) != nil || isProbe(h) || isMonitor(p, h) {
			continue
		}
		served := p.ServedAfter(h)
		if servedAtOnce(h, served) {
			continue
		}
		f := p.Found(h, last.ResponsePos(), "%s asked for credentials (%s) and %s sent none in this capture%s", serverName(h), offeredList(h), clientName(h), requestKind(last))
		if served != nil {
			f.Severity = analysis.Warning
			f.Message += "; the same request was served later, without credentials too, as after a logon by a page"
			f.AddProof(served.Response.Pos)
		}
		f.Cause = cmp.Or(stoppedAfterTGT(p, h), otherOrigin(last), knowsBasicAlone(last), upgradeAlone(last))
		if o := answeredByOther(p, h); o != nil {
			f.Message += fmt.Sprintf("; the program is %s, and %s on the same machine answers", programName(h), programName(o))
			f.AddProof(o.OpeningLeg().RequestPos())
		}
	}
}

// servedAtOnce reports whether the request of h was served again so soon that nobody can have logged on by a page.
func servedAtOnce(h *analysis.Handshake, served *httpstream.Exchange) bool {
	return served != nil && served.Request.Pos.Time.Sub(h.Last().ResponsePos().Time) < waiting
}

// knowsBasicAlone says that a program has no code for Negotiate and NTLM, "" if that is not known.
func knowsBasicAlone(l *analysis.Leg) string {
	if l.Request == nil || !strings.HasPrefix(l.Request.Header.Value("User-Agent"), "Java-http-client/") {
		return ""
	}
	return "The HTTP client of Java's package java.net.http knows Basic alone, no Negotiate and no NTLM: HttpURLConnection and Apache HttpClient know more."
}

// requestKind says what is special about a request that was not sent again, "" if nothing is:
// clients cannot send every request twice.
func requestKind(l *analysis.Leg) string {
	r := l.Request
	switch {
	case r == nil:
		return ""
	case l.EmptyScheme != "":
		return fmt.Sprintf(" for its request, which names %s with nothing behind it", l.EmptyScheme)
	case asksWebSocket(r):
		return " for its WebSocket upgrade"
	case hasBody(r) && r.BodyLen > 0:
		return fmt.Sprintf(" for its %s with a body", r.Method)
	}
	return ""
}

// asksForIssuers reports whether a request asks, by an empty Bearer, which tokens the server takes, and was answered
// as Office does: the realm and the trusted issuers stand in the challenge (RFC 6750 section 3). It wants no logon.
func asksForIssuers(l *analysis.Leg) bool {
	return l.EmptyScheme == "Bearer" && l.Asks && slices.ContainsFunc(l.Got, func(a tokens.Auth) bool { return a.Scheme == "Bearer" })
}

func asksWebSocket(r *httpstream.Request) bool {
	return strings.EqualFold(r.Header.Value("Upgrade"), "websocket")
}

// upgradeAlone says what a browser may do with the challenge to a WebSocket upgrade, "" for other requests.
func upgradeAlone(l *analysis.Leg) string {
	if l.Request == nil || !asksWebSocket(l.Request) {
		return ""
	}
	return "Some browsers and libraries answer no challenge to a WebSocket upgrade: let a page of the same host log on first, and the upgrade go by its cookie or a token."
}

// otherOrigin says that a script of another origin made a request, "" if none did: a GET that a
// user makes names no origin (Fetch standard, Origin header).
func otherOrigin(l *analysis.Leg) string {
	if l.Request == nil || l.Request.Method != "GET" {
		return ""
	}
	origin := l.Request.Header.Value("Origin")
	_, host, found := strings.Cut(origin, "://")
	if !found || strings.EqualFold(host, l.Request.Host) {
		return ""
	}
	return fmt.Sprintf("A script of another origin (%s) made the request: it carries credentials only where the script wants them (credentials: 'include', withCredentials), and nobody is asked for a password.", origin)
}

// answeredByOther returns a handshake in which another program on the same machine answered
// the challenge of the same host, nil if there is none.
func answeredByOther(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	for _, o := range p.WithCredentialsFrom(h.ClientAddr()) {
		if o.Target == h.Target && o.Host == h.Host && tokens.IsTokenScheme(o.Scheme) && !analysis.SameProgram(o, h) {
			return o
		}
	}
	return nil
}

// hadTimeToAnswer reports whether the client had the time to answer, or made clear that it
// would not by closing the connection.
func hadTimeToAnswer(p *analysis.Pass, h *analysis.Handshake) bool {
	last := h.Last()
	c := last.Conn
	asked := last.ResponsePos().Time
	if c.Closed() && c.EndedBy == httpstream.Client {
		return true
	}
	return p.End.Sub(asked) >= patience
}
