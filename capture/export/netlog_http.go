package export

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// A netlogRequester is a source that sends requests: a URL_REQUEST, or the socket (or
// stream) on which a tunnel is asked for.
type netlogRequester struct {
	url, method string
	pageScheme  string // of the Authorization that the page itself set; empty if it set none in clear
	job         int64
	tunnel      bool    // it asks for a tunnel
	last        *held   // its latest exchange
	controllers []int64 // HTTP_AUTH_CONTROLLERs it was bound to
}

func (n *netlogReader) requester(id int64) *netlogRequester {
	t := n.requesters[id]
	if t == nil {
		t = &netlogRequester{}
		keep(n, n.requesters, id, t)
	}
	return t
}

// http takes the events of requests and responses and reports whether e is one.
func (n *netlogReader) http(e *netlogEvent) bool {
	switch e.name {
	case "URL_REQUEST_START_JOB":
		if n.begins(e) {
			t := n.requester(e.Source.ID)
			t.url, t.method = e.URL, e.Method
		}
	case "CORS_REQUEST":
		if scheme := pageScheme(e.RequestHeaders); scheme != "" {
			n.omissions.clear++
			n.requester(e.Source.ID).pageScheme = scheme
		}
	case "HTTP_STREAM_REQUEST_BOUND_TO_JOB":
		n.bindJob(n.requester(e.Source.ID), e)
	case "HTTP_TRANSACTION_SEND_REQUEST_HEADERS":
		if !n.requester(e.Source.ID).tunnel { // newer versions log the head of a CONNECT twice
			n.send(e, "")
		}
	case "HTTP_TRANSACTION_HTTP2_SEND_REQUEST_HEADERS":
		n.send(e, "HTTP/2")
	case "HTTP_TRANSACTION_QUIC_SEND_REQUEST_HEADERS":
		n.send(e, "HTTP/3")
	case "HTTP_TRANSACTION_SEND_TUNNEL_HEADERS":
		n.sendTunnel(e)
	case "HTTP_TRANSACTION_SEND_REQUEST_BODY":
		if m := n.requester(e.Source.ID).last; m != nil && !m.emitted && e.Length > 0 {
			m.exchange.Request.BodyLen = e.Length
		}
	case "HTTP_TRANSACTION_READ_RESPONSE_HEADERS":
		n.receive(e)
	case "HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS":
		n.receive(e)
		n.openTunnel(e)
	case "HTTP_TRANSACTION_READ_EARLY_HINTS_RESPONSE_HEADERS":
		if m := n.requester(e.Source.ID).last; m != nil && !m.emitted {
			n.out.AddInterim(m.exchange, 103, e.at)
		}
	case "HTTP_TRANSACTION_READ_HEADERS", "HTTP_TRANSACTION_SEND_REQUEST", "FAILED":
		n.fail(e)
	case "URL_REQUEST_JOB_FILTERED_BYTES_READ":
		n.body(e)
	case "REQUEST_ALIVE":
		if t := n.requesters[e.Source.ID]; t != nil && n.ends(e) {
			delete(n.requesters, e.Source.ID)
			n.forgetJob(t.job)
		}
	default:
		return false
	}
	return true
}

// send begins the exchange of a request that a transaction sends.
func (n *netlogReader) send(e *netlogEvent, proto string) {
	t := n.requester(e.Source.ID)
	x := &httpstream.Exchange{Request: n.request(e, t, proto), Source: e.Source.ID}
	secure := strings.HasPrefix(t.url, "https:") || strings.HasPrefix(t.url, "wss:")
	if s := n.connOf(t); s != nil {
		x.Conn = s.conn()
		if c := x.Conn; secure && c.TLS != nil && c.TLS.SNI == "" {
			c.TLS.SNI = serverName(t.url)
		}
	} else {
		x.Conn = n.conns.connection("")
		if secure {
			x.Conn.TLS = &httpstream.TLS{Opened: true, SNI: serverName(t.url)}
		}
	}
	x.Conn.HTTP = true
	n.add(e, x, t)
}

func (n *netlogReader) add(e *netlogEvent, x *httpstream.Exchange, t *netlogRequester) {
	n.omissions.add(len(e.Headers), x.Request.Header)
	n.preempt(x, t)
	t.last = n.buffer.addExchange(x)
}

// request builds a request from the event that logs its head, and from the URL request if the
// capture mode omits the head.
func (n *netlogReader) request(e *netlogEvent, t *netlogRequester, proto string) *httpstream.Request {
	q := &httpstream.Request{Pos: e.at, Done: e.at, Method: t.method, Proto: proto}
	method, rest, _ := strings.Cut(strings.TrimRight(e.Line, "\r\n"), " ")
	if target, version, ok := cutLast(rest, " "); ok {
		q.Method, q.Target, q.Proto = method, target, version
	}
	q.Header, q.HeadLen = netlogFields(e.Headers)
	n.out.Counters.Drop(headerLinesDropped, len(e.Headers)-maxHeaderLines, e.at)
	for i := range q.Header {
		if f := &q.Header[i]; t.pageScheme != "" && strings.EqualFold(f.Name, "Authorization") && strings.HasPrefix(f.Value, "[") {
			f.Value = t.pageScheme + " " + f.Value
		}
	}
	q.HeadLen += len(e.Line)
	if q.Proto == "" {
		q.Proto = "HTTP/1.1"
	}
	if v := q.Header.Value(":method"); v != "" {
		q.Method = v
	}
	if v := q.Header.Value(":path"); v != "" {
		q.Target = v
	}
	q.Host = firstOf(q.Header.Value("Host"), q.Header.Value(":authority"))
	q.Header = withoutPseudo(q.Header)
	if u, err := url.Parse(t.url); err == nil {
		if q.Host == "" {
			q.Host = u.Host
		}
		if q.Target == "" {
			q.Target = u.RequestURI()
		}
	}
	if size, err := strconv.ParseInt(q.Header.Value("Content-Length"), 10, 64); err == nil && size > 0 {
		q.BodyLen = size
	}
	return q
}

// receive takes the head of a response.
func (n *netlogReader) receive(e *netlogEvent) {
	m := n.requester(e.Source.ID).last
	if m == nil || m.emitted {
		n.out.Counters.Undecodable("response to a request before the log", e.at)
		return
	}
	x := m.exchange
	if e.at.Time.Before(x.Request.Pos.Time) {
		n.out.Counters.Undecodable("response that is older than its request", e.at)
		return
	}
	if len(e.Headers) == 0 {
		n.omissions.add(0, nil)
		if len(x.Notes) == 0 {
			x.Notes = append(x.Notes, httpstream.Note{Pos: e.at, Text: "a response came, the log leaves its head out"})
		}
		return
	}
	version, rest, _ := strings.Cut(e.Headers[0], " ")
	code, reason, _ := strings.Cut(rest, " ")
	status, _ := strconv.Atoi(code)
	if status >= 100 && status < 200 && status != httpstream.StatusSwitchingProtocols {
		n.out.AddInterim(x, status, e.at)
		return
	}
	s := &httpstream.Response{Pos: e.at, Done: e.at, Proto: version, Status: status}
	if q := x.Request.Proto; q == "HTTP/2" || q == "HTTP/3" {
		s.Proto = q // Chromium makes up a status line of HTTP/1.1
	} else {
		s.Reason = httpstream.UnusualReason(status, reason)
	}
	s.Header, s.HeadLen = netlogFields(e.Headers[1:])
	n.out.Counters.Drop(headerLinesDropped, len(e.Headers)-1-maxHeaderLines, e.at)
	s.HeadLen += len(e.Headers[0]) + len("\r\n")
	if size, err := strconv.ParseInt(s.Header.Value("Content-Length"), 10, 64); err == nil && size > 0 {
		s.BodyLen = size
	}
	x.Response = s
	n.omissions.add(len(e.Headers), s.Header)
	n.buffer.resize(m)
}

// body counts the bytes of a response without Content-Length.
func (n *netlogReader) body(e *netlogEvent) {
	m := n.requester(e.Source.ID).last
	if m == nil || m.emitted || m.exchange.Response == nil || e.Bytes < 0 || e.Bytes > 1<<40 {
		return
	}
	s := m.exchange.Response
	if !s.Header.Has("Content-Length") {
		s.BodyLen += e.Bytes
	}
	s.Done = e.at
}

// fail notes why a request got no response.
func (n *netlogReader) fail(e *netlogEvent) {
	m := n.requester(e.Source.ID).last
	if e.NetError == 0 || m == nil || m.emitted || m.exchange.Response != nil || len(m.exchange.Notes) > 0 {
		return
	}
	m.exchange.Failure = n.netError(e.NetError)
	m.exchange.Notes = append(m.exchange.Notes, httpstream.Note{Pos: e.at, Text: "no response: " + m.exchange.Failure})
}

func (n *netlogReader) netError(code int) string {
	s := strconv.Itoa(code)
	if name := n.constants.netErrors[code]; name != "" {
		return "net::ERR_" + strings.TrimPrefix(name, "ERR_") + " (" + s + ")"
	}
	return "net error " + s
}

// sendTunnel begins the exchange of a CONNECT. Its source is the socket to the proxy, or a stream
// that names no socket.
func (n *netlogReader) sendTunnel(e *netlogEvent) {
	t := n.requester(e.Source.ID)
	t.method, t.tunnel = "CONNECT", true
	x := &httpstream.Exchange{Request: n.request(e, t, ""), Source: e.Source.ID}
	if n.sourceType(e.Source) == "SOCKET" {
		x.Conn = n.socket(e).conn()
	} else {
		x.Conn = n.conns.connection("")
	}
	x.Conn.HTTP = true
	n.add(e, x, t)
}

// openTunnel begins the connection inside of a tunnel.
func (n *netlogReader) openTunnel(e *netlogEvent) {
	m, s := n.requester(e.Source.ID).last, n.sockets[e.Source.ID]
	if m == nil || s == nil || m.exchange.Response == nil || m.exchange.Response.Status/100 != 2 {
		return
	}
	if len(s.conns) > maxTunnelsOfSocket {
		n.out.Counters.Drop(tunnelsOfSocketDropped, 1, e.at)
		return
	}
	outer := s.conn()
	inner := &httpstream.Conn{Stream: -1, Client: outer.Client, Server: outer.Server, Start: e.at, End: e.at, SYN: outer.SYN, Tunnel: m.exchange}
	n.conns.named[inner] = true
	s.conns = append(s.conns, inner)
}

// serverName returns the host of a URL as a ClientHello would name it: "" for an
// address.
func serverName(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return ""
	}
	return u.Hostname()
}
