package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// requests is Python's library. Programs that use it, such as exchangelib, log the header lines of a
// request and its response as dictionaries, of the last request of a handshake only.
const requests = "Python's requests"

var (
	dictHeaders = lazyregexp.New(`(?i)\b(request|response) headers: \{(u?['"].*)\}$`)
	dictURL     = lazyregexp.New(`^(?:\S*:)?URL: (https?://\S+)$`)
	dictStatus  = lazyregexp.New(`\b(?:Status|Response) code: (\d{3})$`)
	// dictField is a name and its value, as literals of Python.
	dictField = lazyregexp.New(`u?(?:'([^']*)'|"([^"]*)"): u?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")(?:, |$)`)
)

// dicts are the parts of one request that were read.
type dicts struct {
	url, status string
	request     []line
}

// dictLine reads a line of such a log. With the header lines of the response it returns all.
func (r *reader) dictLine(text string) ([]line, bool) {
	if !strings.HasSuffix(text, "}") && !strings.Contains(text, "URL: ") && !strings.Contains(text, " code: ") {
		return nil, false
	}
	d := &r.dict
	if m := dictURL().FindStringSubmatch(text); m != nil {
		d.url = m[1]
		return nil, true
	}
	if m := dictStatus().FindStringSubmatch(text); m != nil && d.url != "" {
		d.status = m[1]
		return nil, true
	}
	m := dictHeaders().FindStringSubmatch(text)
	if m == nil || d.url == "" && d.request == nil {
		return nil, false
	}
	if strings.EqualFold(m[1], "request") {
		d.request = dictLines(requestLine, m[2])
		return nil, true
	}
	if d.request == nil || d.status == "" {
		return nil, false
	}
	method := "GET" // the log does not name it
	for _, l := range d.request {
		if strings.HasPrefix(strings.ToLower(l.text), "content-length:") {
			method = "POST"
		}
	}
	r.program = requests
	lines := append([]line{{kind: requestLine, text: method + " " + d.url + " HTTP/1.1"}}, d.request...)
	lines = append(lines, line{kind: requestLine}, line{kind: responseLine, text: "HTTP/1.1 " + d.status})
	*d = dicts{url: d.url}
	return append(append(lines, dictLines(responseLine, m[2])...), line{kind: responseLine}), true
}

// dictLines returns the header lines of a dictionary.
func dictLines(k kind, text string) []line {
	var lines []line
	for _, m := range dictField().FindAllStringSubmatch(text, maxHeaderLines) {
		lines = append(lines, line{kind: k, text: m[1] + m[2] + ": " + m[3] + m[4]})
	}
	return lines
}
