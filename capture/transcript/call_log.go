package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// Loggers of Java's clients that print each message between two arrows, behind what the log puts before a line.
const (
	okHTTP      = "OkHttp"         // HttpLoggingInterceptor among its network interceptors
	okHTTPCalls = "OkHttp's calls" // the same above what answers challenges
	feign       = "Feign"          // its Logger is above the client that it uses
)

var (
	// callArrow is what both begin a message and end it with: two dashes of OkHttp, three of Feign.
	callArrow    = lazyregexp.New(`^(.*?)(---?>|<---?) (.+)$`)
	callRequest  = lazyregexp.New(`^([A-Z]+) (https?://\S+)(?: ([A-Za-z][\w./]*))?(?: \(.*body\))?$`)
	callResponse = lazyregexp.New(`^(?:HTTP/\S+ )?(\d{3})(?: (.*?))??(?: (https?://\S+))? \(\d+ ?ms(?:, .*)?\)$`)
	callFailed   = lazyregexp.New(`^(?:HTTP FAILED|ERROR \w+): .`)
)

// A callLog is what was read of such a log.
type callLog struct {
	prefix string // of the lines of the current message
	conn   string // the server of the current request
}

// callLine reads a line of such a log.
func (r *reader) callLine(text string) ([]line, bool) {
	if strings.Contains(text, "--> ") || strings.Contains(text, "<-- ") || strings.Contains(text, "<--- ") {
		if m := callArrow().FindStringSubmatch(text); m != nil {
			if lines, ok := r.call(m[1], m[2], m[3]); ok || r.program != "" {
				return lines, true
			}
		}
	}
	if r.program == "" {
		return nil, false
	}
	if r.mode == inBody {
		return nil, true
	}
	said, ok := cutPrefixLike(text, r.calls.prefix)
	if !ok { // of another thread, or the log's own
		return nil, true
	}
	k := map[mode]kind{inRequest: requestLine, inResponse: responseLine}[r.mode]
	if said == "" {
		r.mode = inBody
	}
	return []line{{k, r.calls.conn, said}}, true
}

// call takes what is behind an arrow.
func (r *reader) call(prefix, arrow, said string) ([]line, bool) {
	c := &r.calls
	if m := callRequest().FindStringSubmatch(said); m != nil && arrow[0] == '-' {
		if r.program == "" {
			r.program = callProgram(arrow, m[3])
		}
		*c = callLog{prefix: prefix, conn: serverOf(m[2])}
		r.mode = inRequest
		return []line{{requestLine, c.conn, m[1] + " " + m[2] + " " + protoOf(m[3])}}, true
	}
	if r.program == "" {
		return nil, false
	}
	if m := callResponse().FindStringSubmatch(said); m != nil && arrow[0] == '<' {
		if c.prefix = prefix; m[3] != "" {
			c.conn = serverOf(m[3])
		}
		r.mode = inResponse
		return []line{{responseLine, c.conn, "HTTP/1.1 " + m[1] + " " + m[2]}}, true
	}
	ended := r.mode
	r.mode = inBody
	switch {
	case callFailed().MatchString(said):
		return []line{{remark, c.conn, said}, {remark, c.conn, "Closing connection"}}, true
	case ended == inRequest:
		return []line{{requestLine, c.conn, ""}}, true
	}
	return []line{{responseLine, c.conn, ""}}, true
}

// callProgram returns the logger that writes a request with that arrow and that protocol, which OkHttp names if the
// request goes over a connection.
func callProgram(arrow, proto string) string {
	switch {
	case arrow == "--->":
		return feign
	case proto == "":
		return okHTTPCalls
	}
	return okHTTP
}

// protoOf returns the protocol that a logger names: h2, http/1.1, or none.
func protoOf(name string) string {
	if strings.HasPrefix(name, "h2") {
		return "HTTP/2"
	}
	return "HTTP/1.1"
}

// serverOf returns scheme, host and port of a URL.
func serverOf(url string) string {
	at := strings.Index(url, "://") + len("://")
	if end := strings.IndexAny(url[at:], "/?#"); end >= 0 {
		return url[:at+end]
	}
	return url
}

// cutPrefixLike returns what is behind the prefix of a line, if that is like another one: its numbers and the width
// of its blanks may differ.
func cutPrefixLike(text, prefix string) (string, bool) {
	const digits, blanks = "0123456789", " \t"
	for prefix != "" && text != "" {
		class := prefix[:1]
		if strings.Contains(digits, class) {
			class = digits
		} else if strings.Contains(blanks, class) {
			class = blanks
		}
		rest := strings.TrimLeft(text, class)
		if len(rest) == len(text) {
			return "", false
		}
		if prefix, text = prefix[1:], text[1:]; len(class) > 1 {
			prefix, text = strings.TrimLeft(prefix, class), rest
		}
	}
	return text, strings.TrimSpace(prefix) == "" // the blank behind it is gone where nothing follows
}
