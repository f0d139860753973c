package logs

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture/eventlog"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// tracedRequests are the requests that IIS traced (FREB). Each is like a line of a log, and
// says more: the module that refused, and the mechanism.
type tracedRequests struct {
	lines              []*serverlog.Request
	withoutClient      []*serverlog.Request // that name no client, as many as are kept
	withoutClientCount int                  // of these
	continued          int                  // 401s with which handshakes go on; what came after them is not traced as a rule
}

// AddTrace takes a trace.
func (s *Servers) AddTrace(f *eventlog.FailedRequest) {
	q := lineOf(f)
	switch {
	case q.Pos.Time.IsZero():
		s.counters.Drop("lines of logs without a time", 1, q.Pos)
	case !q.Client.Addr().IsValid():
		if s.traces.withoutClientCount++; len(s.traces.withoutClient) < maxTraces {
			s.traces.withoutClient = append(s.traces.withoutClient, q)
		}
	case len(s.traces.lines) == maxTraces:
		s.counters.Drop("traces of requests over the number that is kept", 1, q.Pos)
	default:
		s.traces.lines = append(s.traces.lines, q)
		s.keepTrace(q)
	}
}

// keepTrace puts a trace into the log that all of them are together.
func (s *Servers) keepTrace(q *serverlog.Request) {
	i := slices.IndexFunc(s.logs, func(l *serverLog) bool { return l.traced })
	if i < 0 {
		i = len(s.logs)
		s.logs = append(s.logs, &serverLog{file: q.Pos.File, traced: true, first: q.Pos.Time})
	}
	l := s.logs[i]
	if q.Pos.Time.Before(l.first) {
		l.first = q.Pos.Time
	}
	if q.Pos.Time.After(l.last) {
		l.last = q.Pos.Time
	}
	l.lines = append(l.lines, &loggedRequest{Request: q})
}

// lineOf returns a trace as a line of a log. Its place is the event with the reason.
func lineOf(f *eventlog.FailedRequest) *serverlog.Request {
	q := &serverlog.Request{
		Pos: f.Done, Client: f.Client, Server: f.Server, Method: f.Method, User: f.User, UserAgent: f.UserAgent,
		Status: f.Status, SubStatus: f.SubStatus, TimeTaken: f.TimeTaken, Queue: f.AppPool, Package: f.Package(),
		NamesUsers: true, NamesSubStatus: true,
	}
	if u, err := url.Parse(f.URL); err == nil {
		q.Host, q.Path = u.Host, cmp.Or(u.Path, "/")
		hideSecrets(&q.Path, &q.Host)
	}
	if e := f.Refusal(); e != nil {
		q.Pos.Frame, q.Win32Status, q.Module = e.Pos.Frame, e.ErrorCode, e.Module
	}
	if q.Package == "anonymous" {
		q.Package = ""
	}
	return q
}

// foundIn reports whether the line about s is known already, as far as a log has one.
func (s *SeenRequest) foundIn(l *serverLog) bool {
	if l.traced {
		return s.trace != nil
	}
	return s.line != nil
}

// setLine notes that a line of a log is about s. What a trace says beside a line is added to that.
func (s *SeenRequest) setLine(l *serverLog, q *loggedRequest) {
	q.seen = s
	l.joined++
	leg := s.Legs[l.side()]
	if !l.traced {
		s.line = q
		if leg != nil {
			leg.Logged = q.Request
			leg.Logged.AddTrace(s.trace.request())
		}
		return
	}
	s.trace = q
	switch {
	case leg == nil:
	case leg.Logged == nil:
		leg.Logged = q.Request
	default:
		leg.Logged.AddTrace(q.Request)
	}
}

// request returns the line itself, nil for none.
func (q *loggedRequest) request() *serverlog.Request {
	if q == nil {
		return nil
	}
	return q.Request
}

// addTo adds traces to the rows of logs with a line of the same client, method, path and
// status. Other traces of a refusal or logon become rows of their own. Traces do not show that
// a handshake went on: IIS keeps only those of the statuses that its rules name.
func (t *tracedRequests) addTo(s *loggedLogons) {
	slices.SortStableFunc(t.lines, func(a, b *serverlog.Request) int { return byTime(a.Pos, b.Pos) })
	known := map[traceKey][]*analysis.Handshake{}
	for _, h := range s.rows {
		q := h.Last().Logged
		known[traceKeyOf(q)] = append(known[traceKeyOf(q)], h)
	}
	lines := t.lines
	if len(s.rows) == 0 { // otherwise they may be about requests that rows are about
		lines = slices.Concat(lines, t.withoutClient)
	}
	for _, q := range lines {
		step := analysis.StepOf(q)
		if step == analysis.LogsChallenge {
			t.continued++
			continue
		}
		rows := known[traceKeyOf(q)]
		for _, h := range rows {
			h.Last().Logged.AddTrace(q)
			h.Mechanism = mechanismLogged(h.Last().Logged, h.Mechanism)
		}
		if len(rows) == 0 && (step == analysis.LogsRefusal || step == analysis.LogsNoRight || step == analysis.LogsLogon) {
			s.addTraceRow(q, step)
		}
	}
}

// addTraceRow makes a row of a trace.
func (s *loggedLogons) addTraceRow(q *serverlog.Request, step analysis.LoggedStep) {
	if q.Pos.Time.After(s.last.Time) {
		s.last = q.Pos
	}
	outcome := analysis.Succeeded
	switch step {
	case analysis.LogsRefusal:
		outcome = analysis.Failed
	case analysis.LogsNoRight:
		outcome = outcomeOf(q)
	}
	s.addLogon(partyOf(q), nil, q, outcome)
}

// A traceKey is what the line and the trace of one request have in common.
type traceKey struct {
	client, method, path, status string
}

func traceKeyOf(q *serverlog.Request) traceKey {
	return traceKey{q.Client.Addr().String(), q.Method, strings.ToLower(plainPath(q.Path)), analysis.LoggedStatus(q)}
}

// mechanismLogged returns the mechanism by the trace of a request; known if there is no trace.
func mechanismLogged(q *serverlog.Request, known analysis.Mechanism) analysis.Mechanism {
	switch strings.ToLower(q.Package) {
	case "kerberos":
		return analysis.Kerberos
	case "ntlm":
		return analysis.NTLM
	case "basic":
		return analysis.Basic
	case "digest":
		return analysis.Digest
	}
	return known
}

// report sets which traces were joined, and notes how many were not.
func (t *tracedRequests) report(c *httpstream.Counters, s *Servers) {
	left := 0
	for _, l := range s.logs {
		if !l.traced {
			continue
		}
		joined := map[httpstream.File]bool{}
		for _, q := range l.lines {
			joined[q.Pos.File] = q.seen != nil
			if q.seen == nil {
				left++
			}
		}
		for i := range c.Inputs {
			if in := &c.Inputs[i]; joined[in.File] {
				in.Joined, in.With, in.Ahead = 1, s.captureFile, l.clock.reportedAhead()
			}
		}
	}
	say := func(kind, format string, n int) {
		if n > 0 {
			c.Notes = append(c.Notes, httpstream.Limitation{Kind: kind, Text: fmt.Sprintf(format, n)})
		}
	}
	say("log-not-joined", "Traces of requests by IIS (FREB) that name no client and cannot be joined with requests: %d. IIS writes the client's address at the level Verbose", t.withoutClientCount)
	if c.Requests > 0 {
		say("log-of-other-requests", "Traces of requests by IIS (FREB) that fit no request in the capture, or fit several: %d", left)
		return
	}
	say("log-not-joined", "Traces of requests by IIS (FREB) of a 401 with which a handshake goes on: %d. What came after them is not in them", t.continued)
}
