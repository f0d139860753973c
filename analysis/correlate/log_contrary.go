package correlate

import (
	"net/http"
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// contradict finds lines that are about a request by all that they say but the status: something
// answered in the server's place. What is left of requests and lines for the same by the same
// client is paired in its order, if there are as many of the one as of the other; where one pair
// alone differs in its status, that is such a line.
func (l *serverLog) contradict(seen []*seenRequest, logs *serverLogs) {
	if l.traced || !l.clock.known {
		return
	}
	left := map[kind][]*seenRequest{}
	var kinds []kind
	for _, s := range seen {
		if leg := s.legs[0]; leg != nil {
			leg.LoggedOtherwise = nil
		}
		if s.line != nil {
			continue
		}
		k := s.kind.ofAnyStatus()
		if left[k] == nil {
			kinds = append(kinds, k)
		}
		left[k] = append(left[k], s)
	}
	for _, k := range kinds {
		requests := left[k] // in the order in which they ended
		for begin, i := 0, 1; i <= len(requests); i++ {
			if i == len(requests) || requests[i].reach(l.clock).from.After(requests[i-1].reach(l.clock).to) {
				l.pairAnyStatus(requests[begin:i], l.leftFor(k, requests[begin:i]), logs)
				begin = i
			}
		}
	}
}

// ofAnyStatus is the kind of lines that are about a request, whatever the status.
func (k kind) ofAnyStatus() kind {
	k.status = 0
	return k
}

// leftFor are the lines that may be about one of some requests that follow each other, and are
// about no other.
func (l *serverLog) leftFor(k kind, requests []*seenRequest) (lines []*loggedRequest) {
	if l.byRequest == nil {
		l.byRequest = map[kind][]*loggedRequest{}
		for _, q := range l.lines {
			for _, client := range q.clients() {
				of := kind{client, q.Method, plainPath(q.Path), 0}
				l.byRequest[of] = append(l.byRequest[of], q)
			}
		}
	}
	all := l.byRequest[k]
	from := requests[0].reach(l.clock).from
	i, _ := slices.BinarySearchFunc(all, from, func(q *loggedRequest, at httpstream.Time) int { return q.Pos.Time.Compare(at) })
	for _, q := range all[i:] {
		if q.Pos.Time.After(requests[len(requests)-1].reach(l.clock).to) {
			break
		}
		if q.of == nil && q.Reason == "" {
			lines = append(lines, q)
		}
	}
	return lines
}

// pairAnyStatus joins requests and lines in their order, if it is sure and one pair alone has two
// statuses.
func (l *serverLog) pairAnyStatus(requests []*seenRequest, lines []*loggedRequest, logs *serverLogs) {
	if len(requests) != len(lines) {
		return
	}
	odd := -1
	for i, s := range requests {
		q := lines[i]
		inOrder := i == 0 || requests[i-1].conn == s.conn || s.done.Sub(requests[i-1].done) >= sameMoment
		if !inOrder || !s.reach(l.clock).holds(q.Pos.Time) || !s.mayBe(q.Request) || q.Status != s.kind.status && odd >= 0 {
			return
		}
		if q.Status != s.kind.status {
			odd = i
		}
	}
	if odd < 0 {
		return
	}
	s, q := requests[odd], lines[odd]
	if leg := s.legs[0]; leg == nil || leg.Sent == nil || !disagree(s.kind.status, q) || !l.spans(s.answered.Add(l.clock.ahead)) {
		return
	}
	for i, r := range requests {
		r.ambiguous = nil
		if lines[i].mayBeOf = false; i != odd {
			r.found(l, lines[i])
			logs.named(r, lines[i].Request)
		}
	}
	s.otherwise, s.legs[0].LoggedOtherwise = q, q.Request
}

// spans reports whether a log has lines of before and after a time by its clock, or of its very
// second: what is cut off at its ends is not missed then.
func (l *serverLog) spans(at httpstream.Time) bool {
	return !at.Before(l.first) && !at.After(l.last.Add(logStep))
}

// disagree reports whether a line says of credentials that they were taken, and the response that
// they were not, or the other way round.
func disagree(status int, q *loggedRequest) bool {
	refused := status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusProxyAuthRequired
	switch analysis.StepOf(q.Request) {
	case analysis.LogsLogon, analysis.LogsAnybody:
		return refused || status >= http.StatusInternalServerError && q.Status < http.StatusBadRequest
	case analysis.LogsRefusal, analysis.LogsNoRight, analysis.LogsChallenge:
		return !refused
	}
	return false
}

// A namedRequest is one without credentials for which a log names a user.
type namedRequest struct {
	*analysis.NamedRequest
	conn *httpstream.Conn
}

// A wire is a connection, whichever copy of it is at hand.
type wire struct {
	client, server netip.AddrPort
	start          httpstream.Pos
	origin         int
}

func wireOf(c *httpstream.Conn) wire { return wire{c.Client, c.Server, c.Start, c.Origin} }

// named notes that a line names a user for a request that carried nothing by which the server
// could know one.
func (s *serverLogs) named(r *seenRequest, q *serverlog.Request) {
	if !r.bare || q.User == "" || q.Status >= http.StatusBadRequest || r.conn == nil {
		return
	}
	if len(s.nameless) == maxNamed {
		s.counters.Drop("requests without credentials for which a log names a user, over the number that is looked at", 1)
		return
	}
	n := &analysis.NamedRequest{Line: q, At: r.at, Status: r.kind.status, Client: r.client.String(), Server: r.server.String(), Host: analysis.HostOnly(r.host)}
	s.nameless = append(s.nameless, namedRequest{n, r.conn})
}

// logsOn notes who has logged on over a connection.
func (s *serverLogs) logsOn(h *attempt) {
	if h.Target != analysis.ToServer || h.Opening() == nil {
		return
	}
	for _, l := range h.Legs {
		on := wireOf(l.Conn)
		if _, known := s.users[on]; !known && len(s.users) == maxClients {
			s.counters.Drop("connections whose users are not compared with those of logs", 1)
			return
		}
		user := ""
		if h.UserEvidence == analysis.Proven && h.Outcome == analysis.Succeeded {
			user = h.User
		}
		if !slices.Contains(s.users[on], user) {
			s.users[on] = append(s.users[on], user)
		}
	}
}

// namedByLogs are the requests without credentials for which logs name a user whom the packets do
// not show: nobody logged on over the connection, all of which was seen, or others did.
func (s *serverLogs) namedByLogs() (list []*analysis.NamedRequest) {
	for _, n := range s.nameless {
		users := s.users[wireOf(n.conn)]
		switch {
		case len(users) == 0 && !isWhole(n.conn), slices.Contains(users, ""):
			continue // somebody may have logged on
		case slices.ContainsFunc(users, func(u string) bool { return analysis.SameAccount(u, n.Line.User) }):
			continue
		}
		n.Users = users
		list = append(list, n.NamedRequest)
	}
	return list
}

// isWhole reports whether all that was said on a connection was seen.
func isWhole(c *httpstream.Conn) bool {
	return c.SYN && c.Lost == [2]int64{} && !c.Conflict && c.Unread == [2]bool{} && c.Tunnel == nil && c.Recorder == nil
}
