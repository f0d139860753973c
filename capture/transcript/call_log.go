package transcript

import (
	"slices"
	"strconv"
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

// maxCalls is how many threads are held apart at a time.
const maxCalls = 64

// A callLog is what was read of the calls of one thread, which the prefix of its lines names in some logs.
type callLog struct {
	thread string // the prefix of its first line
	prefix string // of the lines of its current message
	conn   string // thread and server of its current request
	mode   mode
	mixed  bool      // the head of a message began within that of another one: whose lines follow is not known
	waits  []waiting // for their responses
	began  int       // requests that began while others waited
}

// A waiting request is one whose response has not come: where no thread is named, several may wait at once.
type waiting struct{ url, conn string }

// request takes a request, and returns its connection.
func (c *callLog) request(url string) string {
	conn := c.thread + " " + serverOf(url)
	if len(c.waits) > 0 {
		c.began++
		conn += " " + strconv.Itoa(c.began)
	}
	if len(c.waits) == maxCalls {
		c.waits = slices.Delete(c.waits, 0, 1)
	}
	c.waits = append(c.waits, waiting{url, conn})
	return conn
}

// response returns the connection of the request to which a response belongs that names its URL, or none. Where it may
// belong to several, it belongs to none, and none of them has one.
func (c *callLog) response(url string) string {
	mine := func(w waiting) bool { return url == "" || w.url == url }
	switch first := slices.IndexFunc(c.waits, mine); {
	case first < 0:
		return c.conn
	case slices.ContainsFunc(c.waits[first+1:], mine):
		c.waits = slices.DeleteFunc(c.waits, mine)
		c.began++
		return c.thread + " one of several " + strconv.Itoa(c.began)
	default:
		conn := c.waits[first].conn
		c.waits = slices.Delete(c.waits, first, first+1)
		return conn
	}
}

// begins takes the first line of a message.
func (c *callLog) begins(m mode) {
	c.mixed = c.mode == inRequest && m == inRequest || c.mode == inResponse && m == inResponse || c.mixed && c.mode != inBody
	c.mode = m
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
	for i := len(r.calls) - 1; i >= 0; i-- {
		if said, ok := cutPrefixLike(text, r.calls[i].prefix); ok {
			return r.calls[i].field(said), true
		}
	}
	return nil, true // the log's own
}

// field takes a line of a head or body.
func (c *callLog) field(said string) []line {
	if c.mode == inBody || c.mixed {
		return nil
	}
	k := map[mode]kind{inRequest: requestLine, inResponse: responseLine}[c.mode]
	if said == "" {
		c.mode = inBody
	}
	return []line{{k, c.conn, said}}
}

// callOf returns the calls of the thread that writes a prefix before its lines. The last one is that of the last
// message.
func (r *reader) callOf(prefix string) *callLog {
	c := callLog{thread: prefix}
	if n := len(r.calls); n > 0 {
		c.conn = r.calls[n-1].conn // a response may come on another thread than its request
	}
	i := slices.IndexFunc(r.calls, func(c callLog) bool {
		rest, ok := cutPrefixLike(prefix, c.prefix)
		return ok && rest == ""
	})
	if i < 0 && len(r.calls) == maxCalls {
		i = 0
	} else if i >= 0 {
		c = r.calls[i]
	}
	if i >= 0 {
		r.calls = slices.Delete(r.calls, i, i+1)
	}
	c.prefix = prefix
	r.calls = append(r.calls, c)
	return &r.calls[len(r.calls)-1]
}

// call takes what is behind an arrow.
func (r *reader) call(prefix, arrow, said string) ([]line, bool) {
	if m := callRequest().FindStringSubmatch(said); m != nil && arrow[0] == '-' {
		if r.program == "" {
			r.program = callProgram(arrow, m[3])
		}
		c := r.callOf(prefix)
		c.conn = c.request(m[2])
		c.begins(inRequest)
		return []line{{requestLine, c.conn, m[1] + " " + m[2] + " " + protoOf(m[3])}}, true
	}
	if r.program == "" {
		return nil, false
	}
	c := r.callOf(prefix)
	if m := callResponse().FindStringSubmatch(said); m != nil && arrow[0] == '<' {
		c.conn = c.response(m[3])
		c.begins(inResponse)
		return []line{{responseLine, c.conn, "HTTP/1.1 " + m[1] + " " + m[2]}}, true
	}
	ended := c.mode
	c.mode = inBody
	switch {
	case callFailed().MatchString(said):
		c.conn = c.response("")
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

// cutPrefixLike returns what is behind the prefix of a line, if that is like another one: its time and the width of its
// blanks may differ.
func cutPrefixLike(text, prefix string) (string, bool) {
	at := 0
	for at < len(prefix) && text != "" {
		n, m := len(prefix)-at-len(strings.TrimLeft(prefix[at:], digits)), len(text)-len(strings.TrimLeft(text, digits))
		switch {
		case n > 0:
			if m == 0 || prefix[at:at+n] != text[:m] && !ofTime(prefix, at, at+n) {
				return "", false
			}
		case strings.IndexByte(blanks, prefix[at]) >= 0 && strings.IndexByte(blanks, text[0]) >= 0:
			n, m = len(prefix)-at-len(strings.TrimLeft(prefix[at:], blanks)), len(text)-len(strings.TrimLeft(text, blanks))
		case prefix[at] != text[0]:
			return "", false
		default:
			n, m = 1, 1
		}
		at, text = at+n, text[m:]
	}
	return text, strings.TrimSpace(prefix[at:]) == "" // the blank behind it is gone where nothing follows
}

const digits, blanks = "0123456789", " \t"

// ofTime reports whether a number in a prefix counts up from line to line: it is in front, or joined to another one, as
// in 10:00:00.5. One by itself names a thread.
func ofTime(prefix string, from, to int) bool {
	joined := func(at, other int) bool {
		return at >= 0 && other >= 0 && max(at, other) < len(prefix) && strings.IndexByte("-:./,T", prefix[at]) >= 0 && strings.IndexByte(digits, prefix[other]) >= 0
	}
	return strings.TrimLeft(prefix[:from], blanks) == "" || joined(from-1, from-2) || joined(to, to+1)
}
