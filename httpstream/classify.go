package httpstream

import (
	"bytes"
	"strings"
)

// A protocol is what the first bytes of one side of a connection are taken for.
type protocol uint8

const (
	undecided protocol = iota // more bytes are needed
	unknown
	httpRequest
	httpResponse
	http2Preface
	http2Settings // what a server may say before it has seen the preface
	tlsRecord
	kerberosRecord
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" // RFC 9113 section 3.4

// methods identify a request before its line is complete. Any other token is a method only if the
// whole line is a request line.
var methods = [...]string{
	"GET", "POST", "HEAD", "CONNECT", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE",
	"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH",
	"REPORT", "MERGE", "CHECKOUT", "CHECKIN", "VERSION-CONTROL", "MKACTIVITY",
	"RPC_IN_DATA", "RPC_OUT_DATA", "RPC_CONNECT", "RDG_IN_DATA", "RDG_OUT_DATA",
	"BITS_POST", "CCM_POST", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "POLL",
	"BCOPY", "BDELETE", "BMOVE", "BPROPFIND", "BPROPPATCH", "X-MS-ENUMATTS", "QUERY",
}

// classify returns the protocol of a side that begins with b. If b follows a loss and is not the
// beginning, only usual methods count.
func classify(b []byte, beginning bool) protocol {
	if len(b) == 0 {
		return undecided
	}
	switch c := b[0]; {
	case c >= 0x14 && c <= 0x17:
		return classifyTLS(b)
	case c == 0:
		return classifyFrame(b)
	case c&0xc0 == 0x80 && beginning && isSSL2Hello(b):
		return tlsRecord
	case tokenChars[c]:
		return classifyText(b, beginning)
	}
	return unknown
}

func classifyText(b []byte, beginning bool) protocol {
	n := min(len(b), len(preface))
	if string(b[:n]) == preface[:n] {
		if n == len(preface) {
			return http2Preface
		}
		return undecided
	}
	if p := classifyResponse(b); p != unknown {
		return p
	}
	return classifyRequest(b, beginning)
}

// classifyRequest recognises a request line (RFC 9112 section 3): by a usual method, or by the
// HTTP version at its end.
func classifyRequest(b []byte, beginning bool) protocol {
	n := methodLen(b)
	switch {
	case n > maxMethod, n < len(b) && (n == 0 || !isSpace(b[n])):
		return unknown
	case n == len(b):
		return undecided
	}
	usual := b[n] == ' ' && isUsualMethod(b[:n])
	end, _ := bareStartLine(b)
	if end == 0 {
		end = bytes.IndexByte(b, '\n') + 1
	}
	if end > 0 {
		l, ok := cutRequestLine(bytes.TrimRight(b[:end], "\r\n"))
		if ok && (usual || beginning || l.odd && isUsualMethod(l.method)) {
			return httpRequest
		}
		return unknown
	}
	switch {
	case usual:
		return httpRequest
	case hasControl(bytes.TrimSuffix(b, []byte{'\r'}), spaces):
		return unknown
	case len(b) > maxSniffed && b[n+1] == '/':
		return httpRequest
	}
	return undecided
}

// isEvident reports whether b begins with a line that can be nothing but a request line, by its
// target and version, and whose method is the whole word in front: there is no usual one behind
// the rest of something else.
func isEvident(b []byte) bool {
	if len(b) == 0 || !tokenChars[b[0]] {
		return false
	}
	end := bytes.IndexByte(b[:min(len(b), maxEvident)], '\n')
	if end < 0 {
		return false
	}
	l, ok := cutRequestLine(bytes.TrimSuffix(b[:end], []byte{'\r'}))
	if !ok || l.target[0] != '/' && !bytes.Contains(l.target, []byte("://")) {
		return false
	}
	for _, m := range methods {
		if len(l.method) > len(m) && strings.HasSuffix(string(l.method), m) {
			return false
		}
	}
	return true
}

// findRequest returns where in b the first line is that can be nothing but a request line of a
// usual method, with a field or an empty line behind it; -1 if there is none.
func findRequest(b []byte) int {
	version := []byte(" HTTP/1.")
	for from := 0; ; {
		n := bytes.Index(b[from:], version)
		if n < 0 {
			return -1
		}
		end := from + n
		from = end + len(version)
		begin := bytes.LastIndexByte(b[:end], ' ') // between method and target
		for begin > 0 && tokenChars[b[begin-1]] {
			begin--
		}
		if begin < 0 || !isEvident(b[begin:]) || !isUsualMethod(b[begin:begin+methodLen(b[begin:])]) {
			continue
		}
		_, rest, _ := bytes.Cut(b[begin:], []byte{'\n'})
		line, _, whole := bytes.Cut(rest, []byte{'\n'})
		if n := methodLen(line); !whole || len(line) <= 1 || n < len(line) && line[n] == ':' {
			return begin
		}
	}
}

func isUsualMethod(b []byte) bool {
	for _, m := range methods {
		if string(b) == m {
			return true
		}
	}
	return false
}

// methodLen returns how many characters of a token b begins with, as far as that matters.
func methodLen(b []byte) int {
	b = b[:min(len(b), maxMethod+1)]
	for i, c := range b {
		if !tokenChars[c] {
			return i
		}
	}
	return len(b)
}

// classifyResponse recognises a status line by its version and status.
func classifyResponse(b []byte) protocol {
	_, status, end := cutStatusLine(b)
	switch {
	case end < 0:
		return unknown
	case status == 0:
		return undecided
	}
	return httpResponse
}

// classifyTLS recognises a TLSPlaintext or TLSCiphertext (RFC 8446 section 5) by its type, version
// and length.
func classifyTLS(b []byte) protocol {
	switch {
	case len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4:
		return unknown
	case len(b) < 5:
		return undecided
	}
	if n := int(b[3])<<8 | int(b[4]); n == 0 || n > 1<<14+2048 {
		return unknown
	}
	return tlsRecord
}

// classifyFrame recognises the SETTINGS frame that HTTP/2 begins with, and else the length of a
// Kerberos record.
func classifyFrame(b []byte) protocol {
	switch {
	case len(b) < 4:
		return undecided
	case b[3] == 4 && len(b) < 9 && b[1] == 0 && b[2]%6 == 0:
		return undecided
	case len(b) >= 9 && b[1] == 0 && b[2]%6 == 0 && b[3] == 4 && string(b[4:9]) == "\x00\x00\x00\x00\x00":
		return http2Settings
	case b[1] > maxRecord>>16:
		return unknown
	}
	return kerberosRecord
}

// likelySide returns which side sent a segment that starts like b, if that shows.
func likelySide(b []byte) (s Side, known bool) {
	switch classify(b, false) {
	case httpRequest, http2Preface:
		return Client, true
	case httpResponse:
		return Server, true
	case tlsRecord:
		if b[0] == 22 && len(b) > 5 && (b[5] == 1 || b[5] == 2) { // ClientHello, ServerHello
			return Side(b[5] - 1), true
		}
	}
	return Client, false
}
