package correlate

import (
	"net/netip"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/capture/serverlog"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// A seenRequest is what a capture shows of a request that was answered, as far as it is found
// by that in logs.
type seenRequest struct {
	client, server netip.AddrPort
	kind           kind
	host, agent    string // empty where the request does not say
	asked          httpstream.Time
	answered, done httpstream.Time // the first and the last byte of the response
	conn           *httpstream.Conn
	at             httpstream.Pos // the response
	bare           bool           // it has no credentials, and no cookie that may stand for some
	legs           [2]*leg        // nil for one without authentication
	line           *loggedRequest
	otherwise      *loggedRequest // the line about it that has another status
	trace          *loggedRequest // of a trace by IIS
	ambiguous      *serverLog     // in which several lines may be about it; nil if there is none
}

// newSeenRequest returns what is seen of an exchange; nil for one without a response, or without
// a client's address, unless it is of the only browser that is seen.
func newSeenRequest(x *httpstream.Exchange, oneBrowser bool) *seenRequest {
	q, r := x.Request, x.Response
	if q == nil || r == nil || !x.Conn.Client.IsValid() && !oneBrowser || r.Pos.Time.IsZero() {
		return nil
	}
	path, _, _ := strings.Cut(fullPath(q), "?")
	s := &seenRequest{
		client: x.Conn.Client, server: x.Conn.Server, host: strings.Clone(requestHost(q)), agent: strings.Clone(q.Header.Value("User-Agent")),
		asked: q.Pos.Time, answered: r.Pos.Time, done: r.Done.Time, conn: x.Conn,
		at: r.Pos, bare: q.Header.Value("Authorization") == "" && q.Header.Value("Cookie") == "",
		kind: kind{x.Conn.Client.Addr().Unmap(), strings.Clone(q.Method), strings.Clone(plainPath(path)), r.Status},
	}
	if s.done.Before(s.answered) {
		s.done = s.answered
	}
	return s
}

// user is who the credentials say that the client is, empty where they do not.
func (s *seenRequest) user() string {
	for _, l := range s.legs {
		if l != nil && l.Sent != nil && (l.Sent.User != "" || l.Sent.NTLM().Type() == 3) {
			return sentUser(l.Sent)
		}
	}
	return ""
}

// sentUser is whom credentials name, empty where they name nobody that can be read.
func sentUser(a *tokens.Auth) string {
	switch {
	case a == nil:
		return ""
	case a.NTLM().Type() == 3:
		return accountName(a.NTLM().Authenticate)
	}
	return a.User
}

// mayBe reports whether nothing that a line says contradicts its being about the request. Another
// user does, unless the line has the client's port as well: then the names differ of one request.
func (s *seenRequest) mayBe(q *serverlog.Request) bool {
	user, samePort := s.user(), q.Client == netip.AddrPortFrom(s.client.Addr().Unmap(), s.client.Port())
	switch {
	case q.Client.Port() != 0 && q.Client.Addr() == s.client.Addr().Unmap() && q.Client.Port() != s.client.Port():
		return false
	case q.UserAgent != "" && s.agent != "" && !sameAgent(q.UserAgent, s.agent):
		return false
	case q.Host != "" && s.host != "" && !sameHost(q.Host, s.host):
		return false
	case q.User != "" && user != "" && !samePort && !analysis.SameAccount(q.User, user):
		return false
	}
	if q.Host != "" && s.host != "" || !q.Server.Addr().IsValid() || !s.server.IsValid() {
		return true // a load balancer may have another address
	}
	return q.Server.Addr().Unmap() == s.server.Addr().Unmap() && (q.Server.Port() == 0 || q.Server.Port() == s.server.Port())
}

// sameAgent compares names of programs: logs write plus signs for blanks, and cut what is long.
func sameAgent(logged, sent string) bool {
	sent = strings.ReplaceAll(sent, "+", " ")
	return logged == sent || len(logged) >= 1024 && strings.HasPrefix(sent, logged)
}

func sameHost(a, b string) bool {
	return strings.EqualFold(analysis.HostOnly(a), analysis.HostOnly(b))
}

// A reach is a stretch of time in which the line about a request may lie.
type reach struct{ from, to httpstream.Time }

const (
	// logStep is how exact the times of a log are: a line of the second 5 was written between
	// 5 and 6.
	logStep = time.Second
	// logDelay is how long after the last byte that a capture shows a server may note the end
	// of a request: it waits for the acknowledgement.
	logDelay = 500 * time.Millisecond
)

// reach is where, by the clock of a log that is so much ahead, the line about s may lie: the
// server writes the second in which it ended the request, or some in which it began.
func (s *seenRequest) reach(c logClock) reach {
	first := s.answered
	if c.atBeginning && !s.asked.IsZero() && s.asked.Before(first) {
		first = s.asked
	}
	return reach{first.Add(c.ahead - logStep - c.within), s.done.Add(c.ahead + logDelay + c.within)}
}

func (r reach) holds(at httpstream.Time) bool { return !at.Before(r.from) && !at.After(r.to) }
