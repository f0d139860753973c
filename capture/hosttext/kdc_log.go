package hosttext

import (
	"strings"

	"negotrace/internal/lazyregexp"
	"negotrace/tokens"
)

// kdcLine is a line of krb5kdc about a request that it refuses: client, service, and the error in words
// (kdc/kdc_log.c of MIT Kerberos). Those with which it issues tickets have no error.
var kdcLine = lazyregexp.New(`\bkrb5kdc\[\d+\](?:\(\w+\))?: (?:AS|TGS)_REQ (?:\(.*?\) )?\S+: [A-Z][A-Za-z0-9_ ]*: (?:authtime \d+, )?(?:etypes \{[^}]*\},? )?(\S+) for ([^\s,]+), (.+)$`)

// isKDCLine reports whether a line is one of a KDC's log about a request.
func isKDCLine(text string) bool {
	return strings.Contains(text, "krb5kdc[") && strings.Contains(text, "S_REQ (")
}

// A kdcLog reads the log of a KDC. It emits each error of a client for a service once.
type kdcLog struct{ emitted map[KDCError]bool }

// maxKDCErrors is how many errors of one log are emitted. A KDC refuses some clients all day.
const maxKDCErrors = 1000

// line takes a line, and reports whether it is of such a log.
func (l *kdcLog) line(r *reader, text string) bool {
	if !isKDCLine(text) {
		return false
	}
	r.command = KDC
	m := kdcLine().FindStringSubmatch(text)
	if m == nil {
		return true
	}
	e := KDCError{Client: limited(m[1]), Server: limited(m[2]), Code: int(tokens.CodeInWords(m[3])), Text: limited(m[3])}
	if strings.HasPrefix(e.Server, "krbtgt/") {
		e.Server = ""
	}
	switch {
	case refusesNothing(e.Code), l.emitted[e]:
	case len(l.emitted) == maxKDCErrors:
		r.dropped++
	default:
		if l.emitted == nil {
			l.emitted = map[KDCError]bool{}
		}
		l.emitted[e] = true
		r.add(Entry{KDCError: &e}, r.lineNumber)
	}
	return true
}
