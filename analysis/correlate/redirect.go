package correlate

import (
	"net/url"
	"slices"
	"strings"

	"negotrace/analysis/servertext"
	"negotrace/httpstream"
)

// A redirect is where a response sends the client, as far as that says something about
// its logon.
type redirect uint8

const (
	noRedirect redirect = iota
	elsewhere           // to another page
	toLogon             // to a page on which one logs on: it stands for a refusal
	toError             // to a page about an error, or about missing permission
	withCode            // back to an application, with the code of a logon (RFC 6749 section 4.1.2)
)

// errorWords are in the paths of pages to which applications send users whom they refuse.
var errorWords = []string{"denied", "unauthorized", "unauthorised", "forbidden", "/error"}

// logonErrorWords are in the paths of pages for logging on that say that it failed.
var logonErrorWords = []string{"denied", "error", "fail"}

// errorParams are in the queries of URLs to which applications send users whom they refuse.
var errorParams = []string{"error", "errorcode", "error_code", "errorCode", "login_error", "authfailed"}

// logonHosts are what hosts are called that do nothing but log users on.
var logonHosts = []string{"login", "logon", "signin", "sso", "idp", "adfs", "sts", "accounts"}

func isLogonHost(host string) bool {
	first, _, _ := strings.Cut(strings.ToLower(host), ".")
	return slices.Contains(logonHosts, first)
}

// redirectOf reads the Location of a response. It may hold secrets, and is not kept.
func redirectOf(x *httpstream.Exchange) redirect {
	if !x.Response.IsRedirection() {
		return noRedirect
	}
	to, err := url.Parse(x.Response.Header.Value("Location"))
	if err != nil || x.Response.Header.Value("Location") == "" {
		return noRedirect
	}
	q := to.Query()
	if q.Has("code") && q.Has("state") && !q.Has("error") && x.Response.Header.Has("Set-Cookie") &&
		to.Host != "" && x.Request != nil && !strings.EqualFold(to.Host, x.Request.Host) {
		return withCode
	}
	if saysError(x.Request, to) {
		return toError
	}
	if servertext.IsLogonPath(to.Path) || isLogonHost(to.Host) && x.Request != nil && !strings.EqualFold(to.Host, x.Request.Host) {
		return toLogon
	}
	return elsewhere
}

// saysError reports whether a URL is that of a page about a failed logon or another error. Words
// that are also in the URL of the request do not count, nor does an error after a form was sent,
// unless the page is about the logon.
func saysError(r *httpstream.Request, to *url.URL) bool {
	from := &url.URL{}
	form := false
	if r != nil {
		if u, err := url.Parse(r.Target); err == nil {
			from = u
		}
		form = r.Method != "GET" && r.Method != "HEAD"
	}
	path, had := strings.ToLower(to.Path), strings.ToLower(from.Path)
	logon := servertext.IsLogonPath(path)
	words := errorWords
	if logon {
		words = logonErrorWords
	}
	for _, word := range words {
		if strings.Contains(path, word) && !strings.Contains(had, word) && !(form && word == "/error") {
			return true
		}
	}
	return (logon || !form) && errorInQuery(to.Query(), logon)
}

// dropRepeatedError removes from a redirect the parameters for errors that the URL of the request
// has too: they say nothing about the response.
func dropRepeatedError(x *httpstream.Exchange) {
	if x.Request == nil || !x.Response.IsRedirection() {
		return
	}
	_, had, found := strings.Cut(x.Request.Target, "?")
	if !found {
		return
	}
	i := slices.IndexFunc(x.Response.Header, func(f httpstream.Field) bool { return strings.EqualFold(f.Name, "Location") })
	if i < 0 {
		return
	}
	to, err := url.Parse(x.Response.Header[i].Value)
	if err != nil {
		return
	}
	asked, _ := url.ParseQuery(had) // what cannot be read of it names no error
	same := func(name string) bool { return slices.Equal(asked[name], to.Query()[name]) }
	if named := func(name string) bool { return to.Query().Has(name) }; slices.ContainsFunc(errorParams, named) &&
		!slices.ContainsFunc(errorParams, func(name string) bool { return !same(name) }) {
		to.RawQuery = ""
		x.Response.Header[i].Value = to.String()
	}
}

// errorInQuery reports whether a query names an error. A parameter without a value names one
// only to a page for logging on.
func errorInQuery(to url.Values, logon bool) bool { // RFC 6749 section 4.1.2.1; Spring Security: /login?error
	return slices.ContainsFunc(errorParams, func(name string) bool {
		if !to.Has(name) {
			return false
		}
		switch strings.ToLower(to.Get(name)) {
		case "":
			return logon
		case "0", "false", "no", "none", "null":
			return false
		}
		return true
	})
}
