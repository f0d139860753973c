package servertext

import (
	"net/url"
	"slices"
	"strings"

	"negotrace/httpstream"
	"negotrace/internal/publictext"
	"negotrace/tokens"
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

// HeaderReason returns what the header of a refusal says of its reason: in one of its challenges for the
// scheme of the credentials, or in one of the reasonHeaders, with the name of the line; "" if that is
// nothing. Where a challenge has but a code, words, which are those of the page, are what it says.
func HeaderReason(h httpstream.Header, challenges []tokens.Auth, scheme, words string) string {
	code, text := challengeError(challenges, scheme)
	if text == "" {
		text = reasonLine(h)
	}
	if text == "" && code != "" {
		text = words
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
func reasonLine(header httpstream.Header) string {
	for _, h := range reasonHeaders {
		value := header.Value(h.name)
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
		case slices.Contains(jsonKeys, jsonKey(name)):
			said = append(said, text)
		}
	}
	return strings.Join(said, "; ")
}

// challengeError returns what a challenge says is wrong with the credentials of its scheme, as
// those for Bearer tokens do (RFC 6750 section 3).
func challengeError(challenges []tokens.Auth, scheme string) (code, text string) {
	for _, a := range challenges {
		if a.Scheme == scheme {
			if code, text = publictext.Of(a.Param("error")), publictext.Of(a.Param("error_description")); code != "" || text != "" {
				return code, text
			}
		}
	}
	return "", ""
}
