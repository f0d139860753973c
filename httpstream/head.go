package httpstream

import (
	"bytes"
	"strconv"
	"strings"
)

// withoutEmptyLines passes over the empty lines that may come before a message (RFC 9112
// section 2.2).
func withoutEmptyLines(b []byte) []byte {
	for len(b) > 0 && (b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// headEnd returns the length of the head that b begins with, the empty line included,
// or -1 if it goes on. Lines may end in LF alone (RFC 9112 section 2.2). Nothing
// before from need be looked at again.
func headEnd(b []byte, from int) int {
	for i := max(0, from); i < len(b); {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n + 1
		switch {
		case i < len(b) && b[i] == '\n':
			return i + 1
		case i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n':
			return i + 2
		}
	}
	return -1
}

// line cuts the first line off s, without its end.
func line(s string) (first, rest string) {
	first = s
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		first, rest = s[:i], s[i+1:]
	}
	return strings.TrimSuffix(first, "\r"), rest
}

// trim returns s without the white space around it.
func trim(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return trimEnd(s)
}

func trimEnd(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// parse reads a request head (RFC 9112 section 3), if it is one.
func (r *Request) parse(head string) (malformed int, ok bool) {
	start, rest := line(head)
	method, start, ok := strings.Cut(start, " ")
	if !ok || !isMethod(method) {
		return 0, false
	}
	i := strings.LastIndexByte(start, ' ')
	if i <= 0 || !isProto(start[i+1:]) || hasControl(start[:i]) {
		return 0, false
	}
	r.Method, r.Target, r.Proto = method, start[:i], start[i+1:]
	r.Header, malformed = appendFields(r.Header[:0], rest)
	r.Host = r.Header.Value("Host")
	return malformed, true
}

// parse reads a response head (RFC 9112 section 4), if it is one.
func (r *Response) parse(head string) (malformed int, ok bool) {
	start, rest := line(head)
	proto, start, ok := strings.Cut(start, " ")
	if !ok || !isProto(proto) || len(start) < 3 || len(start) > 3 && start[3] != ' ' {
		return 0, false
	}
	status, err := strconv.Atoi(start[:3])
	if err != nil || status < 100 {
		return 0, false
	}
	r.Proto, r.Status = proto, status
	r.Header, malformed = appendFields(r.Header[:0], rest)
	return malformed, true
}

// hasControl tells whether s holds a control character of ASCII.
func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

func isProto(s string) bool {
	return len(s) == len("HTTP/1.1") && strings.HasPrefix(s, response) && s[7] >= '0' && s[7] <= '9'
}

// isMethod tells whether s may be a method. Those in use are tokens without small
// letters, which text is not.
func isMethod(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'a' && s[i] <= 'z' {
			return false
		}
	}
	return isToken(s)
}

// isToken tells whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && c != '-' && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// appendFields reads the lines after the start line and adds them to h. A line that
// begins with white space continues the one before (obs-fold, RFC 9112 section 5.2).
func appendFields(h Header, s string) (_ Header, malformed int) {
	if cap(h) == 0 {
		h = make(Header, 0, strings.Count(s, "\n"))
	}
	for s != "" {
		var l string
		l, s = line(s)
		if l == "" {
			continue
		}
		if (l[0] == ' ' || l[0] == '\t') && len(h) > 0 {
			last := &h[len(h)-1]
			last.Value = strings.Trim(last.Value+" "+trim(l), " ")
			continue
		}
		colon := strings.IndexByte(l, ':')
		name := trimEnd(l[:max(0, colon)])
		if !isToken(name) {
			malformed++
			continue
		}
		h = append(h, Field{Name: name, Value: trim(l[colon+1:])})
	}
	return h, malformed
}

// The ways in which the length of a body is told (RFC 9112 section 6.3), besides a
// number of bytes.
const (
	chunked    = -1
	untilClose = -2
	invalid    = -3
)

// bodyLength returns what a header says about the length of the body; or otherwise if
// it says nothing.
func bodyLength(h Header, otherwise int64) int64 {
	if h.Has("Transfer-Encoding") {
		te := h.Values("Transfer-Encoding")
		last := te[len(te)-1]
		if strings.EqualFold(trim(last[strings.LastIndexByte(last, ',')+1:]), "chunked") {
			return chunked
		}
		return untilClose
	}
	length := int64(-1)
	for i := range h {
		if !h[i].is("Content-Length") {
			continue
		}
		for v := range strings.SplitSeq(h[i].Value, ",") {
			n, err := strconv.ParseUint(trim(v), 10, 62)
			if err != nil || length >= 0 && int64(n) != length {
				return invalid
			}
			length = int64(n)
		}
	}
	if length < 0 {
		return otherwise
	}
	return length
}
