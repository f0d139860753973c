package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// httpx is a library of Python. Its log has the first line of each request and the status of its
// response, and at level DEBUG the response's header lines, but no header line of a request.
const httpx = "httpx"

var (
	httpxDone  = lazyregexp.New(`\bHTTP Request: ([A-Z]+) (https?://\S+) "(HTTP/[\d.]+) (\d{3}) ?([^"]*)"$`)
	httpxHead  = lazyregexp.New(`\breceive_response_headers\.complete return_value=\((?:b'HTTP/[\d.]+', )?\d{3}, .*\[(.*)\]\)$`)
	httpxField = lazyregexp.New(`\(b(?:'([^']*)'|"([^"]*)"), b(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\)`)
)

// httpxLine reads a line of such a log.
func (r *reader) httpxLine(text string) ([]line, bool) {
	if !strings.Contains(text, "HTTP Request: ") && !strings.Contains(text, "receive_response_headers") {
		return nil, false
	}
	if m := httpxHead().FindStringSubmatch(text); m != nil {
		r.head = nil
		for _, f := range httpxField().FindAllStringSubmatch(m[1], maxHeaderLines) {
			r.head = append(r.head, f[1]+f[2]+": "+f[3]+f[4])
		}
		return nil, true
	}
	m := httpxDone().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	r.program = httpx
	host, _, _ := strings.Cut(m[2][strings.Index(m[2], "://")+3:], "/")
	lines := []line{{remark, host, "Closing connection"}, {requestLine, host, m[1] + " " + m[2] + " " + m[3]}, {requestLine, host, ""}, {responseLine, host, m[3] + " " + m[4] + " " + m[5]}}
	for _, f := range r.head {
		lines = append(lines, line{responseLine, host, f})
	}
	r.head = nil
	return append(lines, line{responseLine, host, ""}), true
}
