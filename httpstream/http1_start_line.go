package httpstream

import (
	"bytes"
	"strings"
)

// A requestLine is a request line without its line end (RFC 9112 section 3).
type requestLine struct {
	method, target, proto []byte
	odd                   bool // only lenient readers take it
}

// cutRequestLine splits a request line. Method is any token; of the target only control characters
// are refused, where the method is not a usual one.
func cutRequestLine(line []byte) (l requestLine, ok bool) {
	for len(line) > 0 && (line[len(line)-1] == ' ' || line[len(line)-1] == '\t') {
		line = line[:len(line)-1]
	}
	i, j := bytes.IndexByte(line, ' '), bytes.LastIndexByte(line, ' ')
	if i > 0 && j > i {
		l = requestLine{method: line[:i], target: bytes.Trim(line[i:j], " "), proto: line[j+1:]}
		ok = isProto(l.proto) && methodLen(l.method) == i && i <= maxMethod && len(l.target) > 0 &&
			(!hasControl(l.target, "") || isUsualMethod(l.method))
	}
	if !ok {
		return cutOddRequestLine(line)
	}
	return l, true
}

// cutOddRequestLine splits a request line as some servers do: at any white space, with a version
// in any letter case. Such a line counts where its method is a usual one, or its target a path or a
// URL: it can then be nothing else.
func cutOddRequestLine(line []byte) (l requestLine, ok bool) {
	i, j := methodLen(line), bytes.LastIndexAny(line, spaces)
	if i == 0 || i > maxMethod || j <= i || !isSpace(line[i]) || !isProto(bytes.ToUpper(line[j+1:])) {
		return l, false
	}
	l = requestLine{line[:i], bytes.Trim(line[i:j], spaces), line[j+1:], true}
	isTarget := len(l.target) > 0 && !hasControl(l.target, "")
	return l, isTarget && (isUsualMethod(l.method) || l.target[0] == '/' || bytes.Contains(l.target, []byte("://")))
}

// spaces are what lenient readers take for the space in a request line (RFC 9112 section 3).
const spaces = " \t\v\f"

func isSpace(c byte) bool { return strings.IndexByte(spaces, c) >= 0 }

// isProto reports whether b is an HTTP version as a request has it (RFC 9112 section 2.3), or with
// more or fewer digits.
func isProto(b []byte) bool {
	const name = "HTTP/"
	if len(b) <= len(name) || len(b) > len("HTTP/10.10") || string(b[:len(name)]) != name {
		return false
	}
	for _, c := range b[len(name):] {
		if c != '.' && !isDigit(c) {
			return false
		}
	}
	return isDigit(b[len(name)]) && isDigit(b[len(b)-1])
}

// cutStatusLine finds the version and the status of the status line that b begins with
// (RFC 9112 section 4). It takes what browsers take: any letter case, any version or none,
// several spaces, no reason. end is where the status ends; -1 if b is no status line. If
// b ends before the status does, the status is 0.
func cutStatusLine(b []byte) (proto []byte, status, end int) {
	const name, maxProto, maxSpaces = "http", len("HTTP/10.10"), 16
	i := 0
	for ; i < len(name); i++ {
		if i == len(b) {
			return nil, 0, i
		}
		if b[i]|0x20 != name[i] {
			return nil, 0, -1
		}
	}
	for i < len(b) && i < maxProto && (b[i] == '/' || b[i] == '.' || isDigit(b[i])) {
		i++
	}
	proto = b[:i]
	for i < len(b) && i < len(proto)+maxSpaces && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	digits := i
	for i < len(b) && i < digits+3 && isDigit(b[i]) {
		status = 10*status + int(b[i]-'0')
		i++
	}
	switch {
	case i == len(b) && i < digits+3:
		return nil, 0, i
	case i == len(proto), digits == len(proto), i < digits+3, status < 100, i < len(b) && isDigit(b[i]):
		return nil, 0, -1
	}
	return proto, status, i
}

// UnusualReason returns the phrase of the status line of an error (RFC 9112 section 4), its
// first 200 bytes at most, if it is not the usual one; otherwise "".
func UnusualReason(status int, phrase string) string {
	phrase = strings.TrimSpace(phrase)
	if status < StatusBadRequest || strings.EqualFold(phrase, StatusText(status)) {
		return ""
	}
	return strings.Clone(phrase[:min(len(phrase), maxReason)])
}

// hasControl reports whether b holds a control character of ASCII that is none of those allowed.
func hasControl(b []byte, allowed string) bool {
	for _, c := range b {
		if (c < ' ' || c == 0x7f) && strings.IndexByte(allowed, c) < 0 {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
