package analysis

import (
	"slices"
	"strings"

	"negotrace/analysis/servertext"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// A LoggedFault is what a web server noted of a request that it refused, in a log that does not
// say more of it: a line of HTTP.sys, or one of an error log about authentication. It stands for
// all that say the same of the same client.
type LoggedFault struct {
	Request *serverlog.Request   // the first, of HTTP.sys; nil for one of an error log
	Line    *serverlog.AuthError // the first, of an error log
	Count   int
	Last    httpstream.Pos
}

// A NamedRequest is a request without credentials and without a cookie for which the server's log
// names a user, whom the packets do not show to have logged on.
type NamedRequest struct {
	Line *serverlog.Request
	At   httpstream.Pos // the response
	// Users are those who logged on over the connection; none if it was seen from its beginning
	// without loss and nobody did.
	Users                []string
	Client, Server, Host string
}

// headerTooLong are the reasons of HTTP.sys that say that a header was longer than it takes
// (Microsoft KB820729, kinds of errors that the HTTP API logs).
var headerTooLong = map[string]string{
	"FieldLength":   "a line of its header is longer than MaxFieldLength",
	"RequestLength": "its header is longer than MaxRequestBytes",
}

// notRead are the reasons of HTTP.sys that say that it could not read a request, which a header
// over its limits may be one of.
var notRead = map[string]string{
	"BadRequest": "it could not be read",
	"Header":     "its header could not be read",
	"Hostname":   "its Host is none that is served",
}

// HeaderTooLong returns what HTTP.sys says was too long in a request, "" if it says nothing of it.
func HeaderTooLong(q *serverlog.Request) string {
	if q == nil {
		return ""
	}
	return headerTooLong[q.Reason]
}

// RequestNotRead returns why HTTP.sys could not read a request, "" if that is not what it says.
func RequestNotRead(q *serverlog.Request) string { return notRead[q.Reason] }

// refusedInWords are parts of what modules for authentication say of credentials that they
// refused, in small letters: mod_auth_gssapi, mod_auth_kerb, the module for SPNEGO of nginx, Squid, and
// those for Basic. That none were sent they log as well.
var refusedInWords = []string{
	"gss error in", "gss error gss_", "gssapi authorization failed", "failed to verify krb5 credentials", "krb5_get_init_creds_password() failed",
	"authentication failure for", "password mismatch", "was not found in", "ah01618:", " authentication validating user",
}

// refusedWhenDebugging are those of the module of nginx, which says them at level debug in some versions.
var refusedWhenDebugging = []string{"gss_accept_sec_context() failed", "gss_acquire_cred() failed", "only one authentication iteration allowed"}

// RefusesInWords reports whether a line of an error log says that credentials were refused.
func RefusesInWords(e *serverlog.AuthError) bool {
	text := strings.ToLower(unquoted(e.Text))
	has := func(part string) bool { return strings.Contains(text, part) }
	if slices.ContainsFunc(refusedWhenDebugging, has) {
		return true
	}
	return e.IsError() && (slices.ContainsFunc(refusedInWords, has) || servertext.Says(text) != "")
}

// unquoted returns a text without what it quotes: names of users and files, which whoever sends a
// request may choose. A mark without its other one quotes the rest.
func unquoted(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}
