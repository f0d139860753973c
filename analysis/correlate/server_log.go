package correlate

import (
	"cmp"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unique"

	"negotrace/capture/serverlog"
	"negotrace/httpstream"
)

// serverLogs are what servers noted about the requests of a capture. They are read before
// it, and then asked for each of its requests.
type serverLogs struct {
	first    httpstream.Time // of the capture, as far as it is known before it is read
	logs     []*serverLog    // in the order in which they were read
	errors   []*errorLog
	logons   *loggedLogons // that the logs show by themselves
	faults   loggedFaults  // likewise
	traces   tracedRequests
	counters *httpstream.Counters
	clients  map[netip.Addr]bool // of the requests that were seen
	with     httpstream.File     // that shows these
	nameless []namedRequest
	users    map[wire][]string // who logged on over connections, "" for somebody who is not known
}

// A serverLog is one log.
type serverLog struct {
	file        httpstream.File
	lines       []*loggedRequest
	first, last httpstream.Time // of all its lines, kept or not
	byKind      map[kind][]*loggedRequest
	byRequest   map[kind][]*loggedRequest // the same with a status of 0, made when it is first needed
	clock       logClock
	browser     netip.Addr // the client that the only browser is, as far as lines show it
	joined      int        // lines that belong to a request of the capture
	ambiguous   int        // requests with authentication that several lines may be about
	unlogged    int        // requests with authentication that have no line, although the log spans their time
	atBeginning bool       // its lines may say when a request began
	traced      bool       // its lines are traces, each a file of its own
}

// A kind is what a line and the request that it is about have in common. Each line is found
// under each of the addresses that may be its client.
type kind struct {
	client netip.Addr
	method string
	path   string
	status int
}

// A loggedRequest is a line of a log, and whether the request that it is about is known.
type loggedRequest struct {
	*serverlog.Request
	of      *seenRequest
	mayBeOf bool // it may be about a request, and it is not sure about which
}

func newServerLogs(first httpstream.Time, counters *httpstream.Counters) *serverLogs {
	return &serverLogs{first: first, counters: counters, clients: map[netip.Addr]bool{}, users: map[wire][]string{}, logons: newLoggedLogons(counters), faults: newLoggedFaults(counters)}
}

// log returns the log that a file is.
func (s *serverLogs) log(file httpstream.File) *serverLog {
	for _, l := range s.logs {
		if l.file == file {
			return l
		}
	}
	l := &serverLog{file: file}
	s.logs = append(s.logs, l)
	return l
}

// addRequest takes a line.
func (s *serverLogs) addRequest(q *serverlog.Request) {
	if q.Pos.Time.IsZero() {
		s.counters.Drop("lines of logs without a time", 1)
		return
	}
	l := s.log(q.Pos.File)
	l.atBeginning = l.atBeginning || q.AtBeginning
	if l.first.IsZero() || q.Pos.Time.Before(l.first) {
		l.first = q.Pos.Time
	}
	if q.Pos.Time.After(l.last) {
		l.last = q.Pos.Time
	}
	for _, text := range []*string{&q.Method, &q.Path, &q.Host, &q.User, &q.UserAgent, &q.ForwardedFor, &q.Site, &q.Queue} {
		*text = unique.Make(*text).Value() // most lines say what others do
	}
	if q.Reason != "" {
		s.faults.addRequest(q)
	} else {
		s.logons.add(q)
	}
	if s.first.IsZero() {
		return // there is nothing that they could be about
	}
	l.lines = append(l.lines, &loggedRequest{Request: q})
	if len(l.lines) >= 2*maxLogged {
		s.limit(l)
	}
}

// limit keeps the lines of a log that matter most: those that are about authentication, and of
// these the nearest to the beginning of the capture, or where there is none the newest.
func (s *serverLogs) limit(l *serverLog) {
	if len(l.lines) <= maxLogged {
		return
	}
	near := cmp.Or(s.first, l.last)
	slices.SortStableFunc(l.lines, func(a, b *loggedRequest) int {
		return cmp.Or(
			cmp.Compare(a.rank(), b.rank()),
			cmp.Compare(a.Pos.Time.Sub(near).Abs(), b.Pos.Time.Sub(near).Abs()),
		)
	})
	s.counters.Drop("lines of logs that are not about authentication, or far from the capture", len(l.lines)-maxLogged)
	clear(l.lines[maxLogged:])
	l.lines = l.lines[:maxLogged]
}

// rank orders lines by how much they matter: refusals and those with a user come first.
func (q *loggedRequest) rank() int {
	switch {
	case q.Status >= http.StatusBadRequest || q.User != "" || q.Reason != "":
		return 0
	}
	return 1
}

// index makes lines findable, when all are there.
func (s *serverLogs) index() {
	for _, l := range s.logs {
		if l.byKind != nil {
			continue
		}
		s.limit(l)
		slices.SortFunc(l.lines, inOrder)
		l.byKind = map[kind][]*loggedRequest{}
		for _, q := range l.lines {
			for _, client := range append(q.clients(), netip.Addr{}) { // an export does not know it
				k := kind{client, q.Method, plainPath(q.Path), q.Status}
				l.byKind[k] = append(l.byKind[k], q)
			}
		}
	}
}

// inOrder orders lines by their times, and of one second as they stand in the log.
func inOrder(a, b *loggedRequest) int {
	return cmp.Or(a.Pos.Time.Compare(b.Pos.Time), cmp.Compare(a.Pos.Frame, b.Pos.Frame))
}

// near returns the lines of the kind of a request that were written when it ended, by a clock.
func (l *serverLog) near(s *seenRequest, c logClock) []*loggedRequest {
	lines, lies := l.byKind[s.kind], s.reach(c)
	from, _ := slices.BinarySearchFunc(lines, lies.from, func(q *loggedRequest, at httpstream.Time) int { return q.Pos.Time.Compare(at) })
	to := from
	for to < len(lines) && lies.holds(lines[to].Pos.Time) {
		to++
	}
	return lines[from:to]
}

// maxForwarders is how many addresses of X-Forwarded-For are taken for that of a client.
const maxForwarders = 8

// clients are the addresses from which the request may have come, as a capture shows it: those
// of the connection and those that proxies on its way added.
func (q *loggedRequest) clients() []netip.Addr {
	addrs := []netip.Addr{q.Client.Addr()}
	for part := range strings.SplitSeq(q.ForwardedFor, ",") {
		part = strings.TrimSpace(part)
		addr, err := netip.ParseAddr(strings.Trim(part, "[]"))
		if both, err2 := netip.ParseAddrPort(part); err2 == nil {
			addr, err = both.Addr(), nil
		}
		if addr = addr.Unmap(); err == nil && !slices.Contains(addrs, addr) && len(addrs) < maxForwarders {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// plainPath is a path in one spelling: servers log it decoded or not, with plus signs for
// blanks.
func plainPath(path string) string {
	if strings.Contains(path, "%") {
		if plain, err := url.PathUnescape(path); err == nil {
			path = plain
		}
	}
	return strings.ReplaceAll(path, "+", " ")
}

// covers reports whether a log whose clock is so much ahead has lines before and after a time
// of the capture, so that a request at that time should be in it.
func (l *serverLog) covers(at httpstream.Time, ahead time.Duration) bool {
	at = at.Add(ahead)
	return !at.Before(l.first) && !at.After(l.last)
}
