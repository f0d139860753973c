// Package logs finds what logs and commands of hosts say about handshakes: lines of web servers' logs
// (Servers), events of Windows (Events), and what klist, setspn and others printed (Hosts). All of it
// is read before the capture, and then looked up for each handshake. Where no capture shows a request,
// it makes handshakes of the lines alone. Each thing is found by what it has in common with a
// handshake, by the clock of its own computer; if that is not unambiguous, it is not used.
package logs

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unique"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// Servers are the logs of web servers. They are read before the capture, and its requests
// are then looked up in them.
type Servers struct {
	first         httpstream.Time // of the capture, as far as it is known before it is read
	logs          []*serverLog    // in the order in which they were read
	errors        []*errorLog
	logons        *loggedLogons // that the logs show by themselves
	faults        loggedFaults  // likewise
	traces        tracedRequests
	counters      *httpstream.Counters
	clients       map[netip.Addr]bool // of the requests that were seen
	captureFile   httpstream.File     // that shows these
	namedRequests []namedRequest
	users         map[connKey][]string // who logged on over connections, "" for a user that is not known
}

// A serverLog is one log.
type serverLog struct {
	file         httpstream.File
	lines        []*loggedRequest
	first, last  httpstream.Time // of all its lines, kept or not
	byKey        map[lineKey][]*loggedRequest
	byRequestKey map[lineKey][]*loggedRequest // the same with a status of 0, made when it is first needed
	clock        logClock
	browser      netip.Addr // the client that the only browser is, as far as lines show it
	joined       int        // lines that belong to a request of the capture
	ambiguous    int        // requests with authentication that several lines may be about
	unlogged     int        // requests with authentication that have no line, although the log spans their time
	atBeginning  bool       // its lines may say when a request began
	traced       bool       // its lines are traces, each a file of its own
	atProxy      bool       // its lines are those of a proxy
}

// side returns the index of SeenRequest.Legs of those whom the log is of.
func (l *serverLog) side() int {
	if l.atProxy {
		return 1
	}
	return 0
}

// A lineKey is what a line and its request have in common. Each line has a key for each address
// that may be its client.
type lineKey struct {
	client netip.Addr
	method string
	path   string
	status int
}

// A loggedRequest is a line of a log, and whether the request that it is about is known.
type loggedRequest struct {
	*serverlog.Request
	seen      *SeenRequest
	ambiguous bool // it may be about one of several requests
}

// NewServers returns Servers without lines. first is the time of the first packet or exchange, as far
// as it is known before it is read. What is over a limit is counted in counters.
func NewServers(first httpstream.Time, counters *httpstream.Counters) *Servers {
	return &Servers{first: first, counters: counters, clients: map[netip.Addr]bool{}, users: map[connKey][]string{}, logons: newLoggedLogons(counters), faults: newLoggedFaults(counters)}
}

// logOf returns the log of a file.
func (s *Servers) logOf(file httpstream.File) *serverLog {
	for _, l := range s.logs {
		if l.file == file {
			return l
		}
	}
	l := &serverLog{file: file}
	s.logs = append(s.logs, l)
	return l
}

// AddRequest takes a line.
func (s *Servers) AddRequest(q *serverlog.Request) {
	if q.Pos.Time.IsZero() {
		s.counters.Drop("lines of logs without a time", 1, q.Pos)
		return
	}
	l := s.logOf(q.Pos.File)
	l.atBeginning, l.atProxy = l.atBeginning || q.MayBeStartTime, l.atProxy || q.AtProxy
	if l.first.IsZero() || q.Pos.Time.Before(l.first) {
		l.first = q.Pos.Time
	}
	if q.Pos.Time.After(l.last) {
		l.last = q.Pos.Time
	}
	hideSecrets(&q.Path, &q.Host)
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

// limit keeps the lines of a log that are about authentication first, then those nearest to the
// beginning of the capture; without a capture, the newest.
func (s *Servers) limit(l *serverLog) {
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
	s.counters.Drop("lines of logs that are not about authentication, or far from the capture", len(l.lines)-maxLogged, httpstream.Pos{})
	clear(l.lines[maxLogged:])
	l.lines = l.lines[:maxLogged]
}

// rank orders lines: refusals and those with a user come first.
func (q *loggedRequest) rank() int {
	switch {
	case q.Status >= httpstream.StatusBadRequest || q.User != "" || q.Reason != "":
		return 0
	}
	return 1
}

// Index sorts and indexes the lines, when all are there.
func (s *Servers) Index() {
	for _, l := range s.logs {
		if l.byKey != nil {
			continue
		}
		s.limit(l)
		slices.SortFunc(l.lines, inOrder)
		l.byKey = map[lineKey][]*loggedRequest{}
		for _, q := range l.lines {
			for _, client := range append(q.possibleClients(), netip.Addr{}) { // an export does not know it
				k := lineKey{client, q.Method, plainPath(q.Path), q.Status}
				l.byKey[k] = append(l.byKey[k], q)
			}
		}
	}
}

// inOrder orders lines by time, then by their place in the log.
func inOrder(a, b *loggedRequest) int {
	return cmp.Or(a.Pos.Time.Compare(b.Pos.Time), cmp.Compare(a.Pos.Frame, b.Pos.Frame))
}

// near returns the lines with the key of a request that were written at its time, by clock c.
func (l *serverLog) near(s *SeenRequest, c logClock) []*loggedRequest {
	lines, lies := l.byKey[s.key], s.lineTimes(c)
	from, _ := slices.BinarySearchFunc(lines, lies.from, func(q *loggedRequest, at httpstream.Time) int { return q.Pos.Time.Compare(at) })
	to := from
	for to < len(lines) && lies.contains(lines[to].Pos.Time) {
		to++
	}
	return lines[from:to]
}

// maxForwarders is how many addresses of X-Forwarded-For are taken for that of a client.
const maxForwarders = 8

// possibleClients returns the addresses that a capture may show as the client: that of the
// connection, and those that proxies added.
func (q *loggedRequest) possibleClients() []netip.Addr {
	addrs := []netip.Addr{q.Client.Addr()}
	for part := range strings.SplitSeq(q.ForwardedFor, ",") {
		if addr, ok := analysis.ForwardedAddr(part); ok && !slices.Contains(addrs, addr) && len(addrs) < maxForwarders {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// hideSecrets takes out of the path and host that a line names what may be secret in them.
func hideSecrets(path, host *string) {
	*path, *host = tokens.PublicURI(*path), tokens.PublicHost(*host)
}

// plainPath returns what is public of a path in normal form: servers log it decoded or not, with plus signs for
// spaces.
func plainPath(path string) string {
	if strings.Contains(path, "%") {
		if plain, err := url.PathUnescape(path); err == nil {
			path = plain
		}
	}
	return tokens.PublicURI(strings.ReplaceAll(path, "+", " "))
}

// covers reports whether a time of the capture lies between the first and the last line of a
// log whose clock is ahead by that much: a request at that time should be in the log.
func (l *serverLog) covers(at httpstream.Time, ahead time.Duration) bool {
	at = at.Add(ahead)
	return !at.Before(l.first) && !at.After(l.last)
}
