package correlate

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/tokens"
)

// grouping is the state of putting legs together.
type grouping struct {
	attempts            []*attempt
	slots               map[*httpstream.Conn]*[2]slot
	awaitingCredentials map[ends][]*attempt // challenged; credentials may still come
	awaitingType3       []*attempt          // type 2 sent, and the next leg may come on another connection
	parallel            []parallelChallenge
	rest                []entry // what comes behind the leg at hand
	live                *live   // nil unless the capture is followed
}

// group puts the legs of exchanges, which are in order of their frames, together into
// handshakes, in order of their first frames. skipped is how many follow-on requests came
// on a connection after these.
func group(entries []entry, skipped map[*httpstream.Conn]int, l *live) *grouping {
	g := &grouping{live: l, slots: map[*httpstream.Conn]*[2]slot{}, awaitingCredentials: map[ends][]*attempt{}}
	for i := range entries {
		n := &entries[i]
		g.rest = entries[i+1:]
		x := n.exchange
		g.countFollowOns(x.Conn, n.skipped)
		follows, of := n.isFollowOn(), [2]bool{true, true}
		for target, l := range n.legs {
			if l != nil {
				of[target] = g.add(l, &g.slotsOf(x.Conn)[target])
				follows = follows || of[target]
			}
		}
		if follows {
			g.followOn(x, of)
		}
	}
	for c, n := range skipped {
		g.countFollowOns(c, n)
	}
	g.attempts = slices.DeleteFunc(g.attempts, onlyReset)
	for _, h := range g.attempts {
		h.conclude()
	}
	sortAttempts(g.attempts)
	return g
}

// slotsOf returns the two slots of a connection on which there is authentication.
func (g *grouping) slotsOf(c *httpstream.Conn) *[2]slot {
	slots := g.slots[c]
	if slots == nil {
		slots = &[2]slot{{target: analysis.ToServer}, {target: analysis.ToProxy}}
		g.slots[c] = slots
	}
	return slots
}

// add takes a leg, and reports whether it is a request without credentials, which follows on an
// earlier handshake.
func (g *grouping) add(l *leg, at *slot) (follows bool) {
	switch {
	case l.Sent != nil:
		g.credentials(l, at)
	case l.Asks, l.Status() == 0 && l.Reset != "":
		g.challenge(l, at)
	case l.Answer() != nil:
		// The exporter left the credentials out, but the server's last token shows
		// that there were some.
		g.credentials(l, at)
	default:
		return true
	}
	return false
}

// credentials takes a leg in which the client sent credentials.
func (g *grouping) credentials(l *leg, at *slot) {
	h := at.inProgress
	if h != nil && g.live.isClosed(h, l) {
		h = nil
	}
	switch {
	case h == nil:
	case h.last.Response == nil && l.Sent.NTLM().Type() != 3:
		h = nil // how it went on is not in the capture
	case !continues(h, l):
		h.RestartedAt, h = l.RequestPos(), nil
	}
	if neverFirst(l) && (h == nil || answersNot(h, l)) {
		if o := g.splitFrom(l, at); o != nil {
			h, o.Split = o, true
		}
	}
	if h == nil {
		if h = g.countRepeat(l, at); h != nil {
			return
		}
		if h = g.takeChallenged(l, at); h != nil {
			g.keepParallel(h, l)
		} else if h = g.begin(at.target); l.Sent != nil {
			g.takeParallel(h, l)
		}
	}
	g.extend(h, l, at)
}

// extend appends l to h and sets what may follow.
func (g *grouping) extend(h *attempt, l *leg, at *slot) {
	h.append(l)
	at.inProgress = nil
	switch l.Verdict {
	case analysis.NoVerdict:
		if (l.Response == nil || l.Response.HeadCut) && l.Sent.NTLM().Type() == 1 {
			at.inProgress = h // message 2 may be missing in the capture
		}
	case analysis.Continues:
		at.inProgress = h
		g.awaitingType3 = append(recent(g.awaitingType3), h)
	case analysis.Accepted:
		h.Outcome = analysis.Succeeded
		at.authenticated = h
	case analysis.Rejected:
		h.Outcome = analysis.Failed
		at.authenticated = nil
	case analysis.Retry:
		g.awaitCredentials(h, l)
	}
}

// awaitCredentials notes that credentials may follow on l, the last leg of h.
func (g *grouping) awaitCredentials(h *attempt, l *leg) {
	of := endsOf(l.Conn)
	g.awaitingCredentials[of] = append(recent(g.awaitingCredentials[of]), h)
}

// challenge takes a leg in which the server asks for credentials and the client sent none.
func (g *grouping) challenge(l *leg, at *slot) {
	at.authenticated = nil
	if l.Answer() != nil {
		// A token in answer to nothing: the exporter left the credentials out.
		g.credentials(l, at)
		return
	}
	waiting := g.awaitingCredentials[endsOf(l.Conn)]
	if l.Request == nil {
		waiting = nil // nothing shows that it repeats another
	}
	for _, h := range waiting {
		if h.Target == at.target && h.OpeningLeg() == nil && repeats(h, l) && !g.live.isClosed(h, l) {
			if isParallel(h, l) {
				h.asked = append(h.asked, h.last, l)
			}
			h.append(l)
			return
		}
	}
	h := g.begin(at.target)
	h.append(l)
	g.awaitCredentials(h, l)
}

func (g *grouping) begin(target analysis.Target) *attempt {
	h := &attempt{}
	h.Target, h.Legs = target, h.legsBuf[:0]
	g.attempts = append(g.attempts, h)
	return h
}

// countRepeat counts l if it repeats the credentials of a handshake that succeeded, under a
// scheme that sends them with every request. It returns that handshake, nil if there is none.
func (g *grouping) countRepeat(l *leg, at *slot) *attempt {
	h := at.authenticated
	if h == nil || l.Sent == nil || tokens.IsTokenScheme(l.Sent.Scheme) || l.Verdict != analysis.Accepted {
		return nil
	}
	if s := h.Last().Sent; s == nil || s.Scheme != l.Sent.Scheme || s.User != l.Sent.User {
		return nil
	}
	h.Repeats++
	h.LastRepeat = l.RequestPos().Time
	return h
}

// takeChallenged returns the challenged handshake that l answers, and removes it from the list.
func (g *grouping) takeChallenged(l *leg, at *slot) *attempt {
	of := endsOf(l.Conn)
	waiting := g.awaitingCredentials[of]
	for i, h := range slices.Backward(waiting) {
		if h.Target == at.target && sameClient(h, l) && mayAnswer(h, l) && (repeatsRequest(h.Last(), &l.Leg) || isNextOn(h, l)) && within(h, l, 2*time.Minute) && !g.live.isClosed(h, l) {
			if len(waiting) == 1 {
				delete(g.awaitingCredentials, of) // so that few are there, among which others are found soon
			} else {
				g.awaitingCredentials[of] = slices.Delete(waiting, i, i+1)
			}
			return h
		}
	}
	return nil
}

// splitFrom returns the handshake on another connection whose type 2 message l answers.
func (g *grouping) splitFrom(l *leg, at *slot) *attempt {
	for i := len(g.awaitingType3) - 1; i >= 0; i-- {
		h := g.awaitingType3[i]
		if h.Target != at.target || h.Outcome != "" || h.Last().Conn == l.Conn || !sameSource(h, l) || g.live.isClosed(h, l) {
			continue
		}
		_, challenge := h.NTLM(2)
		switch {
		case challenge == nil || !answers(l.Sent.NTLM(), challenge):
		case sameClient(h, l), namesChallenge(l.Sent.NTLM()) && !g.mayBeAnswered(h):
			g.close(h)
			return h
		}
	}
	return nil
}

// mayBeAnswered reports whether the challenge of h is answered on its own connection, perhaps behind the leg
// at hand, or in what the capture lacks of it. What another server got is then the same answer, seen behind
// a balancer.
func (g *grouping) mayBeAnswered(h *attempt) bool {
	if h.Last().Conn.Lost[httpstream.Client] > 0 {
		return true
	}
	_, challenge := h.NTLM(2)
	if _, answer := h.NTLM(3); answer != nil {
		return answers(answer, challenge)
	}
	for i := range g.rest {
		for _, l := range g.rest[i].legs {
			if l != nil && l.target == h.Target && l.Conn == h.Last().Conn && l.Sent != nil {
				return answers(l.Sent.NTLM(), challenge)
			}
		}
	}
	return false
}

// close notes that a handshake in progress goes on elsewhere.
func (g *grouping) close(h *attempt) {
	slots := g.slotsOf(h.Last().Conn)
	for i := range slots {
		if slots[i].target == h.Target {
			slots[i].inProgress = nil
		}
	}
}
