package logs

import (
	"fmt"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// Count counts whether a request with authentication, which file shows, has a line. Nothing else
// is asked of the request after that.
func (s *Servers) Count(r *SeenRequest, file httpstream.File) {
	if r.Legs[0] == nil && r.Legs[1] == nil {
		return
	}
	if len(s.clients) < maxClients {
		s.clients[r.key.client] = true
	}
	s.captureFile = file
	of := r.Legs
	r.Legs = [2]*analysis.Leg{} // the line that was found outlives them
	if r.line != nil || r.otherStatus != nil {
		return
	}
	if l := r.ambiguous; l != nil {
		l.ambiguous++
		return
	}
	for _, l := range s.logs {
		if !l.traced && of[l.side()] != nil && l.clock.known && l.covers(r.respondedAt, l.clock.ahead) && l.covers(r.EndedAt.Add(OneMoment), l.clock.ahead) {
			l.unlogged++
		}
	}
}

// Report sets for each log how many of its lines were joined. from and to are the times of the first
// and the last message of the capture.
func (s *Servers) Report(c *httpstream.Counters, from, to httpstream.Time) {
	s.reportErrors(c)
	s.traces.report(c, s)
	s.faults.report(c)
	for _, l := range s.logs {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			if in.File != l.file || l.traced {
				continue
			}
			in.Joined, in.Ambiguous, in.Unlogged, in.Unseen = l.joined, l.ambiguous, l.unlogged, s.unseen(l, from, to)
			if l.joined > 0 {
				in.With, in.Ahead = s.captureFile, l.clock.reportedAhead()
			}
			s.note(c, l, in)
		}
	}
}

// reportedAhead returns the offset that a report shows: the time zone alone if the rest is less
// than the precision of the log.
func (c logClock) reportedAhead() time.Duration {
	if zone := c.ahead.Round(zoneStep); (c.ahead - zone).Abs() <= c.within+logStep {
		return zone
	}
	return c.ahead
}

// unseen counts the refusals and logons in a log that the capture does not show, although they
// are of its clients and in its time.
func (s *Servers) unseen(l *serverLog, first, last httpstream.Time) (n int) {
	if !l.clock.known || first.IsZero() {
		return 0
	}
	from, to := first.Add(l.clock.ahead+OneMoment), last.Add(l.clock.ahead-OneMoment)
	for _, q := range l.lines {
		if q.seen != nil || q.rank() > 0 || q.Pos.Time.Before(from) || q.Pos.Time.After(to) || q.ambiguous {
			continue
		}
		for _, client := range q.possibleClients() {
			if s.clients[client] {
				n++
				break
			}
		}
	}
	return n
}

// note adds notes about what could not be joined.
func (s *Servers) note(c *httpstream.Counters, l *serverLog, in *httpstream.Input) {
	say := func(kind, format string, args ...any) {
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: kind, Text: fmt.Sprintf(format, args...), File: l.file})
	}
	if l.joined == 0 && len(s.clients) > 0 {
		say("log-of-other-requests", "No line of this log is about a request with authentication in the capture: the log is from another server or another time, or the server sees its clients with other addresses or names")
	}
	if in.Ambiguous > 0 {
		say("log-ambiguous", "%s may be about more than one line of this log, or as many lines as requests came at one moment; none was chosen", plural.Count(in.Ambiguous, "request")+" with authentication")
	}
	if in.Unlogged > 0 {
		say("log-incomplete", "%s with authentication %s not in this log, although it has lines from before and after: another server behind the same address may have answered, or the log leaves them out", plural.Count(in.Unlogged, "request"), plural.Verb(in.Unlogged, "is", "are"))
	}
	if in.Unseen > 0 {
		say("log-has-more", "This log has %s that the capture does not show, although they are of its clients and in its time: they were on other connections, or packets were lost", plural.Count(in.Unseen, plural.Verb(in.Unseen, "refusal or logon", "refusals and logon")))
	}
}
