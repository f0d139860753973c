package logs

import (
	"net/netip"
	"slices"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// findOtherStatus finds lines that match a request in everything but the status: something else
// than the server answered. Requests and lines that are left, with the same client, method and
// path, are paired in order if there are as many of each. If exactly one pair differs in its
// status, that is such a line.
func (l *serverLog) findOtherStatus(seen []*SeenRequest, logs *Servers) {
	if l.traced || !l.clock.known {
		return
	}
	left := map[lineKey][]*SeenRequest{}
	var kinds []lineKey
	for _, s := range seen {
		if leg := s.Legs[l.side()]; leg != nil {
			leg.LoggedOtherwise = nil
		}
		if s.line != nil {
			continue
		}
		k := s.key.ofAnyStatus()
		if left[k] == nil {
			kinds = append(kinds, k)
		}
		left[k] = append(left[k], s)
	}
	for _, k := range kinds {
		requests := left[k] // in the order in which they ended
		for begin, i := 0, 1; i <= len(requests); i++ {
			if i == len(requests) || requests[i].lineTimes(l.clock).from.After(requests[i-1].lineTimes(l.clock).to) {
				l.pairAnyStatus(requests[begin:i], l.unjoinedLines(k, requests[begin:i]), logs)
				begin = i
			}
		}
	}
}

// ofAnyStatus returns the key without the status.
func (k lineKey) ofAnyStatus() lineKey {
	k.status = 0
	return k
}

// unjoinedLines returns the lines that may be about one of some consecutive requests, and are not
// joined yet.
func (l *serverLog) unjoinedLines(k lineKey, requests []*SeenRequest) (lines []*loggedRequest) {
	if l.byRequestKey == nil {
		l.byRequestKey = map[lineKey][]*loggedRequest{}
		for _, q := range l.lines {
			for _, client := range q.possibleClients() {
				of := lineKey{client, q.Method, plainPath(q.Path), 0}
				l.byRequestKey[of] = append(l.byRequestKey[of], q)
			}
		}
	}
	all := l.byRequestKey[k]
	from := requests[0].lineTimes(l.clock).from
	i, _ := slices.BinarySearchFunc(all, from, func(q *loggedRequest, at httpstream.Time) int { return q.Pos.Time.Compare(at) })
	for _, q := range all[i:] {
		if q.Pos.Time.After(requests[len(requests)-1].lineTimes(l.clock).to) {
			break
		}
		if q.seen == nil && q.Reason == "" {
			lines = append(lines, q)
		}
	}
	return lines
}

// pairAnyStatus joins requests and lines in their order, if that is sure and exactly one pair
// differs in its status.
func (l *serverLog) pairAnyStatus(requests []*SeenRequest, lines []*loggedRequest, logs *Servers) {
	if len(requests) != len(lines) {
		return
	}
	odd := -1
	for i, s := range requests {
		q := lines[i]
		inOrder := i == 0 || requests[i-1].conn == s.conn || s.EndedAt.Sub(requests[i-1].EndedAt) >= sameMoment
		if !inOrder || !s.lineTimes(l.clock).contains(q.Pos.Time) || !s.mayMatch(q.Request) || q.Status != s.key.status && odd >= 0 {
			return
		}
		if q.Status != s.key.status {
			odd = i
		}
	}
	if odd < 0 {
		return
	}
	s, q := requests[odd], lines[odd]
	if leg := s.Legs[l.side()]; leg == nil || leg.Sent == nil || !disagree(s.key.status, q) || !l.spans(s.respondedAt.Add(l.clock.ahead)) {
		return
	}
	for i, r := range requests {
		r.ambiguous = nil
		if lines[i].ambiguous = false; i != odd {
			r.setLine(l, lines[i])
			logs.addNamed(r, lines[i].Request)
		}
	}
	s.otherStatus, s.Legs[l.side()].LoggedOtherwise = q, q.Request
}

// spans reports whether a time by the clock of the log lies between its first and last line, or
// in the second of the last.
func (l *serverLog) spans(at httpstream.Time) bool {
	return !at.Before(l.first) && !at.After(l.last.Add(logStep))
}

// disagree reports whether line and response contradict each other: one says that the
// credentials were accepted, the other that they were not.
func disagree(status int, q *loggedRequest) bool {
	refused := status == httpstream.StatusUnauthorized || status == httpstream.StatusForbidden || status == httpstream.StatusProxyAuthRequired
	switch analysis.StepOf(q.Request) {
	case analysis.LogsLogon, analysis.LogsAnybody:
		return refused || status >= httpstream.StatusInternalServerError && q.Status < httpstream.StatusBadRequest
	case analysis.LogsRefusal, analysis.LogsNoRight, analysis.LogsChallenge:
		return !refused
	}
	return false
}

// A namedRequest is one without credentials for which a log names a user.
type namedRequest struct {
	*analysis.NamedRequest
	conn  httpstream.ConnKey
	on    connKey
	whole bool // all bytes of the connection were seen and read
}

// A connKey identifies a connection in all its copies.
type connKey struct {
	client, server netip.AddrPort
	start          httpstream.Pos
	origin         int
}

func connKeyOf(c *httpstream.Conn) connKey { return connKey{c.Client, c.Server, c.Start, c.Origin} }

// addNamed notes that a line names a user for a request that carried nothing by which the server
// could know one.
func (s *Servers) addNamed(r *SeenRequest, q *serverlog.Request) {
	if !r.noCredentials || q.User == "" || q.Status >= httpstream.StatusBadRequest {
		return
	}
	if len(s.namedRequests) == maxNamed {
		s.counters.Drop("requests without credentials for which a log names a user, over the number that is looked at", 1, q.Pos)
		return
	}
	n := &analysis.NamedRequest{Line: q, At: r.at, Client: r.client.String(), Server: r.server.String(), Host: analysis.HostOnly(r.host)}
	s.namedRequests = append(s.namedRequests, namedRequest{n, r.conn, r.on, r.whole})
}

// ConnEnded takes a connection that has ended.
func (s *Servers) ConnEnded(c *httpstream.Conn) {
	if isWhole(c) {
		return
	}
	for i := range s.namedRequests {
		if n := &s.namedRequests[i]; n.conn == c.Key() {
			n.whole = false
		}
	}
}

// AddLogon notes which user has logged on over a connection.
func (s *Servers) AddLogon(h *analysis.Handshake) {
	if h.Target != analysis.ToServer || h.OpeningLeg() == nil {
		return
	}
	for _, l := range h.Legs {
		on := connKeyOf(l.Conn)
		if _, known := s.users[on]; !known && len(s.users) == maxClients {
			s.counters.Drop("connections whose users are not compared with those of logs", 1, h.Start)
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

// NamedRequests returns the requests without credentials for which a log names a user that the
// packets do not show. Either the whole connection was seen and nobody logged on over it, or
// other users did.
func (s *Servers) NamedRequests() (list []*analysis.NamedRequest) {
	for _, n := range s.namedRequests {
		users := s.users[n.on]
		switch {
		case len(users) == 0 && !n.whole, slices.Contains(users, ""):
			continue // somebody may have logged on
		case slices.ContainsFunc(users, func(u string) bool { return analysis.SameAccount(u, n.Line.User) }):
			continue
		}
		n.Users = users
		list = append(list, n.NamedRequest)
	}
	return list
}

// isWhole reports whether all bytes of a connection were seen and read.
func isWhole(c *httpstream.Conn) bool {
	return c.SYN && c.Lost == [2]int64{} && !c.Conflict && c.Unread == [2]bool{} && c.Tunnel == nil && c.Recorder == nil
}
