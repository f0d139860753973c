package capture

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strconv"
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
	rawURL    string
	url       *url.URL // nil if rawURL is none

	started  time.Time
	total    time.Duration
	sent     time.Duration // from started to the last byte of the request
	waited   time.Duration // from started to the first byte of the response
	fresh    bool          // a connection was made for this request
	server   string        // serverIPAddress
	port     string        // _serverPort (Playwright)
	conn     string        // connection: port or number of a connection
	connID   string        // _connectionId (Chrome)
	cached   string        // _fromCache (Chrome)
	protocol string        // _securityDetails.protocol: "TLS 1.3"
	trouble  string        // _error, _failureText ...: why there is no response
	body     string
	encoding string
}

func (e *harEntry) read() error {
	return e.object(func(name string) (err error) {
		switch name {
		case "startedDateTime":
			var s string
			s, err = e.string()
			e.started = harTime(s)
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
		case "_fromCache":
			e.cached, err = e.string()
		case "_securityDetails":
			err = e.object(func(name string) error {
				value, err := e.string()
				if name == "protocol" {
					e.protocol = value
				}
				return err
			})
		default:
			err = e.skip()
		}
		return err
	})
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
	case "content":
		err = e.object(e.contentMember)
	case "_error", "_failureText":
		e.trouble, err = e.string()
	default:
		err = e.messageMember(name, &r.Proto, &r.Header, &r.HeadLen, &r.BodyLen)
	}
	return err
}

// messageMember reads what requests and responses say alike.
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
		e.body = strings.Clone(e.body[:min(len(e.body), maxErrorBody*2)])
	case "encoding":
		e.encoding, err = e.string()
	default:
		err = e.skip()
	}
	return err
}

// headers reads a list of headers. Chrome and Firefox join lines of one name by line
// feeds; each is a line again here. The pseudo-headers of HTTP/2 are kept for Host.
func (e *harEntry) headers() (httpstream.Header, error) {
	var h httpstream.Header
	err := e.array(func() error {
		var name, value string
		err := e.object(func(member string) error {
			s, err := e.string()
			switch member {
			case "name":
				name = s
			case "value":
				value = s
			}
			return err
		})
		for line := range strings.SplitSeq(value, "\n") {
			if len(h) < maxHeaderLines {
				h = append(h, httpstream.Field{Name: name, Value: strings.TrimSpace(line)})
			}
		}
		return err
	})
	return h, err
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

// harTime reads an ISO 8601 time; the zero time if it is none.
func harTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// local says why the entry is no exchange with a server; "" if it is one.
func (e *harEntry) local() string {
	scheme, _, _ := strings.Cut(e.rawURL, ":")
	switch scheme = strings.ToLower(scheme); scheme {
	case "data", "blob", "about", "file", "javascript", "chrome-extension", "moz-extension", "chrome":
		return scheme + ": URL"
	}
	// Firefox gives what it took from its cache no header, version or address.
	bare := e.response.Status != 0 && len(e.response.Header) == 0 && e.response.Proto == "" && e.server == ""
	if e.cached != "" && e.cached != "false" || bare {
		return "answered from the browser's cache"
	}
	return ""
}

// exchange builds the exchange of the entry, without its connection.
func (e *harEntry) exchange(at httpstream.Pos) *httpstream.Exchange {
	x := &httpstream.Exchange{}
	e.finishRequest(at)
	x.Request = e.request
	if e.response.Status == 0 {
		why := e.trouble
		if why == "" {
			why = "no reason given"
		}
		x.Notes = append(x.Notes, httpstream.Note{Pos: at, Text: "no response is recorded: " + why})
		return x
	}
	e.finishResponse(at)
	x.Response = e.response
	return x
}

func (e *harEntry) finishRequest(at httpstream.Pos) {
	r := e.request
	r.Pos, r.Done = at, at
	r.Pos.Time = e.started
	r.Done.Time = later(e.started, e.sent)
	host := r.Header.Value("Host")
	if host == "" {
		host = r.Header.Value(":authority")
	}
	r.Target = e.rawURL
	if u, err := url.Parse(e.rawURL); err == nil && u.Host != "" {
		e.url = u
		r.Target = u.RequestURI()
		if host == "" {
			host = u.Host
		}
	}
	if r.Method == "CONNECT" && e.url != nil {
		r.Target = e.url.Host
	}
	r.Host = host
	r.Proto = firstOf(r.Proto, e.response.Proto, "HTTP/1.1")
	r.Header = withoutPseudo(r.Header)
}

func (e *harEntry) finishResponse(at httpstream.Pos) {
	r := e.response
	r.Pos, r.Done = at, at
	r.Pos.Time = later(e.started, e.waited)
	r.Done.Time = later(e.started, max(e.total, e.waited))
	r.Proto = firstOf(r.Proto, e.request.Proto)
	r.Header = withoutPseudo(r.Header)
	if r.Status >= 400 {
		r.Body = errorBody(e.body, e.encoding)
	}
}

func later(t time.Time, d time.Duration) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(d)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func withoutPseudo(h httpstream.Header) httpstream.Header {
	kept := h[:0]
	for _, f := range h {
		if !strings.HasPrefix(f.Name, ":") {
			kept = append(kept, f)
		}
	}
	return kept
}

func errorBody(text, encoding string) []byte {
	if encoding == "base64" {
		text = text[:min(len(text), maxErrorBody/3*4)&^3]
		b, _ := base64.StdEncoding.DecodeString(text)
		return b
	}
	return []byte(text[:min(len(text), maxErrorBody)])
}

// connection returns what identifies the connection in this file; "" if nothing does.
// HAR leaves it open whether "connection" is the port of the client or of the server;
// only the former tells connections apart.
func (e *harEntry) connection() string {
	if e.connID != "" && e.connID != "0" {
		return "id " + e.connID
	}
	if e.conn == "" || e.conn == "0" || e.conn == strconv.Itoa(int(e.serverPort())) {
		return ""
	}
	return fmt.Sprintf("%s %s", e.conn, e.server)
}

func (e *harEntry) serverPort() uint16 {
	port := e.port
	if port == "" && e.url != nil {
		port = e.url.Port()
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		return uint16(n)
	}
	if e.encrypted() {
		return 443
	}
	return 80
}

func (e *harEntry) encrypted() bool {
	return e.url != nil && (e.url.Scheme == "https" || e.url.Scheme == "wss")
}

// describe adds to the connection what the entry tells of it.
func (e *harEntry) describe(c *httpstream.Conn, everyLeg bool) {
	if ip, err := netip.ParseAddr(strings.Trim(e.server, "[]")); err == nil && !c.Server.IsValid() {
		c.Server = netip.AddrPortFrom(ip.Unmap(), e.serverPort())
	}
	c.SYN = c.SYN || everyLeg && e.fresh
	if e.encrypted() && c.TLS == nil && e.request.Method != "CONNECT" {
		c.TLS = &httpstream.TLS{Opened: true, Version: strings.TrimPrefix(e.protocol, "TLS ")}
		if e.request.Proto == "HTTP/2" {
			c.TLS.ALPN = "h2"
		}
	}
}
