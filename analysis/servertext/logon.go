package servertext

import (
	"slices"
	"strconv"
	"strings"

	"negotrace/internal/lazyregexp"
)

// A Logon is how a response asks its reader to log on by means of pages, not of a scheme, or
// says by a page that this failed.
type Logon string

// The ways.
const (
	LogonForm   Logon = "form"    // a page with a form for a password
	LogonScript Logon = "script"  // a page for logging on whose content a script writes
	LogonPage   Logon = "goes-on" // a page that goes on by itself to one on which one logs on
	LogonMove   Logon = "moved"   // a redirect to such a page
	LogonFailed Logon = "failed"  // a redirect to a page of an error, or one that says that somebody may not
)

// Words says with what a response asks its reader to log on.
func (l Logon) Words() string {
	switch l {
	case LogonForm:
		return "a form in which one logs on"
	case LogonScript:
		return "a page for logging on, which a script writes"
	case LogonPage:
		return "a page that goes on to one on which one logs on"
	case LogonMove:
		return "a redirect to a page on which one logs on"
	case LogonFailed:
		return "a redirect to a page of an error, or one that says that somebody may not"
	}
	return ""
}

// logonWords are in the names, paths and titles of forms by which one logs on.
var logonWords = []string{
	"login", "logon", "log in", "log on", "log-in", "signin", "sign in", "sign-in", "sign_in",
	"authenticat", "auth_form", "j_security_check", "j_spring_security_check",
	"anmeld", "einloggen", "connexion", "connecter", "iniciar sesi", "accedi",
}

// logonPaths are in the paths of pages on which one logs on.
var logonPaths = []string{"login", "logon", "signin", "sign-in", "log-in", "/adfs/ls", "/oauth2/authorize", "/saml", "/cas/"}

// logoffWords are in the links that a page has for somebody who is logged on.
var logoffWords = []string{"logout", "logoff", "log-out", "log-off", "signout", "signoff", "sign-out", "abmelde"}

// IsLogonPath reports whether the path of a URL is one of those that pages have on which
// one logs on.
func IsLogonPath(path string) bool { return holdsAny(path, logonPaths) }

func holdsAny(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// writesPassword finds a field for a password in what a script writes.
var writesPassword = lazyregexp.New(`(?i)\btype\\?["']?\s*[=:]\s*\\?["']?password\b`)

func (r *pageReader) logon(whole bool) Logon {
	titled := holdsAny(r.title, logonWords)
	isLogon := func(f pageForm) bool {
		return f.passwords == 1 && !f.fresh && (titled || holdsAny(f.named, logonWords))
	}
	stub := r.elements == 0 && r.text <= maxStub
	switch {
	case r.logoff:
		return ""
	case slices.ContainsFunc(r.forms, isLogon), !whole && len(r.forms) == 0 && logonTitle().MatchString(strings.TrimSpace(r.title)):
		return LogonForm
	case r.goesOn, whole && stub && (r.saml || goesToLogon(r.script)):
		return LogonPage
	case stub && r.scripts > 0 && (logonTitle().MatchString(strings.TrimSpace(r.title)) || titled && writesPassword().MatchString(r.script)):
		return LogonScript
	}
	return ""
}

// logonTitle is what a page for logging on is called, and nothing else: AD FS and others have
// so much before the form that it is not among what is kept.
var logonTitle = lazyregexp.New(`(?i)^(?:sign[ -]?in|log[ -]?[io]n|anmelden|anmeldung|connexion)(?:$| to | *[-|:·–])`)

// soonest is the longest delay of a page that sends its reader on, in seconds. Longer ones
// are for readers who have gone away.
const soonest = 10

// refreshesToLogon reports whether the content of a refresh ("0; url=/login") leads to a
// page on which one logs on.
func refreshesToLogon(content string) bool {
	delay, to, _ := strings.Cut(content, ";")
	seconds, err := strconv.ParseFloat(strings.TrimSpace(delay), 64)
	return err == nil && seconds <= soonest && IsLogonPath(withoutQuery(to))
}

// assignsLocation finds where a script sends the reader.
var assignsLocation = lazyregexp.New(`\blocation(?:\.href)?\s*=\s*["']([^"']+)["']|\blocation\.(?:replace|assign)\(\s*["']([^"']+)["']`)

// maxScript is how long the script of a page is that only sends its reader on, in bytes.
const maxScript = 1 << 10

// goesToLogon reports whether a script of a page without content leads to a page on which
// one logs on.
func goesToLogon(script string) bool {
	if len(script) > maxScript {
		return false
	}
	m := assignsLocation().FindStringSubmatch(script)
	return m != nil && IsLogonPath(withoutQuery(m[1]+m[2]))
}

func withoutQuery(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}
