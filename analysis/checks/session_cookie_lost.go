package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
	Not:   "IIS, which knows users by the connection and asks on each new one, whatever cookies the application sets; a cookie of a balancer; another program at the same address; a client that authenticates again when it is asked.",
	Causes: []analysis.Advice{
		{Text: "The client keeps no cookies: a script without a cookie jar; a frame or a script of another site (SameSite)."},
		{Text: "The session has expired, or the server that holds it was restarted or is another one behind the load balancer."},
	},
	Fix: []analysis.Advice{
		{Text: "Set the cookie with attributes that fit the site: a Path that covers it, Secure where all of it is https, SameSite=None only with Secure."},
		{Text: "Compare the attributes of the cookie with the URL of the refused request, in the browser's developer tools under Cookies."},
		{Text: "Load balancer: send a session to one server, or let the servers share sessions."},
	},
	Sources: []string{"RFC 6265 sections 5.3 and 5.4", "draft-ietf-httpbis-rfc6265bis, SameSite"},
	Reads:   []string{"Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Server"},
	Run:     runSessionCookieLost,
}

func runSessionCookieLost(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		if h.Outcome != analysis.Unanswered || !p.SawAll(h) {
			continue
		}
		logon := logonThatSetCookie(p, h)
		if h.First().Request == nil || logon == nil || loggedOnAgain(p, h) || windowsServer(h.Last()) && asksForToken(h.Last()) {
			continue // IIS knows a user by the connection, whatever cookies the application sets
		}
		e := cookieStory(logon, h)
		f := p.Found(h, h.First().RequestPos(), "%s was let in by %s, which set a cookie (%s), and came again %s: the answer was %d", clientName(logon), serverName(h), cookieNames(sessionCookies(logon)), e.what, h.Last().Status())
		f.Cause = e.cause
		if e.unsure {
			f.Severity, f.Evidence = analysis.Warning, analysis.Hint
		}
		f.AddProof(logon.Last().ResponsePos(), h.Last().ResponsePos())
	}
}

// A cookieEnd says how a session ended: which of its cookies came back, and why no more did.
type cookieEnd struct {
	what, cause string
	unsure      bool // the refusal may have nothing to do with the cookie
}

// cookieStory says what became of the cookies that the logon set. A server that asks again for a
// token may do so on each connection, with or without the cookie.
func cookieStory(logon, h *analysis.Handshake) cookieEnd {
	set, sent := sessionCookies(logon), h.First().CookiesSent
	asksAnyway := asksForToken(h.Last())
	if slices.ContainsFunc(set, func(c analysis.SetCookie) bool { return slices.Contains(sent, c.Name) }) {
		if asksAnyway {
			return cookieEnd{"with it, and was still asked for credentials", "The server does not know the session any more, or it knows users by the connection or by each request, and not by a cookie.", true}
		}
		return cookieEnd{"with it, and it was not accepted any more", "The server does not know the session any more: it expired, the server was restarted, or another one behind a balancer answered.", false}
	}
	what := "without the cookie that the logon had set"
	setBy, r, c := cookieRequest(logon, logon.Last()), cookieRequest(h, h.First()), longestLived(set)
	if why := c.Withheld(setBy, r); why != "" {
		return cookieEnd{what, fmt.Sprintf("Of the cookie %s: %s.", c.Name, why), false}
	}
	if why := c.OtherPath(setBy, r); why != "" {
		return cookieEnd{what, fmt.Sprintf("Of the cookie %s: %s.", c.Name, why), true}
	}
	if r.Embedded && browses(h) {
		return cookieEnd{what, "A page of another site made the request for a part of itself (Sec-Fetch-Site): browsers keep cookies of third parties back by default or by policy, whatever their attributes.", false}
	}
	return cookieEnd{what, "Its attributes do not keep the client from sending it: the client dropped it, or keeps none.", asksAnyway && len(sent) == 0 && !strings.HasPrefix(h.Program, "Mozilla/")}
}

// cookieWithheld says why the cookie that a logon set did not come back with the next one, by its
// attributes; "" if it came back, or nothing keeps it from that.
func cookieWithheld(logon, next *analysis.Handshake) string {
	set := sessionCookies(logon)
	if len(set) == 0 || slices.ContainsFunc(set, func(c analysis.SetCookie) bool { return slices.Contains(next.First().CookiesSent, c.Name) }) {
		return ""
	}
	c := longestLived(set)
	why := c.Withheld(cookieRequest(logon, logon.Last()), cookieRequest(next, next.First()))
	if why == "" {
		return ""
	}
	return fmt.Sprintf("The logon sets the cookie %s, which does not come back: %s.", c.Name, why)
}

// balancerCookies begin the names of cookies with which a balancer remembers where it sent a
// client.
var balancerCookies = []string{"BIGipServer", "AWSALB", "ARRAffinity", "ROUTEID", "SERVERID", "NSC_", "ApplicationGatewayAffinity"}

// sessionCookies returns the cookies that the answer to a logon set, without those of balancers.
func sessionCookies(h *analysis.Handshake) []analysis.SetCookie {
	var all []analysis.SetCookie
	for _, c := range h.Last().CookiesSet {
		if !slices.ContainsFunc(balancerCookies, func(prefix string) bool { return strings.HasPrefix(c.Name, prefix) }) {
			all = append(all, c)
		}
	}
	return all
}

// longestLived returns the first cookie that is set and not deleted, else the first one.
func longestLived(set []analysis.SetCookie) *analysis.SetCookie {
	for i := range set {
		if set[i].DeletedBy == "" {
			return &set[i]
		}
	}
	return &set[0]
}

func cookieRequest(h *analysis.Handshake, l *analysis.Leg) analysis.CookieRequest {
	scheme, _, _ := strings.Cut(h.URL, "://")
	r := analysis.CookieRequest{Scheme: scheme, Host: analysis.HostOnly(h.Host), Browser: browses(h)}
	if l.Request != nil {
		r.Path, _, _ = strings.Cut(analysis.PathOf(l.Request.Target), "?")
		r.Method, r.CrossSite = l.Request.Method, l.Request.Header.Value("Sec-Fetch-Site") == "cross-site"
		dest, mode := l.Request.Header.Value("Sec-Fetch-Dest"), l.Request.Header.Value("Sec-Fetch-Mode")
		r.Embedded = r.CrossSite && (dest != "" && dest != "document" || mode != "" && mode != "navigate")
		r.LaxByDefault = laxByDefault(h.Program)
	}
	return r
}

// laxByDefault reports whether a browser takes a cookie without SameSite for one with Lax: Chromium does since version
// 84, not so Edge before it was one, which named an older one.
func laxByDefault(program string) bool {
	const first = 84
	_, version, _ := strings.Cut(program, " Chrome/")
	version, _, _ = strings.Cut(version, ".")
	n, err := strconv.Atoi(version)
	return err == nil && n >= first
}

// browses reports whether the program of a handshake names itself as a browser, or not at all.
func browses(h *analysis.Handshake) bool {
	return h.Program == "" || strings.HasPrefix(h.Program, "Mozilla/")
}

// cookieNames lists the names of the first cookies.
func cookieNames(set []analysis.SetCookie) string {
	names := make([]string, min(len(set), 3))
	for i := range names {
		names[i] = set[i].Name
	}
	return strings.Join(names, ", ")
}

// logonThatSetCookie returns the last logon before h, of the same program at the same host, in
// which the server set a cookie; nil if there is none.
func logonThatSetCookie(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	var logon *analysis.Handshake
	for _, o := range p.LetIn(h) {
		if o.ID >= h.ID || !analysis.SameProgram(o, h) {
			continue
		}
		if len(sessionCookies(o)) > 0 {
			logon = o
		}
	}
	return logon
}

// loggedOnAgain reports whether the client authenticated after h: the end of a session is then no
// fault.
func loggedOnAgain(p *analysis.Pass, h *analysis.Handshake) bool {
	return laterAttempt(p, h, func(o *analysis.Handshake) bool { return o.OpeningLeg() != nil }) != nil
}
