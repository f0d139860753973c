package analysis

import (
	"net/url"
	"slices"
	"strings"

	"negotrace/internal/publictext"
)

// A reasonHeader is a header line in which servers say why they refuse.
type reasonHeader struct {
	name string
	// only are parts one of which the value has where it speaks of a refusal; empty for any
	// value.
	only []string
}

// reasonHeaders are those of Lync and Exchange (MS-OCDISCWS 2.1), SharePoint (MS-WSSHP 2.2.9),
// Outlook on the web, Jira and Confluence, Jenkins, and of proxies (RFC 9209).
var reasonHeaders = []reasonHeader{
	{name: "x-ms-diagnostics"}, {name: "X-MSDAVEXT_Error"}, {name: "X-OWA-Error"}, {name: "X-Auth-Error"},
	{name: "X-Authentication-Denied-Reason"}, {name: "X-Seraph-LoginReason", only: []string{"FAILED", "DENIED"}},
	{name: "X-Required-Permission"},
	{name: "Proxy-Status", only: []string{"error="}},
}

// headerWords returns what the header of a refusal says of its reason, with the name of the line;
// "" if that is nothing.
func headerWords(l *Leg) string {
	code, text := challengeError(l)
	if text == "" {
		text = reasonLine(l)
	}
	if text == "" && code != "" {
		text = l.Words // of the page
	}
	switch {
	case code == "":
		return bounded(text)
	case text == "":
		return bounded(code)
	}
	return bounded(code + ": " + text)
}

// reasonLine returns the first of the reasonHeaders of a response that speaks, with its name.
func reasonLine(l *Leg) string {
	for _, h := range reasonHeaders {
		value := l.Response.Header.Value(h.name)
		has := func(part string) bool { return strings.Contains(value, part) }
		if value == "" || len(h.only) > 0 && !slices.ContainsFunc(h.only, has) {
			continue
		}
		if text := publictext.Of(diagnosis(value)); text != "" {
			return h.name + ": " + text
		}
	}
	return ""
}

// diagnosis returns the part of a value that is for people. Values are texts, some with their
// special characters as in a URL, or a code with parameters behind it: 28030;reason="...".
func diagnosis(value string) string {
	value = value[:min(len(value), 4*maxSentence)]
	if strings.Contains(value, "%20") {
		if text, err := url.PathUnescape(value); err == nil {
			value = text
		}
	}
	items := strings.Split(value, ";")
	said := []string{strings.TrimSpace(items[0])}
	for _, item := range items[1:] {
		item = strings.TrimSpace(item)
		name, text, isParam := strings.Cut(item, "=")
		text = strings.Trim(text, `"`)
		switch {
		case item == "", isParam && text == "":
		case !isParam, strings.Contains(name, " "): // a part of the text
			said = append(said, item)
		case slices.Contains(jsonKeys, strings.ToLower(name)), strings.EqualFold(name, "details"):
			said = append(said, text)
		}
	}
	return strings.Join(said, "; ")
}

// challengeError returns what a challenge says is wrong with the credentials of its scheme, as
// those for Bearer tokens do (RFC 6750 section 3).
func challengeError(l *Leg) (code, text string) {
	for _, a := range l.Got {
		if l.Sent != nil && a.Scheme == l.Sent.Scheme {
			if code, text = publictext.Of(a.Param("error")), publictext.Of(a.Param("error_description")); code != "" || text != "" {
				return code, text
			}
		}
	}
	return "", ""
}

// ReadHeaderReason notes the reason that the header of a response gives for turning credentials away:
// with a challenge it is why they were refused, and else it may be about the request.
func (l *Leg) ReadHeaderReason() {
	if l.Response == nil || !l.Refuses() {
		return
	}
	text := headerWords(l)
	switch {
	case text == "":
	case l.Asks && l.ErrorText == "":
		l.ErrorText = text
	case l.Words == "" && l.ErrorText == "":
		l.Words = text
	}
}
