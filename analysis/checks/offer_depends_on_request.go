package checks

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/tokens"
)

var offerDependsOnRequest = &analysis.Check{
	Name:     "offer-depends-on-request",
	Title:    "what the server offers depends on the request",
	Severity: analysis.Warning,
	Evidence: analysis.Inferred,
	Topic:    analysis.Detour,
	Means: "For the same URL the server asked one request for Negotiate and another one not. Something in the second request hides the challenge: credentials of another scheme that a program sends unasked, " +
		"a header by which the application knows scripts, or the name of the program. The client cannot use Kerberos there, however well it is set up.",
	Proof: "Two responses of one machine that ask for credentials, for the same URL; the one offers Negotiate, the other does not; neither request carried a token. The differences between the requests are named.",
	Not:   "Two URLs: each may have settings of its own. Two machines. A response to a Negotiate token: some servers do not offer it again to somebody who failed.",
	Causes: []analysis.Advice{
		{Text: "The program sends Basic or Bearer credentials that nobody asked for, and the server answers those."},
		{Text: "The application asks scripts in another way: X-Requested-With, Accept or Origin tell them apart."},
		{Text: "Apache: gssapi-no-negotiate by BrowserMatch.", If: []fact.Fact{fact.ServerApache}},
	},
	Fix: []analysis.Advice{
		{Text: "Send the request once without what is named here, with curl -v, and compare the challenges."},
		{Text: "Take credentials that are stored for the host out of the program (.netrc, a password in the URL, a credential manager)."},
	},
	Sources: []string{"RFC 9110 section 11.6.1", "mod_auth_gssapi README, gssapi-no-negotiate"},
	Reads:   slices.Concat(shapingHeaders, machineMarks, []string{"Access-Control-Request-Method"}),
	Run:     runOfferDependsOnRequest,
}

// shapingHeaders are header lines of requests by which servers decide how to ask.
var shapingHeaders = []string{"X-Requested-With", "Origin", "Accept", "Sec-Fetch-Mode", "Upgrade", "User-Agent"}

// An asked is a request that was answered with bare challenges.
type asked struct {
	h *analysis.Handshake
	l *analysis.Leg
}

func runOfferDependsOnRequest(p *analysis.Pass) {
	type page struct {
		target       analysis.Target
		host, server string
		method, path string
	}
	with, without := map[page]asked{}, map[page]asked{}
	var order []page
	for _, a := range askedInBothWays(p.Context) {
		path, _, _ := strings.Cut(a.l.Request.Target, "?")
		at := page{a.h.Target, a.h.Host, a.h.Server, a.l.Request.Method, path}
		into := without
		if offersNegotiate(a.l) {
			into = with
		}
		if _, known := into[at]; !known {
			into[at] = a
			order = append(order, at)
		}
	}
	for _, at := range order {
		a, there := with[at]
		b, here := without[at]
		delete(without, at)
		if there && here && !differentMachines(a.l, b.l) {
			reportOffer(p, a, b)
		}
	}
}

// askedInBothWays returns the requests that were answered with bare challenges, if some of these
// offer Negotiate and some do not; that is rare.
func askedInBothWays(handshakes []*analysis.Handshake) []asked {
	var all []asked
	with, without := false, false
	for _, h := range handshakes {
		if !h.Complete && !h.Browser() {
			continue // which response belongs to which request is not certain
		}
		for _, l := range h.Legs {
			if asksBarely(l) {
				all = append(all, asked{h, l})
				offers := offersNegotiate(l)
				with, without = with || offers, without || !offers
			}
		}
	}
	if !with || !without {
		return nil
	}
	return all
}

// asksBarely reports whether a response to a request without a token asks for credentials by names
// of schemes alone, or by none.
func asksBarely(l *analysis.Leg) bool {
	return l.Asks && l.Request != nil && l.Answer() == nil && (l.Sent == nil || !tokens.IsTokenScheme(l.Sent.Scheme)) && !preflight(l.Request)
}

func offersNegotiate(l *analysis.Leg) bool {
	for i := range l.Got {
		if s := l.Got[i].Scheme; s == "Negotiate" || s == "Nego2" || s == "Kerberos" {
			return true
		}
	}
	return false
}

func reportOffer(p *analysis.Pass, with, without asked) {
	if l := without.l; len(l.Got) == 0 && l.Sent != nil && askedWithout(p, without.h) != nil {
		return // no-challenge-in-401 says so
	}
	differ := requestsDiffer(without.l, with.l)
	if len(differ) == 0 {
		return
	}
	f := p.Found(without.h, without.l.ResponsePos(), "%s offered %s to one %s and %s to another for the same URL, which differs in %s",
		serverName(without.h), schemeList(with.l), with.l.Request.Method, schemeList(without.l), strings.Join(differ, " and "))
	f.AddProof(append(positionsOf(with.l), without.l.RequestPos())...)
	if len(differ) > 1 {
		f.Evidence = analysis.Hint
	}
	if without.h.Outcome == analysis.Succeeded {
		f.Severity = analysis.Info
	}
}

// requestsDiffer lists how a differs from b in what servers consider when they decide how to ask.
func requestsDiffer(a, b *analysis.Leg) []string {
	var all []string
	if x, y := credentialsIn(a), credentialsIn(b); x != y {
		all = append(all, fmt.Sprintf("its credentials (%s instead of %s)", x, y))
	}
	for _, name := range shapingHeaders {
		x, y := a.Request.Header.Value(name), b.Request.Header.Value(name)
		switch {
		case x == y:
		case x == "" || y == "":
			all = append(all, "the header "+name)
		default:
			all = append(all, "its "+name)
		}
	}
	if (len(a.CookiesSent) > 0) != (len(b.CookiesSent) > 0) {
		all = append(all, "its cookies")
	}
	if a.Request.Proto != b.Request.Proto {
		all = append(all, fmt.Sprintf("its protocol (%s instead of %s)", a.Request.Proto, b.Request.Proto))
	}
	return all
}

func credentialsIn(l *analysis.Leg) string {
	switch {
	case l.Sent != nil:
		return l.Sent.Scheme
	case l.EmptyScheme != "":
		return l.EmptyScheme + " with nothing behind it"
	}
	return "none"
}

func schemeList(l *analysis.Leg) string {
	if len(l.Got) == 0 {
		return "nothing"
	}
	names := make([]string, len(l.Got))
	for i := range l.Got {
		names[i] = l.Got[i].Scheme
	}
	return strings.Join(names, ", ")
}
