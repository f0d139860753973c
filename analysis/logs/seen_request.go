package logs

import (
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A SeenRequest is a request with a response, with what its lines in logs are looked up by.
type SeenRequest struct {
	client, server       netip.AddrPort
	key                  lineKey
	host, agent          string // empty where the request does not say
	requestedAt          httpstream.Time
	respondedAt, EndedAt httpstream.Time // the first and the last byte of the response
	conn                 httpstream.ConnKey
	on                   connKey          // the same for all its copies; zero if there is no connection
	whole                bool             // so far all bytes of the connection were seen and read
	at                   httpstream.Pos   // the response
	noCredentials        bool             // and no cookie, which may stand for some
	Legs                 [2]*analysis.Leg // to the server and to a proxy; nil for one without authentication
	line                 *loggedRequest
	otherStatus          *loggedRequest // the line about it that has another status
	trace                *loggedRequest // of a trace by IIS
	ambiguous            *serverLog     // in which several lines may be about it; nil if there is none
}

// NewSeenRequest returns the request of an exchange. It is nil for one without a response, or
// without a client's address unless a single browser export is read.
func NewSeenRequest(x *httpstream.Exchange, oneBrowser bool) *SeenRequest {
	q, r := x.Request, x.Response
	if q == nil || r == nil || !x.Conn.Client.IsValid() && !oneBrowser || r.Pos.Time.IsZero() {
		return nil
	}
	path, _, _ := strings.Cut(analysis.RequestPath(q), "?")
	s := &SeenRequest{
		client: x.Conn.Client, server: x.Conn.Server, host: strings.Clone(analysis.RequestHost(q)), agent: strings.Clone(q.Header.Value("User-Agent")),
		requestedAt: q.Pos.Time, respondedAt: r.Pos.Time, EndedAt: r.Done.Time, conn: x.Conn.Key(), on: connKeyOf(x.Conn), whole: isWhole(x.Conn),
		at: r.Pos, noCredentials: q.Header.Value("Authorization") == "" && q.Header.Value("Cookie") == "",
		key: lineKey{x.Conn.Client.Addr().Unmap(), strings.Clone(q.Method), strings.Clone(plainPath(path)), r.Status},
	}
	if s.EndedAt.Before(s.respondedAt) {
		s.EndedAt = s.respondedAt
	}
	return s
}

// user returns the user that the credentials name, empty if they name none.
func (s *SeenRequest) user() string {
	for _, l := range s.Legs {
		if l != nil && l.Sent != nil && (l.Sent.User != "" || l.Sent.NTLM().Type() == 3) {
			return sentUser(l.Sent)
		}
	}
	return ""
}

// sentUser returns the user that credentials name, empty if none can be read.
func sentUser(a *tokens.Auth) string {
	switch {
	case a == nil:
		return ""
	case a.NTLM().Type() == 3:
		return analysis.NTLMAccount(a.NTLM().Authenticate)
	}
	return a.User
}

// mayMatch reports whether a line may be about the request. One with another user may not,
// unless it has the client's port, or the user is Guest, for whom Windows takes others: then it is
// the same request, and the names differ.
func (s *SeenRequest) mayMatch(q *serverlog.Request) bool {
	user, samePort := s.user(), q.Client == unmapped(s.client)
	switch {
	case q.Client.Port() != 0 && q.Client.Addr() == s.client.Addr().Unmap() && q.Client.Port() != s.client.Port():
		return false
	case q.UserAgent != "" && s.agent != "" && !sameAgent(q.UserAgent, s.agent):
		return false
	case q.Host != "" && s.host != "" && !sameHost(q.Host, s.host):
		return false
	case q.User != "" && user != "" && !samePort && !analysis.SameAccount(q.User, user) && !analysis.IsGuest(q.User):
		return false
	}
	if q.Host != "" && s.host != "" || !q.Server.Addr().IsValid() || !s.server.IsValid() {
		return true // a load balancer may have another address
	}
	return q.Server.Addr().Unmap() == s.server.Addr().Unmap() && (q.Server.Port() == 0 || q.Server.Port() == s.server.Port())
}

// sameAgent reports whether two names of programs are the same: logs write plus signs for
// blanks, and cut what is long.
func sameAgent(logged, sent string) bool {
	sent = strings.ReplaceAll(sent, "+", " ")
	return logged == sent || len(logged) >= 1024 && strings.HasPrefix(sent, logged)
}

func sameHost(a, b string) bool {
	return strings.EqualFold(analysis.HostOnly(a), analysis.HostOnly(b))
}

// A timeRange is when the line about a request may be written, by the clock of the log.
type timeRange struct{ from, to httpstream.Time }

const (
	// logStep is the precision of the times of a log: a line of second 5 was written between 5 and 6.
	logStep = time.Second
	// logDelay is how long after the last byte that a capture shows a server may note the end
	// of a request: it waits for the acknowledgement.
	logDelay = 500 * time.Millisecond
)

// lineTimes returns when the line about s may be written, by a clock c. Most servers write the
// time when a request ended, some the time when it began.
func (s *SeenRequest) lineTimes(c logClock) timeRange {
	first := s.respondedAt
	if c.atBeginning && !s.requestedAt.IsZero() && s.requestedAt.Before(first) {
		first = s.requestedAt
	}
	return timeRange{first.Add(c.ahead - logStep - c.within), s.EndedAt.Add(c.ahead + logDelay + c.within)}
}

func (r timeRange) contains(at httpstream.Time) bool { return !at.Before(r.from) && !at.After(r.to) }
