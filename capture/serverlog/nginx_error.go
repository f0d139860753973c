package serverlog

import (
	"bytes"
	"strings"

	"negotrace/internal/publictext"
)

// parseNginx reads a line of nginx, and reports whether it is one: the time, the level, the
// process, the number of the connection, the message, and then fields of the request.
func (e *AuthError) parseNginx(line []byte) bool {
	const layout = "2006/01/02 15:04:05"
	if len(line) < len(layout)+1 || !e.setTime(line[:len(layout)], layout) {
		return false
	}
	level, rest, ok := bracketed(line[len(layout)+1:])
	if !ok {
		return false
	}
	e.Level = limited(level)
	process, message, ok := bytes.Cut(rest, []byte(": "))
	if !ok || !bytes.Contains(process, []byte("#")) {
		return false
	}
	if number, text, ok := bytes.Cut(message, []byte(" ")); ok && bytes.HasPrefix(number, []byte("*")) {
		message = text
	}
	text, about, _ := bytes.Cut(message, []byte(", client: "))
	e.Text = publictext.Of(limited(text))
	client, about, _ := bytes.Cut(about, []byte(", "))
	e.Client = parseClient(string(client), false)
	if request, ok := quoted(about, "request: "); ok {
		m, target, _ := bytes.Cut(request, []byte(" "))
		target, _, _ = bytes.Cut(target, []byte(" "))
		target, _, _ = bytes.Cut(target, []byte("?"))
		e.Method, e.Path = limited(m), limited(target)
	}
	if host, ok := quoted(about, "host: "); ok {
		e.Host = limited(host)
	}
	return true
}

// quoted returns the value in quotation marks that follows a name.
func quoted(b []byte, name string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(b, []byte(name+`"`))
	if !ok {
		return nil, false
	}
	value, _, ok := bytes.Cut(rest, []byte(`"`))
	return value, ok
}

// nginxConn returns the number of the connection in a line of nginx, "" if it has none.
func nginxConn(line []byte) string {
	_, rest, _ := bytes.Cut(line, []byte(": *"))
	number, _, _ := bytes.Cut(rest, []byte(" "))
	return limited(number)
}

// nginxToken returns what begins with the token of a request in a line of nginx of level debug: of its
// header, or of the module for SPNEGO. It is nil for any other line.
func nginxToken(line []byte) []byte {
	for _, mark := range []string{`http header: "Authorization: Negotiate `, " Token decoded: "} {
		if _, token, ok := bytes.Cut(line, []byte(mark)); ok {
			return token
		}
	}
	return nil
}

// A repeated line is one of level debug that nginx may write again, of level error: it is held back until the next
// one about authentication has come.
type repeated struct {
	line  *AuthError // nil if none is held back
	conn  string
	again bool // the next one has repeated it
}

// next takes the next line about authentication, and returns the one that was held back, unless this one repeats it.
func (r *repeated) next(e *AuthError, conn string) *AuthError {
	before := r.line
	if r.again = before != nil && e.IsError() && conn == r.conn && strings.HasPrefix(e.Text, before.Text); r.again {
		before = nil
	}
	if r.line = nil; e.Level == "debug" && conn != "" {
		r.line, r.conn = e, conn
	}
	return before
}
