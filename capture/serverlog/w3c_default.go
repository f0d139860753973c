package serverlog

import (
	"bytes"
	"strings"

	"negotrace/httpstream"
)

// defaultFields are the default columns of IIS (versions 8 and later, 7, and 6), and of HTTP.sys
// (Windows Server 2016 and later, and before). Sources: Microsoft, W3C logging and KB820729. They
// are for logs whose beginning was cut off, and with it the #Fields line.
var defaultFields = []string{
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status",
	"date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename",
	"date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename",
}

// guessFields returns the default columns that fit a line, none if none do.
func guessFields(line []byte) fields {
	for _, names := range defaultFields {
		f := newFields([]byte(names))
		q := &Request{}
		if f.read(line, q) && q.isPlausible() {
			return f
		}
	}
	return fields{}
}

// isPlausible reports whether each value is one that its column may have. It keeps other texts
// from being read as a log.
func (q *Request) isPlausible() bool {
	if q.Pos.Time.IsZero() || !q.Client.Addr().IsValid() || !q.Server.IsValid() || q.Server.Port() == 0 {
		return false
	}
	if q.Reason != "" {
		return q.Client.Port() != 0
	}
	return q.Status >= 100 && q.Status < 600 && strings.HasPrefix(q.Path, "/") && q.Method != "" && strings.ToUpper(q.Method) == q.Method &&
		(q.Status != httpstream.StatusUnauthorized || q.SubStatus < 600)
}

// isCutW3C reports whether a file begins with lines of a W3C log without its #Fields line. The
// first line may be cut as well.
func isCutW3C(head []byte) bool {
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	second, _, whole := bytes.Cut(rest, []byte("\n"))
	if guessFields(bytes.TrimRight(first, "\r")).columns != nil {
		return true
	}
	return whole && guessFields(bytes.TrimRight(second, "\r")).columns != nil
}

// readGuessed reads a line with the default columns where no #Fields line came before. It reports
// whether they fit.
func (f *fields) readGuessed(line []byte, q *Request) bool {
	guess := guessFields(line)
	if guess.columns == nil {
		return false
	}
	*f = guess
	f.assumed = true
	pos := q.Pos
	*q = Request{Pos: httpstream.Pos{Frame: pos.Frame, Stream: pos.Stream}, Site: q.Site, NamesUsers: f.namesUsers, NamesSubStatus: f.namesSubStatus}
	return f.read(line, q)
}
