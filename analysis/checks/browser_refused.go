package checks

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/httpstream"
)

var browserRefused = &analysis.Check{
	Name:     "browser-refused",
	Variants: []string{inLibrary},
	Title:    "a browser or program was not let in, and its record does not show why",
	Severity: analysis.Error,
	Evidence: analysis.Proven,
	Topic:    analysis.Refusal,
	Means: "A browser answers challenges by itself and records only the response that came last; so do the logs of some libraries (requests, OkHttp's calls, Feign). Here that response asks for credentials once more, or the browser gave up with an error about authentication. " +
		"So the request was refused. The tokens and the steps between are not in the file, and the cause is not either.",
	Proof: "In a file that a browser or such a library wrote: an entry whose response is 401 (407) with a scheme other than Bearer, or without any header lines; or a net::ERR about authentication in place of a response.",
	Not: "An API that answers 401 by itself; a CORS preflight (cors-preflight-401); net::ERR_TUNNEL_CONNECTION_FAILED, which stands for every answer to CONNECT that is not 200; " +
		"the export of a proxy, which has every step as an entry.",
	Causes: []analysis.Advice{
		{Text: "The browser did not try: the host is not in the Local intranet zone or on its allow-list.", Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "It tried and got no ticket, or the server refused the token.", Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "The user closed the prompt, or typed a wrong password.", Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "The program has nothing that answers the challenge: no authenticator for a scheme that is offered, or no credentials for this host.", If: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "It answered, and the server refused: a wrong password, an expired token, or a ticket for another name.", If: []fact.Fact{fact.Variant(inLibrary)}},
	},
	Fix: []analysis.Advice{
		askGateway,
		{Text: "Chrome, Edge: open chrome://net-export (edge://net-export), choose \"Include cookies and credentials\", start logging, load the page once, stop. negotrace reads the file.", If: []fact.Fact{fact.ClientChromium}, Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "Firefox: about:logging, modules negotiateauth:5,NTLM:5,nsHttp:5.", If: []fact.Fact{fact.ClientFirefox}, Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "The program's configuration: which user and which scheme it has for this host.", If: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "Capture packets on the client, from before the program starts: a capture holds the tokens."},
		{Text: "Ask for the ticket by hand. Windows: klist get HTTP/<host>. Linux, macOS: kvno HTTP/<host>.", Unless: []fact.Fact{fact.Variant(inLibrary)}},
		{Text: "Ask for the ticket by hand, as the user whose program it is. Windows: klist get HTTP/<host>. Linux, macOS: kvno HTTP/<host>.", If: []fact.Fact{fact.OffersNegotiate, fact.Variant(inLibrary)}},
	},
	Sources: []string{
		"Chromium, net/base/net_error_list.h",
		"Chrome DevTools, front_end/models/har/Log.ts",
	},
	Follows: []string{"logged-cause", "no-challenge-in-401", "client-token-generation-failed", "spn-not-found"},
	Reads:   []string{"Access-Control-Request-Method", "Origin"},
	Keep:    func(x *httpstream.Exchange) bool { return refusedBy(x) != "" || isPage(x) },
	Run:     runBrowserRefused,
}

// inLibrary is the variant of a refusal that a library in a program recorded.
const inLibrary = "in-library"

func runBrowserRefused(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		last := h.Last()
		if !h.LastResponseOnly() || last.Sent != nil || preflight(last.Request) || !last.AsksUser() {
			continue
		}
		offer := "asks for credentials"
		if len(h.Offered) > 0 {
			offer += " (" + offeredList(h) + ")"
		}
		f := p.Found(h, last.ResponsePos(), "%s was not let in at %s: the last response that it recorded is a %d that %s", browserName(last.Conn), serverName(h), last.Status(), offer)
		f.Cause = notInThisFile(last.Exchange)
		if last.Conn.Recorder.Library {
			f.Variant = inLibrary
		}
		if q := last.Logged; q != nil && analysis.StepOf(q) == analysis.LogsRefusal {
			stated, where := last.StatedReason()
			f.Cause = fmt.Sprintf("Credentials were sent, and %s says %s.", where, stated)
			f.AddProof(logPlace(last)...)
		}
		if letInLater(p, h) {
			f.Severity = analysis.Warning
		}
		if x := loadedLater(p, last); x != nil {
			f.Severity = analysis.Warning
			f.Message += fmt.Sprintf("; the same page came later (%d)", x.Response.Status)
			f.AddProof(x.Response.Pos)
		}
	}
	for _, x := range p.Exchanges {
		if reason := refusedBy(x); reason != "" {
			f := p.FoundIn(x, x.Pos(), "%s gave up at %s with %s: it was not let in", browserName(x.Conn), analysis.HostOnly(x.Request.Host), reason)
			f.Cause, f.Source, f.Export = notInThisFile(x), x.Source, true
		}
	}
}

// isPage reports whether a browser's export shows that it loaded a page, and does not show
// with which credentials.
func isPage(x *httpstream.Exchange) bool {
	return x.Conn.Recorder != nil && x.Conn.Recorder.LastOnly && x.Request != nil && x.Response.IsSuccess() &&
		strings.Contains(x.Request.Header.Value("Accept"), "text/html")
}

// loadedLater returns the exchange in which the same browser got the page that a leg refused it,
// nil if there is none.
func loadedLater(p *analysis.Pass, l *analysis.Leg) *httpstream.Exchange {
	page := func(r *httpstream.Request) string {
		path, _, _ := strings.Cut(r.Target, "?")
		return r.Host + " " + path
	}
	for _, x := range p.Exchanges {
		if x.Response.IsSuccess() && x.Request != nil && l.Request != nil && page(x.Request) == page(l.Request) &&
			x.Conn.Recorder == l.Conn.Recorder && x.Pos().File == l.Exchange.Pos().File && x.Pos().Compare(l.Exchange.Pos()) > 0 {
			return x
		}
	}
	return nil
}

// refusedBy returns the error by which a browser says that it was refused or could not
// authenticate; empty if there is none. All these errors are about authentication only (Chromium,
// net/base/net_error_list.h).
func refusedBy(x *httpstream.Exchange) string {
	if x.Failure == "" || x.Request == nil || x.Response != nil {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(x.Failure, "net::"), " ")
	if !slices.Contains(authErrors, name) {
		return ""
	}
	return "net::" + name
}

var authErrors = []string{
	"ERR_INVALID_AUTH_CREDENTIALS", "ERR_UNEXPECTED_PROXY_AUTH", "ERR_PROXY_AUTH_UNSUPPORTED", "ERR_UNSUPPORTED_AUTH_SCHEME",
	"ERR_MISSING_AUTH_CREDENTIALS", "ERR_UNEXPECTED_SECURITY_LIBRARY_STATUS", "ERR_MISCONFIGURED_AUTH_ENVIRONMENT",
	"ERR_UNDOCUMENTED_SECURITY_LIBRARY_STATUS", "ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION",
}

// browserName names the program that recorded a connection.
func browserName(c *httpstream.Conn) string {
	if c.Recorder != nil && c.Recorder.Program != "" {
		return c.Recorder.Program
	}
	return "the browser"
}

// notInThisFile says where the cause is logged. It is empty for a program that logs it in the same
// file.
func notInThisFile(x *httpstream.Exchange) string {
	r := x.Conn.Recorder
	if r == nil {
		return ""
	}
	better, again, of := "a packet capture", "repeat the request", " to "
	if r.AuthLog != "" {
		better, again, of = r.AuthLog, "load the page", " of "
	}
	if x.Request != nil {
		again += of + analysis.HostOnly(x.Request.Host)
	}
	return fmt.Sprintf("It is not in this file. Take %s, and %s in it.", better, again)

}
