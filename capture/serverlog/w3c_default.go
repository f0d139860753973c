package serverlog

import (
	"bytes"
	"net/http"
	"strings"

	"negotrace/httpstream"
)

// defaultFields are the columns that IIS writes unless it is set up otherwise, of version 8 and
// later, 7, and 6, and those of HTTP.sys of Windows Server 2016 and later, and before (Microsoft,
// W3C logging and KB820729). A log whose beginning was cut off does not name its columns.
var defaultFields = []string{
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status",
	"date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename",
	"date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename",
}

// assumed returns the usual columns that fit a line, none if none do.
func assumed(line []byte) fields {
	for _, names := range defaultFields {
		f := newFields([]byte(names))
		q := &Request{}
		if f.read(line, q) && q.isUsual() {
			return f
		}
	}
	return fields{}
}

// isUsual reports whether each value of a line is one that its column may have: a line of
// another kind must not be taken for one of a log.
func (q *Request) isUsual() bool {
	if q.Pos.Time.IsZero() || !q.Client.Addr().IsValid() || !q.Server.IsValid() || q.Server.Port() == 0 {
		return false
	}
	if q.Reason != "" {
		return q.Client.Port() != 0
	}
	return q.Status >= 100 && q.Status < 600 && strings.HasPrefix(q.Path, "/") && q.Method != "" && strings.ToUpper(q.Method) == q.Method &&
		(q.Status != http.StatusUnauthorized || q.SubStatus < 600)
}

// isCutW3C reports whether a file begins with a line of a W3C log that does not say which its
// columns are. The first line may be cut as well.
func isCutW3C(head []byte) bool {
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	second, _, whole := bytes.Cut(rest, []byte("\n"))
	if assumed(bytes.TrimRight(first, "\r")).columns != nil {
		return true
	}
	return whole && assumed(bytes.TrimRight(second, "\r")).columns != nil
}

// readAssumed reads a line by the usual columns, where nothing names any. It reports whether
// they fit.
func (f *fields) readAssumed(line []byte, q *Request) bool {
	guess := assumed(line)
	if guess.columns == nil {
		return false
	}
	*f = guess
	f.assumed = true
	pos := q.Pos
	*q = Request{Pos: httpstream.Pos{Frame: pos.Frame, Stream: pos.Stream}, NamesUsers: f.namesUsers, NamesSubStatus: f.namesSubStatus}
	return f.read(line, q)
}
