package correlate

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A client that asks for one thing on several connections at once is challenged on each. While no
// credentials follow, or on one connection only, the challenges are one handshake: a browser opens
// connections in advance. Where credentials follow on several, each has its own challenge.

// A parallelChallenge is a challenge in a handshake that goes on by another one.
type parallelChallenge struct {
	of  *attempt
	leg *leg
}

// sameChallenges is noted where nothing shows which of several challenges credentials answer.
const sameChallenges = "the client was challenged on several connections at the same time, and nothing shows which challenge this answers: the one that has waited longest is taken"

// isParallel reports whether the client sent the request of l on another connection before it had the last
// challenge of h, and that of h before it had the one of l: neither repeats the other.
func isParallel(h *attempt, l *leg) bool {
	a, b := h.Last(), &l.Leg
	if a.Conn == b.Conn || a.Request == nil || b.Request == nil || a.Response == nil || b.Response == nil {
		return false
	}
	return a.Request.Pos.Compare(b.Response.Pos) < 0 && b.Request.Pos.Compare(a.Response.Pos) < 0
}

// keepParallel takes that credentials follow on one of the challenges of h: the others may have their own.
func (g *grouping) keepParallel(h *attempt, l *leg) {
	if len(h.asked) == 0 {
		return
	}
	own := slices.IndexFunc(h.asked, func(o *leg) bool { return o.Conn == l.Conn })
	if own < 0 {
		own = 0
		l.noteSameChallenges()
	}
	for _, o := range h.asked {
		if o != h.asked[own] && !slices.Contains(g.parallel, parallelChallenge{h, o}) {
			g.parallel = append(recent(g.parallel), parallelChallenge{h, o})
		}
	}
	if h.head != nil && slices.Contains(h.asked, h.head) {
		h.head = h.asked[own]
	}
	h.asked = nil
}

// takeParallel moves the challenge that l answers from another handshake to h, if there is one: all on its
// connection, or the first on a connection that was closed.
func (g *grouping) takeParallel(h *attempt, l *leg) {
	var taken []parallelChallenge
	for _, p := range g.parallel {
		c := &p.leg.Leg
		if p.of.Target != h.Target || !repeatsRequest(c, &l.Leg) || endsOf(c.Conn) != endsOf(l.Conn) || l.Exchange.Pos().Time.Sub(c.Exchange.Pos().Time) > 2*time.Minute {
			continue
		}
		switch isOwn := c.Conn == l.Conn; {
		case isOwn && len(taken) > 0 && taken[0].leg.Conn != l.Conn:
			taken = []parallelChallenge{p}
		case isOwn, len(taken) == 0 && c.Conn.Closed():
			taken = append(taken, p)
		}
	}
	for _, p := range taken {
		g.parallel = slices.DeleteFunc(g.parallel, func(o parallelChallenge) bool { return o == p })
		p.of.Legs = slices.DeleteFunc(p.of.Legs, func(o *analysis.Leg) bool { return o == &p.leg.Leg })
		h.append(p.leg)
		if p.leg.Conn != l.Conn {
			l.noteSameChallenges()
		}
	}
}

func (l *leg) noteSameChallenges() {
	if !slices.ContainsFunc(l.Notes, func(n httpstream.Note) bool { return n.Text == sameChallenges }) {
		l.Notes = append(l.Notes, httpstream.Note{Pos: l.RequestPos(), Text: sameChallenges})
	}
}
