package redact

import (
	"bytes"
	"strconv"
	"strings"

	"negotrace/capture/redact/standin"
	"negotrace/capture/redact/text"
	"negotrace/capture/redact/tls"
	"negotrace/httpstream"
)

// A pendingRequest is a request that waits for its response.
type pendingRequest struct {
	isHead, isConnect, isKDC, hasCredentials bool
	hasProtocol                              bool   // of HTTP/2, that a CONNECT asks for
	port                                     uint16 // of a CONNECT
}

// A framing is what the head of a message says about its body.
type framing struct {
	length         int64 // -1 for none
	chunked        bool
	isWebSocket    bool   // WebSocket follows
	compressed     bool   // the content is compressed
	coding         string // of the content
	media          string
	boundary       string // of the parts of a body
	pendingRequest        // of a request, what it asks
	// isRequest says that a header block of HTTP/2 is that of a request.
	isRequest bool
}

// head rewrites the head of a message.
func (r *Redactor) head(h *half) int {
	b := h.buf
	if n := len(b) - len(trimBlanks(b)); n > 0 {
		return n // in front of a message (RFC 9112 section 2.2, and what else is passed over)
	}
	h.need = -1
	isResponse := isResponse(b)
	switch {
	case !isResponse && tls.IsRecord(b) && h.tunnels > 0:
		h.state = sniffing
		return r.parse(h)
	case !isResponse && tls.IsRecord(b) && h.awaitsTunnel():
		return 0
	case !isResponse && h.scanned == 0 && !isStartLine(b) && bytes.IndexByte(b, '\n') >= 0, len(b) > maxHead:
		h.setResync()
		return r.parse(h)
	}
	end := headEnd(b, max(h.scanned-len("\n\r"), 0))
	if h.scanned = len(b); end == 0 {
		return 0
	}
	h.isHTTP = true
	f := framing{length: -1}
	line, rest := cutLine(b[:end])
	status := 0
	if isResponse {
		r.Counts.Responses++
		status = r.statusLine(line)
	} else {
		r.Counts.Requests++
		r.requestLine(line, &f)
	}
	for len(rest) > 0 {
		line, rest = cutField(rest)
		f.note(r.Line(line))
	}
	if isResponse {
		r.responseBegins(h, status, &f)
	} else {
		f.isKDC = f.isKDC || strings.HasPrefix(f.media, "application/kerberos")
		if len(h.requests) < maxRequests {
			h.requests = append(h.requests, f.pendingRequest)
		}
		h.body(&f, max(f.length, 0), f.isKDC, false)
	}
	return end
}

// clearMessage clears what is in place of a message. What was not blank does not become blank: readers pass over that.
func clearMessage(b []byte) {
	wasBlank := isBlank(b[:1])
	clear(b)
	if !wasBlank {
		b[0] = 1
	}
}

// awaitsTunnel reports whether the last request asks for a tunnel.
func (t *connState) awaitsTunnel() bool {
	return len(t.requests) > 0 && t.requests[len(t.requests)-1].isConnect
}

// headEnd returns where a head ends, after its empty line; 0 if it is incomplete. The search
// begins at from.
func headEnd(b []byte, from int) int {
	for at := from; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return 0
		}
		at += i + 1
		switch {
		case at < len(b) && b[at] == '\n':
			return at + 1
		case at+1 < len(b) && b[at] == '\r' && b[at+1] == '\n':
			return at + 2
		}
	}
}

// trimBlanks removes white space, NUL and the bytes of a byte order mark in front of a message.
func trimBlanks(b []byte) []byte {
	for len(b) > 0 && bytes.IndexByte([]byte("\r\n \t\x00\xef\xbb\xbf"), b[0]) >= 0 {
		b = b[1:]
	}
	return b
}

// cutLine returns the first line, without its end, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

// cutField returns the first header line with those that continue it (obs-fold, RFC 9112 section 5.2), without its end,
// and what follows.
func cutField(b []byte) (line, rest []byte) {
	line, rest = cutLine(b)
	for len(line) > 0 && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		_, rest = cutLine(rest)
		line = bytes.TrimRight(b[:len(b)-len(rest)], "\r\n")
	}
	return line, rest
}

// requestLine rewrites the line of a request.
func (r *Redactor) requestLine(line []byte, f *framing) {
	method, rest := cutWord(line)
	i := bytes.LastIndexAny(rest, lineSpaces)
	if i < 0 {
		i = len(rest)
	}
	target := rest[:i]
	if i < len(rest) {
		r.version(rest[i+1:])
	}
	f.isHead, f.isConnect = string(method) == "HEAD", string(method) == "CONNECT"
	f.isKDC = string(method) == "POST" && httpstream.IsKDCProxy(string(target), "")
	standin.Put(method, r.StandardText(string(method)))
	if f.isConnect {
		port, _ := strconv.ParseUint(string(target[bytes.LastIndexByte(target, ':')+1:]), 10, 16)
		f.port = uint16(port)
		standin.Put(target, r.Names.Host(string(target)))
	} else {
		standin.Put(target, r.Names.URL(string(target)))
	}
}

// version replaces what stands in place of the protocol's version, if it is none.
func (r *Redactor) version(b []byte) {
	if _, number, ok := bytes.Cut(bytes.ToUpper(b), []byte("HTTP/")); !ok || len(number) > 4 || len(b) > len("HTTP/")+4 || strings.Trim(string(number), "0123456789.") != "" {
		standin.Put(b[min(len("HTTP/"), len(b)):], r.Names.OpaqueText(string(b[min(len("HTTP/"), len(b)):])))
	}
}

// statusLine rewrites the line of a response and returns its status.
func (r *Redactor) statusLine(line []byte) int {
	version, rest := cutWord(line)
	r.version(version)
	rest = bytes.TrimLeft(rest, " \t")
	reason := bytes.TrimLeft(rest, "0123456789") // lenient readers need no space before it
	status, err := strconv.Atoi(string(rest[:len(rest)-len(reason)]))
	if err != nil || len(rest)-len(reason) > len("200") {
		standin.Letters.Fill(rest, 0)
		return 0
	}
	if text := httpstream.StatusText(status); text != "" && strings.EqualFold(strings.TrimSpace(string(reason)), text) {
		for word := range strings.FieldsSeq(string(reason)) {
			r.Publish(word)
		}
		return status
	}
	r.Words(reason)
	return status
}

// note reads what a header line says about the body.
func (f *framing) note(name, value string) {
	switch name {
	case "content-length":
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
			f.length = n
		}
	case "transfer-encoding":
		f.chunked = f.chunked || strings.Contains(strings.ToLower(value), "chunked")
	case "content-encoding":
		f.coding = strings.ToLower(value)
		f.compressed = f.coding != "identity"
	case "content-type":
		f.media, f.boundary = strings.ToLower(value), text.Boundary(value)
	case "authorization":
		f.hasCredentials = true
	case "sec-websocket-accept":
		f.isWebSocket = true
	}
}

// responseBegins sets how the bytes after the head of a response are read.
func (r *Redactor) responseBegins(h *half, status int, f *framing) {
	var q pendingRequest
	known := len(h.requests) > 0
	if known {
		q = h.requests[0]
		if status >= 200 || status == 101 {
			h.requests = h.requests[1:]
		}
	}
	switch {
	case status == 101:
		h.switches(f.isWebSocket)
	case status >= 100 && status < 200:
	case q.isConnect && status >= 200 && status < 300:
		h.tunnels++
		h.behind = q.port
		h.need, h.other().need = 0, 0 // that of a head
		h.state, h.other().state = sniffing, sniffing
		r.rewriteBuffered(h.other())
	case q.isHead, status == 204, status == 304:
	default:
		h.body(f, f.length, q.isKDC && status == 200, isPage(status, q, f))
		if !known && h.state == untilClose && f.media == "" && status < 300 { // perhaps to a CONNECT that is lost
			h.state = maybeTunnel
		}
	}
}

// maybeTunnel finds out whether a response without a length, whose request is not known, opened a
// tunnel: if so, TLS begins in it.
func (r *Redactor) maybeTunnel(h *half) int {
	b := h.buf
	switch {
	case tls.IsRecord(b):
		h.tunnels++
		h.state = sniffing
	case len(b) < tls.RecordHeaderLen && tls.IsRecordHead(b):
		return 0
	default:
		h.state = untilClose
	}
	return r.parse(h)
}

// other returns the other direction.
func (h *half) other() *half {
	return &h.conn.sides[1-h.side]
}
