package export

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"negotrace/httpstream"
)

// exchange builds the exchange of the entry, without its connection.
func (e *harEntry) exchange(at httpstream.Pos) *httpstream.Exchange {
	x := &httpstream.Exchange{}
	e.finishRequest(at)
	x.Request = e.request
	if e.response.Status == 0 {
		x.Failure = e.trouble
		x.Notes = append(x.Notes, httpstream.Note{Pos: at, Text: "no response is recorded: " + cmp.Or(e.trouble, "no reason given")})
		return x
	}
	e.finishResponse(at)
	x.Response = e.response
	if n := x.WantsBody(); n > 0 {
		x.Response.Body = beginning(e.body, e.encoding, n)
	}
	return x
}

func (e *harEntry) finishRequest(at httpstream.Pos) {
	r := e.request
	r.Pos, r.Done = at, at
	r.Pos.Time = e.started
	r.Done.Time = e.started.Add(e.sent)
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
	r.Pos.Time = e.started.Add(e.waited)
	r.Done.Time = e.started.Add(max(e.total, e.waited))
	r.Proto = firstOf(r.Proto, e.request.Proto)
	r.Header = withoutPseudo(r.Header)
	if r.Proto != "HTTP/2" && r.Proto != "HTTP/3" { // where a text is the browser's own
		r.Reason = httpstream.UnusualReason(r.Status, e.reason)
	}
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

// beginning returns the first n bytes of a body.
func beginning(text, encoding string, n int) []byte {
	if encoding == "base64" {
		text = text[:min(len(text), n/3*4)&^3]
		b, _ := base64.StdEncoding.DecodeString(text)
		return b
	}
	return []byte(text[:min(len(text), n)])
}

// connection returns what identifies the connection in this file; "" if nothing does. HAR does not
// say whether "connection" is the port of the client or of the server; only the client's
// distinguishes connections.
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
		return httpstream.PortHTTPS
	}
	return httpstream.PortHTTP
}

func (e *harEntry) encrypted() bool {
	return e.url != nil && (e.url.Scheme == "https" || e.url.Scheme == "wss")
}

// describe adds to the connection what the entry says about it.
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
