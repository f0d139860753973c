package servertext

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"

	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
	"negotrace/internal/publictext"
)

// ownWords returns what the status line or the page of an error says, beyond the usual words of
// its status; "" if that is nothing. What speaks of a logon goes before what does not.
func ownWords(reason string, body []byte) string {
	if text := publictext.Of(reason); !usualWords(text) {
		return bounded(text)
	}
	var said []string
	page := false
	switch text := bytes.TrimSpace(body); {
	case len(text) == 0, pageSearch.first(text) >= 0:
	case text[0] == '{' || text[0] == '[':
		said = jsonWords(text)
	case text[0] == '<' || bytes.HasPrefix(text, []byte("\xef\xbb\xbf<")):
		said, page = markupWords(shown(text))
	case utf8.Valid(text[:min(len(text), 64)]) && !bytes.ContainsAny(text[:min(len(text), 64)], "\x00\x01\x02\x03\x04"):
		line, _, _ := bytes.Cut(text[:min(len(text), maxSentence)], []byte{'\n'})
		said = []string{string(line)}
	}
	first := ""
	for _, s := range said[:min(len(said), maxSaid)] {
		if len(s) > maxSentence { // it is a page, not a sentence: its beginning will do
			s = s[:maxSentence]
		}
		text := reasonIn(publictext.Of(s))
		if strings.Contains(text, " ") && !usualWords(text) && !OfLibrary(text) && (!page || saysWrong().MatchString(text)) { // a sentence
			if holdsAny(text, mechanismWords) {
				return bounded(text)
			}
			first = cmp.Or(first, bounded(text))
		}
	}
	return first
}

// maxSaid is how many sentences of a page are looked at for one that speaks of the logon.
const maxSaid = 40

// maxSentence is how much of a text is looked at, in bytes.
const maxSentence = 320

// jsonKeys name the members in which services say what went wrong, those first that say most; jsonKey
// says how a name is compared with them.
var jsonKeys = []string{
	"errordescription", "errormessage", "exceptionmessage", "developermessage", "message", "detail", "reason", "msg", "errormsg", "errmsg",
	"error", "errors", "messages", "details", "cause", "description", "title",
}

// jsonWords returns the values of the jsonKeys in a text that may be cut, but for what is in lists of
// several things. Of an array of texts it is the first.
func jsonWords(text []byte) []string {
	found := make([]string, len(jsonKeys))
	lists := jsonLists(text)
	d := json.NewDecoder(bytes.NewReader(text))
	var open []json.Delim // objects and arrays around the place
	key, isKey := -1, false
	for {
		t, err := d.Token()
		if err != nil {
			return found
		}
		inObject := len(open) > 0 && open[len(open)-1] == '{'
		switch v := t.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				open = append(open, v)
			} else {
				open = open[:len(open)-1]
				if v == '}' {
					key = -1
				}
			}
			isKey = len(open) > 0 && open[len(open)-1] == '{'
			continue
		case string:
			if inObject && isKey {
				key = slices.Index(jsonKeys, jsonKey(v))
			} else if len(open) > 0 && key >= 0 && found[key] == "" && !inLists(lists, int(d.InputOffset())-1) {
				found[key] = v
			}
		}
		isKey = inObject && !isKey
	}
}

// faultTags are the elements of XML in which services say what went wrong.
var faultTags = []string{"faultstring", "message", "text", "description"}

// markupWords returns the texts of a page of HTML, or of a fault in XML, in their order, those of the
// faultTags first, and whether it is a page without any of those. A list of several things says nothing of a
// request.
func markupWords(body []byte) (texts []string, page bool) {
	var fault, items, others []string
	z := nethtml.NewTokenizer(bytes.NewReader(body))
	within, isItem := "", false
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			if len(items) == 1 {
				others = append(others, items...)
			}
			return append(fault, others...), len(fault) == 0
		case nethtml.StartTagToken:
			tag, _ := z.TagName()
			within = string(tag[bytes.LastIndexByte(tag, ':')+1:])
			if slices.Contains(itemTags, within) {
				isItem, items = true, append(items, "")
			}
		case nethtml.EndTagToken:
			tag, _ := z.TagName()
			within = ""
			isItem = isItem && !slices.Contains(listTags, string(tag)) && !slices.Contains(itemTags, string(tag))
		case nethtml.TextToken:
			switch text := string(z.Text()); {
			case strings.TrimSpace(text) == "":
			case slices.Contains(faultTags, within):
				fault = append(fault, text)
			case isItem:
				items[len(items)-1] += text
			default:
				others = append(others, text)
			}
		}
	}
}

// itemTags and listTags are the elements of lists in HTML.
var (
	itemTags = []string{"li", "dt", "dd"}
	listTags = []string{"ul", "ol", "dl"}
)

// usual are the words of which the phrases of statuses and the first lines of the pages that
// servers bring along are made. What consists of them says nothing about this request.
var usual = func() map[string]bool {
	const words = `a access accessible account acl additionally administrator allowed an and answer any apache application are as at basic digest gssapi kerberos ntlm spnego
authenticate authenticated authentication authorised authorization authorize authorized back bad be because been
browser but by cache can cannot client code contact content could credential credentials denied cups debian description
directory do document doesn't don't due either encountered entity error exception expectation failed failure fault feed field
file filter find following for forbidden forefront fulfill gateway handle has have header http https
if in incoming insufficient internal invalid is isa isn't it its jetty large length line location login logon long
may must message method microsoft missing moved negotiate nginx no not object occurred of on openresty or our page pages password
path perform permission permissions permitted please problem proceed processing proxy reading reason refused report request requested
required requires resource response restricted retry root sender server service set sorry squid status
stop supplied support supply target temporarily that the there this timed timeout title tmg to too tomcat try type
adc application appliance bluecoat citrix envoy f5 gateway glassfish haproxy iis information internet jboss jenkins keycloak mcafee
netscaler netweaver notification out resin sap services skyhigh symantec time time-out traefik undertow weblogic websphere wildfly windows zscaler
ubuntu unable unauthenticated unauthorised unauthorized unavailable understand unknown unsupported upstream uri url use used user using
valid verify version view was web were while with without working wrong www you you're your
anmeldung autorisiert fehlgeschlagen erforderlich fehler nicht seite sie verweigert zugriff`
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}()

// usualPages mark whole pages that programs bring along: of squid and CUPS.
var usualPages = []string{"error was encountered while trying to retrieve the URL", "Enter your username and password or the root username"}

var pageSearch = newSearch(usualPages)

// usualSentences begin or are in the longer texts of the pages that servers bring along.
var usualSentences = []string{
	"This server could not verify that you", "You don't have permission to access", "trying to use an ErrorDocument",
	"lacks valid authentication credentials", "requires user authentication", "refuses to authorize it",
	"The requested URL", "server encountered an internal error", "You do not have permission to view",
	"prevented it from fulfilling", "From RFC 2068", "Hypertext Transfer Protocol", "The response MUST include", "HTTP ERROR ", "HTTP Error ", "Server Error", "Type Status", "Powered by ",
}

var usualSearch = newSearch(usualSentences)

// versions are the names and versions of programs (RFC 9110 section 10.1.5).
var versions = lazyregexp.New(`[A-Za-z_-]+/[0-9][0-9.]*`)

// usualWords reports whether a text says nothing about this request.
func usualWords(text string) bool {
	if usualSearch.first([]byte(text)) >= 0 {
		return true
	}
	if strings.Contains(text, "/") {
		text = versions().ReplaceAllString(text, "")
	}
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if len(w) > 1 && !usual[strings.ToLower(w)] {
			return false
		}
	}
	return true
}

// mechanismWords are of the names of what a logon consists of. A phrase that a server adds to
// its challenge says why it refused if one of them is in it.
var mechanismWords = []string{"kerberos", "krb", "gss", "spnego", "sspi", "ntlm", "ticket", "keytab", "principal", "clock", "replay", "checksum", "expired", " locked", "disabled"}

// SpeaksOfLogon reports whether a text is about a logon, by its words.
func SpeaksOfLogon(text string) bool { return holdsAny(text, mechanismWords) }

// headTooLong is the phrase of Jetty before version 9 for a header that is longer than it takes.
const headTooLong = "FULL head"

// ReasonText returns the phrase of a status line, if it says why the logon failed.
func ReasonText(r *httpstream.Response) string {
	text := publictext.Of(r.Reason)
	if text == headTooLong {
		return text
	}
	for _, mark := range errorMarks {
		if strings.Contains(text, mark) {
			return bounded(text)
		}
	}
	asks := r.Status == httpstream.StatusUnauthorized || r.Status == httpstream.StatusProxyAuthRequired
	if asks && !usualWords(text) && holdsAny(text, mechanismWords) {
		return bounded(text)
	}
	return ""
}
