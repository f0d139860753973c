package checks

import (
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
	"negotrace/analysis/servertext"
	"negotrace/httpstream"
)

var httpsysRefused = &analysis.Check{
	Name:     "httpsys-refused",
	Variants: []string{"hostname", "header", "url", "unavailable", "not-found"},
	Title:    "HTTP.sys answered by itself, and no site saw the request",
	Severity: analysis.Warning,
	Evidence: analysis.Proven,
	Topic:    analysis.Cause,
	Means: "The driver that takes requests for IIS and other services of Windows turned this one away with a page of its own. Nobody looked at credentials, and the log of the site has no line of it: " +
		"httperr.log on the server has one, with the reason.",
	Proof: "The page of HTTP.sys, which names its own status, from Microsoft-HTTPAPI. It is an error where the request had credentials and its client was not let in afterwards, and a hint where it only says that one URL is not there on a host that lets people in.",
	Not:   "A page of a site behind HTTP.sys. A header that is too large (token-too-large), a POST without Content-Length (no-challenge-in-401).",
	Causes: []analysis.Advice{
		{Text: "No site has a binding for the name or address in Host: an alias, an address, or the name that a balancer puts there.", If: []fact.Fact{fact.Variant("hostname")}},
		{Text: "A line of the header cannot be read: a name with a blank in it, a control character, a second Host; or the header is too large for HTTP.sys.", If: []fact.Fact{fact.Variant("header")}},
		{Text: "The URL is longer than HTTP.sys takes (UrlSegmentMaxLength: 260 characters between two slashes; MaxRequestBytes in all), or has characters that it refuses.", If: []fact.Fact{fact.Variant("url")}},
		{Text: "The application pool is stopped: the password of its identity was changed or the account may not log on there, or it failed five times in five minutes (rapid-fail protection).", If: []fact.Fact{fact.Variant("unavailable")}, Unless: []fact.Fact{fact.ServerWinRM, fact.ServerADFS}},
		{Text: "The service behind the URL does not run, or its queue is full.", If: []fact.Fact{fact.Variant("unavailable")}},
		{Text: "No service has registered the URL: it does not run, or listens for another name, port or path.", If: []fact.Fact{fact.Variant("not-found")}},
	},
	Fix: []analysis.Advice{
		{Text: "IIS Manager, Bindings of the site: add the host name; or let what lies between pass Host on. The same name needs the SPN.", If: []fact.Fact{fact.Variant("hostname")}},
		{Text: "IIS Manager, Application Pools: state and identity; System log, source WAS: events 5002, 5021, 5057, 5059.", If: []fact.Fact{fact.Variant("unavailable")}, Unless: []fact.Fact{fact.ServerWinRM, fact.ServerADFS}},
		{Text: "On the server: netsh http show servicestate shows which service has which URL and queue.", If: []fact.Fact{fact.Variant("unavailable"), fact.Variant("not-found")}},
		{Text: `%SystemRoot%\System32\LogFiles\HTTPERR\httperr1.log on the server: its reason for this request.`},
	},
	Sources: []string{"Microsoft KB820729, Error logging in HTTP APIs", "Microsoft, HTTP.sys registry settings (KB820129); IIS, Application pool identities"},
	Reads:   []string{"Authorization"},
	Keep:    func(x *httpstream.Exchange) bool { return servertext.HTTPSysError(x.Response) != "" },
	Run:     runHTTPSysRefused,
}

func runHTTPSysRefused(p *analysis.Pass) {
	for _, h := range p.Handshakes {
		l := h.Last()
		said := servertext.HTTPSysError(l.Response)
		if said == "" || l.Sent == nil || l.HeaderRefused() || h.Target == analysis.ToProxy {
			continue
		}
		f := p.Found(h, l.ResponsePos(), "HTTP.sys of %s answered %d itself to %s, and says %s", serverName(h), l.Status(), credentialsOf(h), quoted(said))
		f.Variant = httpSysVariant(said)
		f.AddProof(requestPlace(h)...)
		if p.LetInAfter(h) == nil {
			f.Severity = analysis.Error
		}
	}
	for _, x := range p.Exchanges {
		said := servertext.HTTPSysError(x.Response)
		if said == "" || x.Response.Status == httpstream.StatusLengthRequired || x.Request != nil && x.Request.Header.Has("Authorization") {
			continue
		}
		host := "the server"
		if x.Request != nil {
			host = analysis.HostOnly(x.Request.Host)
		}
		f := p.FoundIn(x, x.Response.Pos, "HTTP.sys of %s answered %d itself to a request without credentials, and says %s", host, analysis.HTTPCode(x.Response.Status), quoted(said))
		f.Variant = httpSysVariant(said)
		if f.Variant == "not-found" && slices.ContainsFunc(p.Context, func(o *analysis.Handshake) bool {
			return o.Outcome == analysis.Succeeded && o.Host == host && o.Conn().Server == x.Conn.Server
		}) {
			f.Severity = analysis.Info // the service runs, and has no such file
		}
		if x.Request == nil {
			f.Message = strings.Replace(f.Message, "a request without credentials", "a request that is not here", 1)
		}
	}
}

// httpSysVariant returns the variant for what HTTP.sys says, "" if it is about something else.
func httpSysVariant(said string) string {
	for _, v := range []struct{ part, variant string }{
		{"Hostname", "hostname"}, {"Header", "header"}, {"URL", "url"}, {"URI", "url"}, {"Service Unavailable", "unavailable"}, {"Not Found", "not-found"},
	} {
		if strings.Contains(said, v.part) {
			return v.variant
		}
	}
	return ""
}
