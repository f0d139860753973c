package servertext

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"negotrace/internal/lazyregexp"
	"negotrace/internal/publictext"
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

// readLogonPage reads the beginning of the body of a page that is no error. whole reports
// whether it is all of the page. A form is one by which one logs on if it has a single field
// for a password, none for a new one, and its names or the title of the page say so; a page
// that offers to log off is for somebody who has logged on. Of a page whose content a script
// writes only its title and what stands in the script itself can be seen.
func readLogonPage(body []byte, whole bool) Page {
	if !mayAskToLogOn(body, whole) {
		return Page{}
	}
	r := pageReader{tokens: html.NewTokenizer(bytes.NewReader(body))}
	for {
		t := r.tokens.Next()
		if t == html.ErrorToken {
			break
		}
		r.token(t)
	}
	r.endForm()
	return r.result(whole)
}

// A pageReader is what was seen of a page so far.
type pageReader struct {
	tokens   *html.Tokenizer
	form     pageForm
	forms    []pageForm // that have ended and have a field for a password
	title    string
	script   string
	scripts  int    // in the page or beside it
	shown    string // the beginning of the text that a reader sees
	text     int    // bytes of that text
	elements int    // that a reader can use: links, fields, frames
	within   string
	logoff   bool
	goesOn   bool // by its head, to a page on which one logs on
	saml     bool // a form that carries a request to log on to another server
}

// A pageForm is a form of a page, or what stands outside of all forms.
type pageForm struct {
	named     string // its names, and what its buttons say
	passwords int
	fresh     bool // one of them is for a new password
}

func (r *pageReader) token(t html.TokenType) {
	switch t {
	case html.TextToken:
		r.words(string(r.tokens.Text()))
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := r.tokens.TagName()
		r.within = string(name)
		r.start(r.within, r.attributes(more))
	case html.EndTagToken:
		if name, _ := r.tokens.TagName(); string(name) == "form" {
			r.endForm()
		}
		r.within = ""
	}
}

// attributes reads those of a tag; the first of a name counts.
func (r *pageReader) attributes(more bool) func(name string) string {
	all := map[string]string{}
	for more {
		var k, v []byte
		k, v, more = r.tokens.TagAttr()
		if _, known := all[string(k)]; !known {
			all[string(k)] = string(v)
		}
	}
	return func(name string) string { return all[name] }
}

func (r *pageReader) words(text string) {
	switch r.within {
	case "script":
		r.script += text
	case "style", "noscript":
	case "title":
		r.title += text
	case "button":
		r.form.named += " " + text
		fallthrough
	default:
		r.text += len(strings.TrimSpace(text))
		if len(r.shown) < maxStub {
			r.shown += "\n" + text[:min(len(text), maxStub)]
		}
	}
}

func (r *pageReader) start(tag string, attribute func(string) string) {
	for _, name := range []string{"href", "action", "id"} {
		r.logoff = r.logoff || holdsAny(attribute(name), logoffWords)
	}
	switch tag {
	case "form":
		r.endForm()
		r.form.named = strings.Join([]string{attribute("action"), attribute("id"), attribute("name"), attribute("class")}, " ")
	case "input":
		r.input(attribute)
	case "script":
		r.scripts++
	case "meta":
		r.goesOn = r.goesOn || strings.EqualFold(attribute("http-equiv"), "refresh") && refreshesToLogon(attribute("content"))
	case "a", "frame", "iframe", "img", "select", "textarea":
		r.elements++
	}
}

func (r *pageReader) input(attribute func(string) string) {
	f, name := &r.form, attribute("name")
	switch kind := strings.ToLower(attribute("type")); kind {
	case "password":
		r.elements++
		f.passwords++
		f.fresh = f.fresh || holdsAny(attribute("autocomplete"), []string{"new-password"}) || holdsAny(name, []string{"new", "confirm", "repeat"})
	case "hidden":
		r.saml = r.saml || name == "SAMLRequest"
		return
	case "submit", "button", "image":
		f.named += " " + name + " " + attribute("value")
	default:
		r.elements++
	}
	if strings.EqualFold(name, "j_password") { // Jakarta Servlet section 13.6.3
		f.named += " login"
	}
}

func (r *pageReader) endForm() {
	if r.form.passwords > 0 {
		r.forms = append(r.forms, r.form)
	}
	r.form = pageForm{}
}

// maxStub is how much text a page shows that only sends its reader on, in bytes.
const maxStub = 300

func (r *pageReader) result(whole bool) Page {
	p := Page{Logon: r.logon(whole)}
	if r.logoff {
		return p
	}
	if title := strings.TrimSpace(r.title); hasExpired().MatchString(title) {
		p.Words = bounded(publictext.Of(title))
	} else if m := hasExpired().FindString(r.shown); whole && m != "" && r.text <= 2*maxStub && r.elements <= maxRests {
		p.Words = bounded(publictext.Of(strings.TrimRight(m, " \n.!,;:|()-")))
	}
	if p.Logon == "" && p.Words == "" && r.scripts > 0 && r.elements == 0 && r.text <= maxStub {
		p.Unread = "written by a script"
	}
	return p
}

// maxRests is how many links and fields a page has that only says that something has expired.
const maxRests = 4

// HasExpired reports whether a text says that a page or a session is of no use any more.
func HasExpired(text string) bool { return hasExpired().MatchString(text) }

// hasExpired finds the words of a page or session that is of no use any more. An account or
// a password may expire too, and a page may say so to somebody who has logged on.
var hasExpired = lazyregexp.New(`(?im)\b(?:your |the |this |die |ihre |votre |la )?(?:page|session|link|request|form|seite|sitzung)\b(?: has| is| ist| a| was)?(?: been)? (?:expired|timed out|abgelaufen|expir\x{e9}e?)\b?\s*(?:[.!,;:|()-]|$)`)

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
