package correlate

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// Which leg continues which handshake.

// answers reports whether an NTLM type 3 message may answer the challenge. An NTLMv2 response
// repeats the server's AV pairs; a message without pairs may answer any.
func answers(auth, challenge *tokens.NTLM) bool {
	if auth.Type() != 3 {
		return false
	}
	mine, theirs := auth.Authenticate.Pairs, challenge.Challenge.TargetInfo
	if mine == nil || theirs == nil {
		return true
	}
	return equalOrNil(mine.Timestamp, theirs.Timestamp) && equalOrNil(mine.ComputerName, theirs.ComputerName)
}

// namesChallenge reports whether a type 3 message says which challenge it answers, by its time and the machine's name.
func namesChallenge(auth *tokens.NTLM) bool {
	if auth.Type() != 3 || auth.Authenticate.Pairs == nil {
		return false
	}
	mine := auth.Authenticate.Pairs
	return mine.Timestamp != nil && mine.ComputerName != nil
}

// answersNot reports whether a type 3 message names another challenge than that of h.
func answersNot(h *attempt, l *leg) bool {
	_, challenge := h.NTLM(2)
	return challenge != nil && namesChallenge(l.Sent.NTLM()) && !answers(l.Sent.NTLM(), challenge)
}

func equalOrNil[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// mayAnswer reports whether the credentials of l may answer the challenge of h. Schemes without
// a token, such as Basic, answer only a challenge that offers them. A token may go under
// another scheme than was offered, and an export need not name the scheme.
func mayAnswer(h *attempt, l *leg) bool {
	if l.Sent == nil || l.Sent.Scheme == "" || tokens.IsTokenScheme(l.Sent.Scheme) || len(h.Last().Got) == 0 {
		return true
	}
	return slices.ContainsFunc(h.Last().Got, func(a tokens.Auth) bool { return strings.EqualFold(a.Scheme, l.Sent.Scheme) })
}

// neverFirst reports whether the credentials are of a kind that never comes first.
func neverFirst(l *leg) bool {
	if l.Sent == nil {
		return false
	}
	if l.Sent.NTLM().Type() == 3 {
		return true
	}
	s := l.Sent.SPNEGO()
	return s != nil && s.Resp != nil
}

// continues reports whether l is the next leg of the open handshake h, rather than the
// client starting anew.
func continues(h *attempt, l *leg) bool {
	if l.Sent == nil {
		return true
	}
	last := h.Last().Sent
	if last != nil && !strings.EqualFold(last.Scheme, l.Sent.Scheme) {
		return false
	}
	if s := l.Sent.SPNEGO(); s != nil && s.Init != nil {
		return false
	}
	_, n1 := h.NTLM(1)
	if l.Sent.NTLM().Type() == 1 && n1 != nil {
		return false
	}
	return true
}

// repeats reports whether l is the same request by the same client, soon after the challenge
// and again without credentials.
func repeats(h *attempt, l *leg) bool {
	return repeatsRequest(h.Last(), &l.Leg) && within(h, l, 5*time.Second) && sameClient(h, l)
}

// ends are a client and a server.
type ends struct {
	client netip.Addr
	server netip.AddrPort
	origin int
}

func endsOf(c *httpstream.Conn) ends { return ends{c.Client.Addr(), c.Server, c.Origin} }

// sameClient reports whether l may come from the client of h, to the same server: from its address, and not
// from another program there.
func sameClient(h *attempt, l *leg) bool {
	return h.Last().Conn.Server == l.Conn.Server && sameSource(h, l)
}

// sameSource reports the same for any server.
func sameSource(h *attempt, l *leg) bool {
	a, b := h.Last().Conn, l.Conn
	return a.Client.Addr() == b.Client.Addr() && a.Origin == b.Origin && (a == b || sameProgram(h.Last(), &l.Leg))
}

func sameProgram(a, b *analysis.Leg) bool {
	if a.Request == nil || b.Request == nil {
		return true
	}
	x, y := a.Request.Header.Value("User-Agent"), b.Request.Header.Value("User-Agent")
	if x != "" && y != "" {
		return x == y
	}
	m, n := analysis.ClientHelloOf(a.Conn), analysis.ClientHelloOf(b.Conn)
	return m == "" || n == "" || m == n
}

func repeatsRequest(a, b *analysis.Leg) bool {
	x, y := a.Request, b.Request
	if x == nil || y == nil {
		return false
	}
	return x.Method == y.Method && x.Target == y.Target && strings.EqualFold(x.Host, y.Host) && !otherPrograms(x, y)
}

// otherPrograms reports whether two requests say that they come from different programs.
func otherPrograms(a, b *httpstream.Request) bool {
	x, y := a.Header.Value("User-Agent"), b.Header.Value("User-Agent")
	return x != "" && y != "" && x != y
}

// isNextOn reports whether l is the next request on the connection on which h was challenged.
// Some clients then send another method or a shortened body.
func isNextOn(h *attempt, l *leg) bool {
	return h.Last().Conn == l.Conn && l.H2Stream == 0
}

func within(h *attempt, l *leg, d time.Duration) bool {
	a, b := h.Last().Exchange.Pos().Time, l.Exchange.Pos().Time
	return a.IsZero() || b.IsZero() || b.Sub(a) <= d
}
