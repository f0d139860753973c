package transcript

import (
	"net/url"
	"strconv"
	"strings"

	"negotrace/capture/export"
	"negotrace/httpstream"
	"negotrace/internal/lazyregexp"
	"negotrace/tokens"
)

// An assembler makes exchanges on connections from lines.
type assembler struct {
	out         *export.Out
	conns       map[string]*conn // by name; "" for a program that has one at a time
	exchanges   int
	requestless int    // exchanges with only a response
	headless    int    // header lines of requests whose first line is not in the text
	redacted    int    // credentials left out or shortened
	traced      int    // lines of KRB5_TRACE
	emitted     bool   // an exchange was passed on
	failed      int    // calls without a response
	failure     string // of the first of them
	program     *httpstream.Recorder
}

func newAssembler(out *export.Out) *assembler {
	return &assembler{out: out, conns: map[string]*conn{}, program: &httpstream.Recorder{}}
}

// setProgram sets the program that wrote the text, before its first request.
func (a *assembler) setProgram(name string) {
	if a.exchanges == 0 {
		a.program.Program, a.program.Library = name, name == requests || name == okHTTPCalls || name == feign
		a.program.LastOnly = a.program.Library || name == devTools
		a.program.NoHeaders = name == urllib3 || name == httpx || name == clientFactory
	}
}

// leavesOutHeaders reports whether a program logs header lines at some of its levels only.
func leavesOutHeaders(name string) bool {
	return name == okHTTP || name == okHTTPCalls || name == feign || name == javaNet
}

// take takes the next line.
func (a *assembler) take(l line) {
	switch l.kind {
	case other:
		if traceLine().MatchString(l.text) {
			a.traced++
		}
		return
	case remark:
		a.remark(a.connOf(l.conn), l.text)
		if l.conn != "" && closing().MatchString(l.text) {
			a.emit(a.conns[l.conn])
			a.close(a.conns[l.conn])
			delete(a.conns, l.conn)
		}
		return
	}
	c := a.connOf(l.conn)
	switch {
	case l.kind == requestLine && isRequestLine(l.text):
		a.request(c, l.text)
	case l.kind == responseLine && isStatusLine(l.text):
		a.response(c, l.text)
	case l.text == "":
		c.head = nil
	case c.head != nil && (l.kind == requestLine) == (c.current.Response == nil):
		a.field(c, l.text)
	case l.kind == requestLine && fieldLine().MatchString(l.text):
		a.headless++
	}
}

// request begins an exchange.
func (a *assembler) request(c *conn, text string) {
	if c.current != nil {
		if c.waiting = nil; c.current.Response == nil {
			c.waiting = c.current.Request
		}
	}
	a.emitOver(c)
	if c.tunnel != nil {
		a.out.Conn(c.Conn)
		inner := a.newConn()
		inner.Client, inner.Server, inner.SYN, inner.Tunnel = c.Client, c.Server, c.SYN, c.tunnel
		inner.TLS, inner.TLSUnknown = c.inner, c.inner == nil
		c.Conn, c.tunnel, c.inner = inner, nil, nil
	}
	w := strings.Fields(text)
	at := a.next(c)
	q := &httpstream.Request{Pos: at, Done: at, Method: w[0], Target: w[1], Proto: proto(w[2]), HeadLen: len(text) + 4}
	c.TLSUnknown = c.TLS == nil && (c.TLSUnknown || !c.SYN || usuallyTLS(c.Server.Port()))
	if u, err := url.Parse(w[1]); err == nil && u.Host != "" {
		q.Host, c.TLSUnknown = u.Host, false
		if u.Scheme == "https" && c.TLS == nil {
			c.TLS = &httpstream.TLS{Opened: true}
		}
	}
	if q.Method == "CONNECT" {
		q.Host = w[1]
	}
	c.current = &httpstream.Exchange{Conn: c.Conn, Request: q}
	c.head = &q.Header
	a.notes(c)
}

// response takes the first line of a response.
func (a *assembler) response(c *conn, text string) {
	w := strings.Fields(text)
	status, _ := strconv.Atoi(w[1]) // isStatusLine has read it
	switch {
	case c.current != nil && c.current.Response == nil && !(c.isOneOfSeveral() && status >= 200):
	case (c.current == nil || c.over || c.current.Request == nil || c.isOneOfSeveral()) && (status >= 200 || status == 101):
		a.alone(c)
	default:
		c.head = nil // no request for it is here
		a.out.Counters.Undecodable("response without its request", c.End)
		return
	}
	if status < 200 && status != 101 {
		a.out.AddInterim(c.current, status, c.End)
		c.head = nil
		return
	}
	c.leftOut()
	c.byPort()
	at := c.End
	c.status = status
	s := &httpstream.Response{Pos: at, Done: at, Proto: proto(w[0]), Status: status, HeadLen: len(text) + 4}
	s.Reason = httpstream.UnusualReason(status, strings.Join(w[2:], " "))
	c.current.Response, c.head = s, &s.Header
	if q := c.current.Request; q != nil && q.Method == "CONNECT" && status/100 == 2 {
		c.tunnel = c.current
	}
}

func proto(text string) string {
	if strings.HasPrefix(text, "HTTP/2") || strings.HasPrefix(text, "HTTP/3") {
		return text[:len("HTTP/2")]
	}
	return text
}

// field adds a header line to the head that is being read.
func (a *assembler) field(c *conn, text string) {
	name, value, ok := strings.Cut(text, ":")
	if !ok || strings.ContainsAny(name, " \t") {
		a.wrapped(c, text)
		return
	}
	if len(*c.head) >= maxHeaderLines {
		a.out.Counters.Drop(headerLinesDropped, 1, c.End)
		return
	}
	value = strings.TrimSpace(value)
	*c.head = append(*c.head, httpstream.Field{Name: name, Value: value})
	if c.current.Response == nil {
		c.current.Request.HeadLen += len(text) + 2
		if strings.EqualFold(name, "Host") {
			c.current.Request.Host = value
		}
	} else {
		c.current.Response.HeadLen += len(text) + 2
	}
}

// tokenPart is a line of a token.
var tokenPart = lazyregexp.New(`^[A-Za-z0-9+/]+={0,2}$`)

// wrapped takes a line of a head that begins no header line: the next part of a token that was broken
// into lines before it was pasted.
func (a *assembler) wrapped(c *conn, text string) {
	n := len(*c.head)
	if n == 0 || !tokenPart().MatchString(text) {
		return
	}
	last := &(*c.head)[n-1]
	scheme, token, _ := strings.Cut(last.Value, " ")
	if tokens.IsTokenScheme(scheme) && len(token) < maxLine && (token == "" || tokenPart().MatchString(token)) {
		last.Value = scheme + " " + token + text
	}
}

// emit passes on the current exchange of a connection.
func (a *assembler) emit(c *conn) {
	if c.current == nil {
		return
	}
	a.notes(c)
	x := c.current
	cut := c.head != nil && x.Response != nil
	c.current, c.head = nil, nil
	if cut && (x.Response.Status == httpstream.StatusUnauthorized && !x.Response.Header.Has("WWW-Authenticate") || x.Response.Status == httpstream.StatusProxyAuthRequired && !x.Response.Header.Has("Proxy-Authenticate")) {
		x.Response.HeadCut = true // its challenge may be in a part that was not pasted
	}
	if x.Request != nil {
		_, redacted := export.CountCredentials(x.Request)
		a.redacted += redacted
	}
	if !a.emitted && leavesOutHeaders(a.program.Program) { // at its level for all messages, or for none
		a.program.NoHeaders = (x.Request == nil || len(x.Request.Header) == 0) && (x.Response == nil || len(x.Response.Header) == 0)
	}
	a.emitted = true
	a.out.Exchange(x)
}

// emitOver passes on the current exchange where another one begins. What the program said after it was done
// with it is about the next one.
func (a *assembler) emitOver(c *conn) {
	if !c.over {
		a.emit(c)
		return
	}
	next := c.remarks
	c.remarks = nil
	a.emit(c)
	c.remarks, c.over = next, false
}

// end passes on what is left, in the order of the connections' first requests.
func (a *assembler) end() {
	for _, c := range byStart(a.conns) {
		a.emit(c)
		a.close(c)
	}
	clear(a.conns)
}
