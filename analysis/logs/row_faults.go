package logs

import (
	"fmt"
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// loggedFaults are refusals in the logs of HTTP.sys and in error logs, which have no more of
// the request. Equal ones of one client are merged.
type loggedFaults struct {
	list         []*analysis.LoggedFault
	known        map[faultKey]*analysis.LoggedFault
	others       int // lines of HTTP.sys about connections, time limits and pools
	refuseNobody int // lines of error logs about authentication that refuse nobody
	counters     *httpstream.Counters
}

// Faults with equal faultKeys are merged.
type faultKey struct {
	client      netip.Addr
	host, words string
}

func newLoggedFaults(counters *httpstream.Counters) loggedFaults {
	return loggedFaults{known: map[faultKey]*analysis.LoggedFault{}, counters: counters}
}

// addRequest takes a line of HTTP.sys.
func (s *loggedFaults) addRequest(q *serverlog.Request) {
	if analysis.HeaderTooLong(q) == "" && analysis.RequestNotRead(q) == "" {
		s.others++
		return
	}
	s.add(faultKey{q.Client.Addr(), q.Host, q.Reason}, &analysis.LoggedFault{Request: q, Last: q.Pos})
}

// addError takes a line of an error log.
func (s *loggedFaults) addError(e *serverlog.AuthError) {
	if !analysis.RefusesInWords(e) {
		s.refuseNobody++
		return
	}
	s.add(faultKey{e.Client.Addr(), e.Host, e.Text}, &analysis.LoggedFault{Line: e, Last: e.Pos})
}

func (s *loggedFaults) add(key faultKey, f *analysis.LoggedFault) {
	known := s.known[key]
	if known == nil {
		if len(s.list) == maxLoggedRows {
			s.counters.Drop("refusals in server logs that say something new, over the number that is listed", 1, f.Last)
			return
		}
		known = f
		s.known[key], s.list = f, append(s.list, f)
	}
	known.Count++
	if f.Last.Time.After(known.Last.Time) {
		known.Last = f.Last
	}
}

// Faults returns what error logs and logs of HTTP.sys show by themselves, by the times of the
// first.
func (s *Servers) Faults() []*analysis.LoggedFault { return s.faults.sorted() }

// sorted returns all, by the times of the first.
func (s *loggedFaults) sorted() []*analysis.LoggedFault {
	slices.SortStableFunc(s.list, func(a, b *analysis.LoggedFault) int { return byTime(faultPos(a), faultPos(b)) })
	return s.list
}

func faultPos(f *analysis.LoggedFault) httpstream.Pos {
	if f.Line != nil {
		return f.Line.Pos
	}
	return f.Request.Pos
}

// report notes how many lines were of no use.
func (s *loggedFaults) report(c *httpstream.Counters) {
	if c.Requests > 0 {
		return
	}
	say := func(format string, n int) {
		if n > 0 {
			c.Notes = append(c.Notes, httpstream.Limitation{Kind: "log-lines-unused", Text: fmt.Sprintf(format, n)})
		}
	}
	say("Lines of HTTP.sys about connections that ended, time limits and application pools, which are not about authentication: %d", s.others)
	if slices.ContainsFunc(s.list, func(f *analysis.LoggedFault) bool { return f.Line != nil }) {
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: "time-zone-unknown", Text: "Error logs have the local time of the server and name no time zone: their times are shown as they stand there"})
	}
	say("Lines of error logs about authentication that refuse nobody, such as those about missing credentials: %d", s.refuseNobody)
}
