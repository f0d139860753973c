package transcript

import (
	"regexp"
	"strings"
)

// A pane is what somebody copied from the Headers pane of a browser's DevTools: a general
// part, and the header lines of the response and the request, in either order. Newer
// versions put each value in the line behind its name.
type pane struct {
	url, method, status string
	part                string // "general", "response" or "request"
	name                string // whose value comes in the next line
	open                bool
	request, response   []string
}

var (
	paneGeneral = regexp.MustCompile(`(?i)^(request url|request method|status code|remote address|referrer policy)\s*:?\s*(.*)$`)
	panePart    = regexp.MustCompile(`(?i)^(request|response) headers( \(\d+.*\))?$`)
	// requestsOnly are header lines with which those of a request begin.
	requestsOnly = regexp.MustCompile(`(?i)^(:authority|:method|accept|host):`)
	paneField    = regexp.MustCompile(`^:?([A-Za-z0-9-]+):(?:\s+(.*))?$`)
)

// paneLine takes a line of a pane, and reports whether it is one. At the beginning of the
// next pane it returns the lines of the one before.
func (r *reader) paneLine(text string) ([]line, bool) {
	p := &r.pane
	text = strings.TrimSpace(text)
	if m := paneGeneral.FindStringSubmatch(text); m != nil {
		name := strings.ToLower(m[1])
		var done []line
		if name == "request url" {
			done = r.paneEnd()
			p.open, r.program = true, devTools
		}
		if p.open {
			p.part, p.name = "general", name
			p.general(m[2])
			return done, true
		}
	}
	if !p.open {
		return nil, false
	}
	if m := panePart.FindStringSubmatch(text); m != nil {
		p.part, p.name = strings.ToLower(m[1]), ""
		return nil, true
	}
	p.value(text)
	return nil, true
}

// general sets the value of the member of the general part that was named last.
func (p *pane) general(value string) {
	if value == "" {
		return
	}
	switch p.name {
	case "request url":
		p.url = value
	case "request method":
		p.method = value
	case "status code":
		p.status = strings.TrimSpace(strings.Trim(value, "\u25cf \u26aa"))
	}
	p.name = ""
}

// value takes a line that is a header line, a name or a value.
func (p *pane) value(text string) {
	fields := &p.response
	m := paneField.FindStringSubmatch(text)
	switch {
	case p.part == "general" && (p.name != "" || m == nil):
		p.general(text)
		return
	case p.part == "general": // the headings were not copied
		p.part = "response"
	case p.part == "response" && p.name == "" && m != nil && requestsOnly.MatchString(text):
		p.part = "request"
	}
	switch {
	case p.part == "request":
		fields = &p.request
	}
	switch {
	case text == "" || len(*fields) >= maxHeaderLines:
	case p.name != "":
		*fields = append(*fields, p.name+": "+text)
		p.name = ""
	case m != nil && m[2] != "":
		*fields = append(*fields, m[1]+": "+m[2])
	case m != nil:
		p.name = m[1]
	}
}

// paneEnd returns the lines of the pane that was read.
func (r *reader) paneEnd() []line {
	p := r.pane
	r.pane = pane{}
	if !p.open || p.url == "" {
		return nil
	}
	method := p.method
	if method == "" {
		method = "GET"
	}
	lines := []line{{kind: requestLine, text: method + " " + p.url + " HTTP/1.1"}}
	for _, f := range p.request {
		lines = append(lines, line{kind: requestLine, text: f})
	}
	lines = append(lines, line{kind: requestLine})
	if p.status != "" {
		lines = append(lines, line{kind: responseLine, text: "HTTP/1.1 " + p.status})
		for _, f := range p.response {
			lines = append(lines, line{kind: responseLine, text: f})
		}
		lines = append(lines, line{kind: responseLine})
	}
	return lines
}
