package correlate

import (
	"net/url"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A redirect is where a response sends the client, as far as that says something about
// its logon.
type redirect uint8

const (
	noRedirect redirect = iota
	elsewhere           // to another page
	toLogon             // to a page on which one logs on: it stands for a refusal
	toError             // to a page that says what went wrong, or that somebody may not
	withCode            // back to an application, with the code of a logon (RFC 6749 section 4.1.2)
)

// errorWords are in the paths of pages to which applications send those whom they refuse.
var errorWords = []string{"denied", "unauthorized", "unauthorised", "forbidden", "/error"}

// logonErrorWords are in the paths of pages for logging on that say that it failed.
var logonErrorWords = []string{"denied", "error", "fail"}

// errorParams are in the queries of URLs to which applications send those whom they refuse.
var errorParams = []string{"error", "errorcode", "error_code", "errorCode", "login_error", "authfailed"}

// logonHosts are what hosts are called that do nothing but log users on.
var logonHosts = []string{"login", "logon", "signin", "sso", "idp", "adfs", "sts", "accounts"}

func isLogonHost(host string) bool {
	first, _, _ := strings.Cut(strings.ToLower(host), ".")
	return slices.Contains(logonHosts, first)
}

// redirectOf reads the Location of a response. It has secrets, and is not kept.
func redirectOf(x *httpstream.Exchange) redirect {
	if x.Response == nil || x.Response.Status < 300 || x.Response.Status > 399 {
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
	if slices.ContainsFunc(errorParams, q.Has) || failsOnPage(to) { // RFC 6749 section 4.1.2.1; Spring Security: /login?error
		return toError
	}
	if analysis.IsLogonPath(to.Path) || isLogonHost(to.Host) && x.Request != nil && !strings.EqualFold(to.Host, x.Request.Host) {
		return toLogon
	}
	return elsewhere
}

// failsOnPage reports whether a URL is that of a page which says that a logon failed, or that
// something else did.
func failsOnPage(to *url.URL) bool {
	path := strings.ToLower(to.Path)
	words := errorWords
	if analysis.IsLogonPath(path) {
		words = logonErrorWords
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(path, word) })
}
