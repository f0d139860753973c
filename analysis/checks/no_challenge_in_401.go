package checks

import (
	"slices"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var noChallengeIn401 = &analysis.Check{
	Name:     "no-challenge-in-401",
	Variants: []string{"credentials-hide-challenge", "length-required"},
	Title:    "a 401 that does not say how to authenticate",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means:    "A 401 must name at least one scheme (a 407 likewise). Without one the client cannot answer, whatever it knows.",
	Proof:    "A 401 without WWW-Authenticate, or a 407 without Proxy-Authenticate; or a 411 to a POST without Content-Length, which HTTP.sys sends before any challenge.",
	Not:      "An answer to credentials of a scheme that was offered: some acceptors refuse so (mod_auth_kerb). An application that answers 401 by itself, as APIs do with anything but a page of HTML, those behind IIS with JSON, unless the host offers schemes of Windows elsewhere. A browser export whose headers were filtered. A 401.501 to 401.504 of IIS, which is a limit on addresses: other URLs of the host do name schemes then.",
	Causes: []analysis.Advice{
		{Text: "The request carries credentials that nobody asked for, set by the program or added by a reverse proxy: the server looks at them and does not offer its schemes.", If: []fact.Fact{fact.NotOffered}},
		{Text: "Windows authentication is on, but no provider is enabled, or its role service is not installed.", If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.OffersSchemes, lengthRequired}},
		{Text: "A proxy strips the header, or the application answers 401 by itself.", Unless: []fact.Fact{lengthRequired}},
		{Text: "HTTP.sys takes no POST without Content-Length, and says so before anybody is asked for credentials.", If: []fact.Fact{lengthRequired}},
	},
	Fix: []analysis.Advice{
		{Text: "Take the Authorization header out of the request: in the program, or in the proxy that adds it.", If: []fact.Fact{fact.NotOffered}},
		{Text: "Install and enable Windows Authentication and its providers.", If: []fact.Fact{fact.ServerIIS}, Unless: []fact.Fact{fact.OffersSchemes, lengthRequired}},
		{Text: "See what answers there: the web server asks for credentials with a list of schemes, the application need not.", Unless: []fact.Fact{lengthRequired}},
		{Text: "Let the client send Content-Length: 0 with an empty POST.", If: []fact.Fact{lengthRequired}},
	},
	Sources: []string{"RFC 9110 sections 15.5.2 and 15.5.8", "Microsoft, HTTP status codes in IIS"},
	Follows: []string{"session-cookie-lost"},
	Reads:   []string{"Content-Type", "Server"},
	Keep:    withoutLength,
	Run:     runNoChallengeIn401,
}

const lengthRequired = fact.Fact("variant:length-required")

func runNoChallengeIn401(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.Last()
		if !l.Asks || len(l.Got) > 0 || len(l.Response.Header) == 0 || l.Response.HeadCut {
			continue
		}
		if said, _ := libraryError(h); said != "" {
			continue // its program was asked for a token, by a line that is not here
		}
		if o := askedWithout(p, h); o != nil {
			f := p.Found(h, l.ResponsePos(), "%s answered %d without naming a scheme to a request with %s credentials, which it does not offer in this capture, and asked for %s where a request came without them: the %s header is in the way",
				serverName(h), l.Status(), l.Sent.Scheme, offeredList(o), l.Sent.Scheme)
			f.Variant = "credentials-hide-challenge"
			f.AddProof(o.ChallengeLeg().ResponsePos())
			continue
		}
		elsewhere := offersWindows(p, h)
		if !windowsServer(l) && (l.Sent != nil && h.Offers(l.Sent.Scheme) || l.Sent == nil && elsewhere && h.Conn().HeadsCut[httpstream.Client] > 0) {
			continue // it has named its schemes before: so it refuses credentials, which a head that is cut may have had
		}
		if !windowsServer(l) && (l.Sent != nil || l.Request == nil) && (!p.SawAll(h) || p.PartlyUnseen(h)) {
			continue // it may have named them where bytes are missing
		}
		application := h.Outcome != analysis.Failed && !h.WinRM() && !isHTML(l) && (l.Response.Header.Has("Content-Type") || !elsewhere && !windowsServer(l))
		if application && h.Target == analysis.ToServer && (p.LetInAfter(h) != nil || h.InPackets() && (!p.SawAll(h) || p.PartlyUnseen(h))) {
			continue // its user was sent to log on, or may have been
		}
		if !elsewhere && (isJSON(l) || application && !windowsServer(l)) {
			continue // an API answers so by itself, behind IIS too
		}
		f := p.Found(h, l.ResponsePos(), "%s answered %d without naming a scheme", serverName(h), l.Status())
		if application && h.Target == analysis.ToServer {
			f.Cause = "It comes without a page: the application may answer so by itself, as to a script without a session."
		}
		if f.Cause != "" || !elsewhere && !windowsServer(l) && h.Outcome != analysis.Failed || p.LetInAfter(h) != nil {
			f.Severity = analysis.Warning
		}
	}
	for _, x := range p.Exchanges {
		if withoutLength(x) && byWindows(x.Response) {
			f := p.FoundIn(x, x.Response.Pos, "%s answered %d to %s without Content-Length, before any challenge", analysis.HostOnly(x.Request.Host), analysis.HTTPCode(x.Response.Status), withArticle(x.Request.Method))
			f.Variant = "length-required"
		}
	}
}

// offersWindows reports whether the host of h offers schemes of Windows elsewhere, or h is
// about a proxy: no application answers 407 by itself.
func offersWindows(p *analysis.Pass, h *analysis.Handshake) bool {
	return h.Target == analysis.ToProxy || slices.ContainsFunc(p.Context, func(o *analysis.Handshake) bool {
		return o.Host == h.Host && (o.Offers("Negotiate") || o.Offers("NTLM"))
	})
}

// askedWithout returns a handshake with the same host that was asked for credentials without
// having sent any, if h sent some of a scheme that is not among those offered.
func askedWithout(p *analysis.Pass, h *analysis.Handshake) *analysis.Handshake {
	l := h.Last()
	if l.Sent == nil {
		return nil
	}
	var asked *analysis.Handshake
	for _, o := range p.Context {
		if o.Host != h.Host || o.Target != h.Target {
			continue
		}
		if o.Offers(l.Sent.Scheme) {
			return nil
		}
		if c := o.ChallengeLeg(); asked == nil && c != nil && c.Sent == nil {
			asked = o
		}
	}
	return asked
}

// withoutLength reports whether a request was turned away for its missing Content-Length.
func withoutLength(x *httpstream.Exchange) bool {
	return x.Request != nil && x.Response != nil && x.Response.Status == httpstream.StatusLengthRequired
}
