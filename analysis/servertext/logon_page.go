package servertext

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"negotrace/internal/publictext"
)

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
