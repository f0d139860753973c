package correlate

import (
	"fmt"
	"time"

	"negotrace/httpstream"
)

// count counts which requests with authentication have a line, when they are dropped. It is
// safe on nil.
func (s *serverLogs) count(entries []entry) {
	if s == nil {
		return
	}
	for i := range entries {
		n := &entries[i]
		if n.request == nil || n.legs[0] == nil {
			continue
		}
		if len(s.clients) < maxClients {
			s.clients[n.request.key.client] = true
		}
		s.captureFile = n.exchange.Pos().File
		n.request.legs, n.request.conn = [2]*leg{}, nil // the line that was found outlives them
		if n.request.line != nil || n.request.otherStatus != nil {
			continue
		}
		if l := n.request.ambiguous; l != nil {
			l.ambiguous++
			continue
		}
		for _, l := range s.logs {
			if !l.traced && l.clock.known && l.covers(n.request.respondedAt, l.clock.ahead) && l.covers(n.request.endedAt.Add(oneMoment), l.clock.ahead) {
				l.unlogged++
			}
		}
	}
}

// report sets for each log how many of its lines were joined.
func (s *serverLogs) report(c *httpstream.Counters, seen *span) {
	s.reportErrors(c)
	s.traces.report(c, s)
	s.faults.report(c)
	for _, l := range s.logs {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			if in.File != l.file || l.traced {
				continue
			}
			in.Joined, in.Ambiguous, in.Unlogged, in.Unseen = l.joined, l.ambiguous, l.unlogged, s.unseen(l, seen)
			if l.joined > 0 {
				in.With, in.Ahead = s.captureFile, l.clock.reportedAhead()
			}
			s.note(c, l, in)
		}
	}
}

// reportedAhead is the offset that a report shows: the time zone alone if the rest is less than
// the precision of the log.
func (c logClock) reportedAhead() time.Duration {
	if zone := c.ahead.Round(zoneStep); (c.ahead - zone).Abs() <= c.within+logStep {
		return zone
	}
	return c.ahead
}

// unseen counts the refusals and logons in a log that the capture does not show, although they
// are of its clients and in its time.
func (s *serverLogs) unseen(l *serverLog, seen *span) (n int) {
	if !l.clock.known || seen.first.Time.IsZero() {
		return 0
	}
	from, to := seen.first.Time.Add(l.clock.ahead+oneMoment), seen.last.Time.Add(l.clock.ahead-oneMoment)
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
func (s *serverLogs) note(c *httpstream.Counters, l *serverLog, in *httpstream.Input) {
	say := func(kind, format string, args ...any) {
		c.Notes = append(c.Notes, httpstream.Limitation{Kind: kind, Text: fmt.Sprintf(format, args...), File: l.file})
	}
	if l.joined == 0 && len(s.clients) > 0 {
		say("log-of-other-requests", "No line of this log is about a request with authentication of the capture: it is of another server or another time, or the server sees its clients by other addresses")
	}
	if in.Ambiguous > 0 {
		say("log-ambiguous", "%s may be about more than one line of this log, or as many lines as requests came at one moment; none was chosen", requests(in.Ambiguous))
	}
	if in.Unlogged > 0 {
		say("log-incomplete", "%s not in this log, although it has lines from before and after: another server behind the same address may have answered, or the log leaves them out", areRequests(in.Unlogged))
	}
	if in.Unseen > 0 {
		say("log-has-more", "This log has %s of clients and of the time of the capture that the capture does not show: other connections, or packets that were lost", logons(in.Unseen))
	}
}

func requests(n int) string {
	if n == 1 {
		return "1 request with authentication"
	}
	return fmt.Sprintf("%d requests with authentication", n)
}

func areRequests(n int) string {
	if n == 1 {
		return requests(n) + " is"
	}
	return requests(n) + " are"
}

func logons(n int) string {
	if n == 1 {
		return "1 refusal or logon"
	}
	return fmt.Sprintf("%d refusals and logons", n)
}
