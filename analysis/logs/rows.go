package logs

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/internal/plural"
	"negotrace/tokens"
)

// row counts a logon in its row. begun is set if the log shows how the logon began; otherwise a
// line that names a user is a further request of the same logon.
func (s *loggedLogons) row(key logonKey, legs []*serverlog.Request, begun bool) {
	last := legs[len(legs)-1].Pos
	h := s.rows[key]
	if h == nil {
		class := classOf(key.outcome)
		if s.listed[class] == maxLoggedRows {
			s.counters.Drop("logons in server logs over the number that is listed", 1, last)
			return
		}
		s.listed[class]++
		h = newLogged(key, legs)
		s.rows[key] = h
		return
	}
	if begun || key.outcome != analysis.Succeeded || key.path != "" {
		h.Repeats++
	} else {
		h.FollowOnCount++
	}
	if last.Time.After(h.LastRepeat) || last.Time == h.LastRepeat {
		h.LastRepeat, h.LastLine = last.Time, last
	}
}

// classOf returns the class of an outcome: each class of rows has its own limit.
func classOf(o analysis.Outcome) int {
	switch o {
	case analysis.Failed:
		return 0
	case analysis.Succeeded:
		return 1
	}
	return 2
}

// newLogged returns a handshake as lines of a log show it.
func newLogged(key logonKey, lines []*serverlog.Request) *analysis.Handshake {
	h := &analysis.Handshake{}
	first, last := lines[0], lines[len(lines)-1]
	conn := &httpstream.Conn{
		Stream: -1, Client: netip.AddrPortFrom(key.clientAddr(), 0), Server: key.server,
		Start: first.Pos, End: last.Pos, HTTP: true,
	}
	h.FromLog, h.Target, h.Start, h.Legs, h.Offered = true, analysis.ToServer, first.Pos, make([]*analysis.Leg, 0, len(lines)), []string{}
	if key.atProxy {
		h.Target = analysis.ToProxy
	}
	h.LastRepeat, h.LastLine = last.Pos.Time, last.Pos
	for _, q := range lines {
		h.Legs = append(h.Legs, loggedLeg(conn, q))
	}
	h.Client, h.Server = addrOrPort(conn.Client), addrOrPort(conn.Server)
	h.Host = analysis.HostOnly(key.host)
	if h.Host == "" && key.server.IsValid() {
		h.Host = key.server.Addr().String()
	}
	h.URL, h.Program = loggedURL(last), key.agent
	h.Mechanism = mechanismLogged(last, analysis.Other)
	if key.outcome == analysis.Unanswered || key.outcome == analysis.Unknown && !slices.ContainsFunc(lines, func(q *serverlog.Request) bool { return q.SubStatus == 1 }) {
		h.Mechanism = analysis.None
	}
	if key.user != "" {
		h.User, h.UserFrom, h.UserEvidence = key.user, "the server's log", analysis.Proven
	}
	h.ListFrames()
	outcomeOfRow(h, key)
	return h
}

// clientAddr returns the address of the client: the one in X-Forwarded-For, if the log has that.
func (p logonParty) clientAddr() netip.Addr {
	first, _, _ := strings.Cut(p.forwarded, ",")
	if addr, ok := analysis.ForwardedAddr(first); ok {
		return addr
	}
	return p.client
}

// addrOrPort returns an address, with its port if there is one.
func addrOrPort(p netip.AddrPort) string {
	switch {
	case !p.Addr().IsValid():
		return ""
	case p.Port() == 0:
		return p.Addr().String()
	}
	return p.String()
}

// urlAuthority returns an address as a URL has it, without the default ports.
func urlAuthority(p netip.AddrPort) string {
	if p.Port() == 80 || p.Port() == 443 {
		p = netip.AddrPortFrom(p.Addr(), 0)
	}
	if p.Port() == 0 && p.Addr().Is6() {
		return "[" + p.Addr().String() + "]"
	}
	return addrOrPort(p)
}

// loggedURL returns the URL of a request, as far as a line has it.
func loggedURL(q *serverlog.Request) string {
	scheme := "http"
	if q.Server.Port() == 443 {
		scheme = "https"
	}
	host := q.Host
	if host == "" && q.Server.Addr().IsValid() {
		host = urlAuthority(q.Server)
	}
	if host == "" {
		return tokens.PublicURI(q.Path)
	}
	return scheme + "://" + host + tokens.PublicURI(q.Path)
}

// loggedLeg returns an exchange as a line shows it.
func loggedLeg(conn *httpstream.Conn, q *serverlog.Request) *analysis.Leg {
	r := &httpstream.Request{Pos: q.Pos, Done: q.Pos, Method: q.Method, Target: tokens.PublicURI(q.Path), Host: q.Host}
	if q.UserAgent != "" {
		r.Header = httpstream.Header{{Name: "User-Agent", Value: q.UserAgent}}
	}
	l := &analysis.Leg{
		Exchange: &httpstream.Exchange{Conn: conn, Request: r, Response: &httpstream.Response{Pos: q.Pos, Done: q.Pos, Status: q.Status}},
		Conn:     conn, Logged: q,
	}
	switch analysis.StepOf(q) {
	case analysis.LogsChallenge:
		l.Asks = true
	case analysis.LogsRefusal:
		l.Asks, l.Verdict = true, analysis.Rejected
	case analysis.LogsLogon:
		l.Verdict = analysis.Accepted
	}
	return l
}

// outcomeOfRow sets the outcome of a logon, and the line that shows it.
func outcomeOfRow(h *analysis.Handshake, key logonKey) {
	q := h.Last().Logged
	stated, _ := h.Last().StatedReason()
	if stated == "" {
		stated = analysis.LoggedStatus(q)
	}
	switch key.outcome {
	case analysis.Failed:
		h.SetOutcome(analysis.Failed, analysis.Proven, "%s has %s", q.Pos, stated)
	case analysis.Succeeded:
		if q.User == "" {
			h.SetOutcome(analysis.Succeeded, analysis.Inferred, "%s has %s after a challenge for the same, and the log has no column of users", q.Pos, stated)
			return
		}
		h.SetOutcome(analysis.Succeeded, analysis.Proven, "%s has %s and names %s as the user", q.Pos, stated, q.User)
	case analysis.Abandoned:
		h.SetOutcome(analysis.Abandoned, analysis.Inferred, "%s has %s, with which a handshake goes on, and nothing of it follows", q.Pos, stated)
	case analysis.Unanswered:
		h.SetOutcome(analysis.Unanswered, analysis.Inferred, "%s has %s, and no line with credentials of this client follows", q.Pos, stated)
	default:
		h.SetOutcome(analysis.Unknown, "", "the log ends soon after %s, which has %s", q.Pos, stated)
	}
}

// Handshakes returns those that logs show by themselves, in the order of their first lines, when
// all lines were taken.
func (s *Servers) Handshakes() []*analysis.Handshake {
	s.traces.addTo(s.logons)
	return s.logons.handshakes()
}

// LastLine returns the last line of which Handshakes may be made.
func (s *Servers) LastLine() httpstream.Pos { return s.logons.last }

// handshakes returns all rows, in the order of their first lines, when all lines were taken.
// Challenges that a client left unanswered are left out if it logged on otherwise: browsers
// send several requests at a time.
func (s *loggedLogons) handshakes() []*analysis.Handshake {
	s.abandonAll(func(*pendingLogon) bool { return true })
	var all []*analysis.Handshake
	for key, h := range s.rows {
		if _, in := s.lastAccepted[key.logonParty]; in && classOf(key.outcome) == 2 {
			continue
		}
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *analysis.Handshake) int { return byTime(a.Start, b.Start) })
	return all
}

// byTime orders lines of logs by time, then by file and line.
func byTime(a, b httpstream.Pos) int {
	if c := a.Time.Compare(b.Time); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.File.String(), b.File.String()), cmp.Compare(a.Frame, b.Frame))
}

// Summary puts into words what logs of web servers show by themselves; "" for nothing.
func (s *Servers) Summary() string {
	faults := 0
	for _, f := range s.faults.list {
		faults += f.Count
	}
	text := s.logons.summary()
	switch {
	case faults == 0:
		return text
	case text == "":
		return "by the error log " + plural.Count(faults, "request") + " refused"
	}
	return fmt.Sprintf("%s, and by its error log %s refused", text, plural.Count(faults, "request"))
}

// summary returns how many logons the logs show, in words; "" for none.
func (s *loggedLogons) summary() string {
	switch {
	case s.accepted+s.refused+s.unanswered == 0:
		return ""
	case s.accepted+s.refused == 0:
		return fmt.Sprintf("by %s nobody logged on; %s had no answer", s.whose(), plural.Count(s.unanswered, "challenge"))
	}
	return fmt.Sprintf("by %s %s accepted, %d refused", s.whose(), plural.Count(s.accepted, "logon"), s.refused)
}

// whose says whose logs they are.
func (s *loggedLogons) whose() string {
	switch {
	case s.ofProxy && s.ofServer:
		return "the logs of proxy and web server"
	case s.ofProxy:
		return "the proxy's log"
	}
	return "the web server's log"
}
