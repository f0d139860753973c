package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// A pane is text from the Headers pane of a browser's DevTools: a general part, and the header
// lines of the response and of the request, in either order. Newer versions put each value in the
// line after its name, with or without a colon. With HTTP/2 the general part may be missing,
// because the request has its content.
type pane struct {
	url, method, status     string
	scheme, authority, path string // pseudo-header fields (RFC 9113 section 8.3.1)
	part                    string // "general", "response" or "request"
	name                    string // whose value comes in the next line
	open                    bool
	request, response       []string
}

var (
	paneGeneral = lazyregexp.New(`(?i)^(request url|request method|status code|remote address|referrer policy)\s*:?\s*(.*)$`)
	panePart    = lazyregexp.New(`(?i)^(request|response) headers( \(\d+.*\))?$`)
	// requestsOnly are header lines with which the part of the request begins.
	requestsOnly = lazyregexp.New(`(?i)^(:authority|:method|accept|host)(:|$)`)
	// bareName is a name without a colon in a line of its own.
	bareName = lazyregexp.New(`^:?[A-Za-z][A-Za-z0-9-]*$`)
	// paneNames are header lines that most messages have.
	paneNames = lazyregexp.New(`(?i)^(?::(?:authority|method|path|scheme)|accept|accept-(?:encoding|language|ranges)|access-control-[a-z-]+|age|allow|authorization|cache-control|connection|content-(?:length|type|encoding|security-policy)|cookie|date|etag|expires|host|if-[a-z-]+|keep-alive|last-modified|location|origin|persistent-auth|pragma|proxy-[a-z-]+|referer|sec-[a-z-]+|server|set-cookie|strict-transport-security|transfer-encoding|upgrade-insecure-requests|user-agent|vary|via|www-authenticate|x-[a-z-]+)$`)
	// namesNames are header lines whose values are names of header lines.
	namesNames = lazyregexp.New(`(?i)^(?:vary|connection|trailer|access-control-(?:allow|expose|request)-headers)$`)
	pseudoName = lazyregexp.New(`^:(?:authority|method|path|scheme)(?::|$)`)
	paneField  = lazyregexp.New(`^:?([A-Za-z0-9-]+):(?:\s+(.*))?$`)
)

// paneLine takes a line of a pane, and reports whether it is one. At the beginning of the next
// pane it returns the lines of the previous one.
func (r *reader) paneLine(text string) ([]line, bool) {
	p := &r.pane
	text = strings.TrimSpace(text)
	if m := paneGeneral().FindStringSubmatch(text); m != nil {
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
	if !p.open && r.program == "" && !r.begun && pseudoName().MatchString(text) {
		*p = pane{open: true, part: "request"}
	}
	if !p.open {
		return nil, false
	}
	if m := panePart().FindStringSubmatch(text); m != nil {
		p.part, p.name = strings.ToLower(m[1]), ""
		return nil, true
	}
	p.value(text)
	return nil, true
}

// general sets the member of the general part that was named last.
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
	m := paneField().FindStringSubmatch(text)
	bare := m == nil && p.name == "" && bareName().MatchString(text)
	switch {
	case p.part == "general" && (p.name != "" || m == nil && !(bare && paneNames().MatchString(text))):
		p.general(text)
		return
	case p.part == "general": // the headings were not copied
		p.part = "response"
	case p.part == "response" && p.name == "" && (m != nil || bare) && requestsOnly().MatchString(text):
		p.part = "request"
	}
	switch {
	case text == "":
	case p.name != "" && paneNames().MatchString(text) && !namesNames().MatchString(p.name): // an empty value was not copied
		p.name = text
	case p.name != "":
		p.field(p.name, text)
		p.name = ""
	case m != nil && m[2] != "":
		p.field(text[:strings.Index(text[1:], ":")+1], m[2])
	case m != nil:
		p.name = strings.TrimSuffix(text, ":")
	case bare:
		p.name = text
	}
}

// field adds a header line to the part that is being read.
func (p *pane) field(name, value string) {
	switch name {
	case ":method":
		p.method = value
	case ":scheme":
		p.scheme = value
	case ":authority":
		p.authority = value
	case ":path":
		p.path = value
	}
	fields := &p.response
	if p.part == "request" {
		fields = &p.request
	}
	if len(*fields) < maxHeaderLines {
		*fields = append(*fields, strings.TrimPrefix(name, ":")+": "+value)
	}
}

// address returns the URL of the request; empty if the pane does not have it.
func (p *pane) address() string {
	if p.url == "" && p.scheme != "" && p.authority != "" && strings.HasPrefix(p.path, "/") {
		return p.scheme + "://" + p.authority + p.path
	}
	return p.url
}

// paneEnd returns the lines of the pane that was read.
func (r *reader) paneEnd() []line {
	p := r.pane
	r.pane = pane{}
	url := p.address()
	if !p.open || url == "" {
		return nil
	}
	r.program = devTools
	method := p.method
	if method == "" {
		method = "GET"
	}
	lines := []line{{kind: requestLine, text: method + " " + url + " HTTP/1.1"}}
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
