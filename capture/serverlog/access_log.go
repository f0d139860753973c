package serverlog

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"negotrace/httpstream"
)

// IsAccessLog reports whether the first line of a file that begins with head, or the one after it, is
// one of an access log in the common or combined form, which Apache httpd, nginx, Tomcat and others
// write, or an object of JSON about a request.
func IsAccessLog(head []byte) bool {
	return beginsWith(head, func(line []byte) bool { return accessLine(line, httpstream.Pos{}) != nil })
}

// accessLine returns the request of a line of an access log, nil if it is none.
func accessLine(line []byte, at httpstream.Pos) *Request {
	q := &Request{Pos: at, MayBeStartTime: true}
	if q.parseJSON(line) {
		return q
	}
	q = &Request{Pos: at, NamesUsers: true, MayBeStartTime: true}
	if !q.parseAccess(line) {
		return nil
	}
	return q
}

// setRequestLine sets method and path from a request line, which may be cut.
func (q *Request) setRequestLine(line string) {
	if method, target, ok := strings.Cut(line, " "); ok {
		target, _, _ = strings.Cut(target, " ")
		q.Method = method
		q.Path, _, _ = strings.Cut(target, "?")
	}
}

// setStatus sets the status, and reports whether it can be one.
func (q *Request) setStatus(field []byte) bool {
	return setInt(&q.Status, field) && q.Status >= 100 && q.Status <= 599
}

// parseAccess reads a line, and reports whether it is one of an access log: client, ident, user,
// time with its zone, request, status, bytes, and in the combined form Referer and User-Agent.
// The virtual host may come first, X-Forwarded-For last.
func (q *Request) parseAccess(line []byte) bool {
	who, rest, ok := bytes.Cut(line, []byte(" ["))
	if !ok {
		return false
	}
	stamp, rest, ok := bytes.Cut(rest, []byte(`] "`))
	if !ok || !q.parseClientAndUser(string(who)) {
		return false
	}
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", string(stamp[:min(len(stamp), 40)]))
	if err != nil {
		return false
	}
	q.Pos.Time = httpstream.TimeOf(at)
	request, rest, ok := quotedText(rest)
	if !ok {
		return false
	}
	q.setRequestLine(request)
	fields := bytes.Fields(rest)
	if len(fields) < 2 || !q.setStatus(fields[0]) || !isCount(fields[1]) {
		return false
	}
	for n := 0; ; n++ {
		_, more, found := bytes.Cut(rest, []byte(` "`))
		if !found {
			return true
		}
		text, left, ok := quotedText(more)
		if !ok {
			return true // cut short, or another field
		}
		switch {
		case n == 1 && text != "-":
			q.UserAgent = text
		case n > 1 && isAddressList(text):
			q.ForwardedFor = text
		}
		rest = left
	}
}

// parseClientAndUser reads the fields before the time, and reports whether it could: "192.0.2.1
// - alice", perhaps after the name of the virtual host. A user name may have blanks in it.
func (q *Request) parseClientAndUser(text string) bool {
	first, rest, ok := strings.Cut(text, " ")
	if addr, err := netip.ParseAddr(first); err == nil {
		q.Client = netip.AddrPortFrom(addr.WithZone("").Unmap(), 0)
	} else {
		site := first
		if first, rest, ok = strings.Cut(rest, " "); !ok {
			return false
		}
		addr, err := netip.ParseAddr(first)
		if err != nil {
			return false
		}
		q.Client, q.Host = netip.AddrPortFrom(addr.WithZone("").Unmap(), 0), limited([]byte(site))
	}
	_, user, two := strings.Cut(rest, " ")
	if !ok || !two {
		return false
	}
	if user = unescaped(user); user != "-" && user != `""` {
		q.User = user
	}
	return true
}

// isCount reports whether a field is a number of bytes, or the dash for none.
func isCount(field []byte) bool {
	_, err := strconv.ParseUint(string(field), 10, 63)
	return err == nil || string(field) == "-"
}

// isAddressList reports whether a text is a list of addresses, as X-Forwarded-For has it.
func isAddressList(text string) bool {
	first, _, _ := strings.Cut(text, ",")
	_, err := netip.ParseAddr(strings.TrimSpace(first))
	return err == nil
}

// quotedText returns the text of b up to the next quotation mark, without escapes, and the rest.
func quotedText(b []byte) (text string, rest []byte, ok bool) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return unescaped(string(b[:i])), b[i+1:], true
		}
	}
	return "", b, false
}

// unescaped replaces the escapes that servers write: \\, \" and \x5C. Control characters stay
// escaped.
func unescaped(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		switch next := text[i+1]; {
		case next == '\\' || next == '"':
			b.WriteByte(next)
			i++
		case next == 'x' && i+3 < len(text):
			n, err := strconv.ParseUint(text[i+2:i+4], 16, 8)
			if err != nil || n < ' ' {
				b.WriteByte('\\')
				continue
			}
			b.WriteByte(byte(n))
			i += 3
		default:
			b.WriteByte('\\')
		}
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}
