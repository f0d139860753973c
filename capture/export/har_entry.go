package export

import (
	"cmp"
	"math"
	"net/url"
	"strings"
	"time"

	"negotrace/httpstream"
)

// A harEntry is one entry of a HAR (HTTP Archive 1.2, "entries") while it is read.
type harEntry struct {
	*jsonReader
	request   *httpstream.Request // allocated apart: they outlive the entry
	response  *httpstream.Response
	requested bool // there is a request object
	leftOut   int  // header lines
	cutLines  int  // header lines of which the rest is left out
	rawURL    string
	url       *url.URL // nil if rawURL is none

	started  httpstream.Time
	total    time.Duration
	sent     time.Duration // from started to the last byte of the request
	waited   time.Duration // from started to the first byte of the response
	fresh    bool          // a connection was made for this request
	server   string        // serverIPAddress
	port     string        // _serverPort (Playwright)
	conn     string        // connection: port or number of a connection
	connID   string        // _connectionId (Chrome)
	pageID   string        // pageref
	cached   string        // _fromCache (Chrome)
	protocol string        // _securityDetails.protocol: "TLS 1.3"
	trouble  string        // _error, _failureText ...: why there is no response
	reason   string        // statusText of the response
	body     string
	encoding string

	wrongBefore int // what jsonReader.wrong was before it
}

func (h *harReader) newEntry() *harEntry {
	h.wrongAt = ""
	return &harEntry{jsonReader: h.jsonReader, request: &httpstream.Request{}, response: &httpstream.Response{}, wrongBefore: h.wrong}
}

// member reads one member of the entry.
func (e *harEntry) member(name string) (err error) {
	switch name {
	case "startedDateTime":
		var s string
		s, err = e.string()
		if e.started = harTime(s); err == nil && e.started.IsZero() {
			e.notOfKind()
		}
	case "time":
		e.total, err = e.milliseconds()
	case "request":
		e.requested = true
		err = e.object(e.requestMember)
	case "response":
		err = e.object(e.responseMember)
	case "timings":
		err = e.timings()
	case "serverIPAddress":
		e.server, err = e.string()
	case "_serverPort":
		e.port, err = e.string()
	case "connection":
		e.conn, err = e.string()
	case "_connectionId":
		e.connID, err = e.string()
	case "pageref":
		e.pageID, err = e.string()
	case "_error", "_failureText":
		var s string
		s, err = e.string()
		e.trouble = cmp.Or(e.trouble, s)
	case "_fromCache":
		e.cached, err = e.string()
	case "_securityDetails":
		err = e.object(e.securityMember)
	default:
		err = e.skip()
	}
	return err
}

func (e *harEntry) securityMember(name string) error {
	value, err := e.string()
	if name == "protocol" {
		e.protocol = value
	}
	return err
}

func (e *harEntry) requestMember(name string) (err error) {
	r := e.request
	switch name {
	case "method":
		r.Method, err = e.string()
	case "url":
		e.rawURL, err = e.string()
	default:
		err = e.messageMember(name, &r.Proto, &r.Header, &r.HeadLen, &r.BodyLen)
	}
	return err
}

func (e *harEntry) responseMember(name string) (err error) {
	r := e.response
	switch name {
	case "status":
		r.Status, err = e.size()
	case "statusText":
		e.reason, err = e.string()
	case "content":
		err = e.object(e.contentMember)
	case "_error", "_failureText":
		e.trouble, err = e.string()
	default:
		err = e.messageMember(name, &r.Proto, &r.Header, &r.HeadLen, &r.BodyLen)
	}
	return err
}

// messageMember reads the members that requests and responses have in common.
func (e *harEntry) messageMember(name string, proto *string, header *httpstream.Header, headLen *int, bodyLen *int64) (err error) {
	switch name {
	case "httpVersion":
		*proto, err = e.proto()
	case "headers":
		*header, err = e.headers()
	case "headersSize":
		*headLen, err = e.size()
	case "bodySize":
		var n int
		n, err = e.size()
		*bodyLen = int64(n)
	default:
		err = e.skip()
	}
	return err
}

func (e *harEntry) contentMember(name string) (err error) {
	switch name {
	case "text":
		e.body, err = e.string()
		e.body = strings.Clone(e.body[:min(len(e.body), maxBody*2)])
	case "encoding":
		e.encoding, err = e.string()
	default:
		err = e.skip()
	}
	return err
}

// headers reads a list of headers, or an object with a member for each name, as programs write it
// that keep headers in a map.
func (e *harEntry) headers() (h httpstream.Header, err error) {
	if c, err := e.peek(); err == nil && c == '{' {
		err = e.object(func(name string) error {
			if c, err := e.peek(); err != nil || c != '[' {
				return e.headerOf(&h, name)
			}
			return e.array(func() error { return e.headerOf(&h, name) })
		})
		return h, err
	}
	err = e.array(func() error {
		var name, value string
		err := e.object(func(member string) error {
			s, err := e.string()
			if e.cut {
				e.cutLines++
			}
			switch member {
			case "name":
				name = s
			case "value":
				value = s
			}
			return err
		})
		e.header(&h, name, value)
		return err
	})
	return h, err
}

// headerOf reads the value of a header whose name is known.
func (e *harEntry) headerOf(h *httpstream.Header, name string) error {
	value, err := e.string()
	if e.cut {
		e.cutLines++
	}
	e.header(h, name, value)
	return err
}

// header adds a header. Chrome and Firefox join lines of one name by line feeds; they are
// separated again here. The pseudo-headers of HTTP/2 are kept for Host.
func (e *harEntry) header(h *httpstream.Header, name, value string) {
	for line := range strings.SplitSeq(value, "\n") {
		if len(*h) == maxHeaderLines {
			e.leftOut++
			continue
		}
		*h = append(*h, httpstream.Field{Name: name, Value: strings.TrimSpace(line)})
	}
}

// timings reads when the parts of the exchange took place; -1 is "does not apply".
func (e *harEntry) timings() error {
	return e.object(func(name string) error {
		d, err := e.milliseconds()
		switch name {
		case "blocked", "dns", "send":
			e.sent += d
			e.waited += d
		case "connect": // "ssl" is part of it
			e.sent += d
			e.waited += d
			e.fresh = e.fresh || d > 0
		case "wait":
			e.waited += d
		}
		return err
	})
}

// milliseconds reads a duration; 0 for none.
func (e *harEntry) milliseconds() (time.Duration, error) {
	n, err := e.number()
	if !(n > 0 && n < 1e12) {
		return 0, err
	}
	return time.Duration(n * float64(time.Millisecond)), err
}

// size reads a count; 0 for none or unknown (-1).
func (e *harEntry) size() (int, error) {
	n, err := e.number()
	if !(n > 0 && n <= math.MaxInt32) {
		return 0, err
	}
	return int(n), err
}

func (e *harEntry) proto() (string, error) {
	s, err := e.string()
	return httpProto(s), err
}

// httpProto returns the HTTP version as Request.Proto has it, from any of the names
// that browsers give it.
func httpProto(s string) string {
	switch strings.ToLower(s) {
	case "h2", "http/2", "http/2.0", "http/2+quic/46":
		return "HTTP/2"
	case "h3", "http/3", "http/3.0", "h3-29", "quic":
		return "HTTP/3"
	case "http/1.0":
		return "HTTP/1.0"
	case "http/1.1":
		return "HTTP/1.1"
	}
	return ""
}

// local reports whether the entry is no request to a server: the browser had the response already.
func (e *harEntry) local() bool {
	scheme, _, _ := strings.Cut(e.rawURL, ":")
	switch strings.ToLower(scheme) {
	case "data", "blob", "about", "file", "javascript", "chrome-extension", "moz-extension", "chrome":
		return true
	}
	return false
}

// fromCache reports whether the browser answered the request itself. Firefox gives a response from
// its cache no header, version or address. It caches no refusals.
func (e *harEntry) fromCache() bool {
	status := e.response.Status
	bare := status >= 200 && status < 400 && len(e.response.Header) == 0 && e.response.Proto == "" && e.server == ""
	return e.cached != "" && e.cached != "false" || bare
}
