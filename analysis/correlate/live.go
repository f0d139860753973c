package correlate

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A capture that is followed has no end to wait for, and a window may take days to fill. So
// handshakes become final by the time of the capture, when nothing of them came for some
// minutes. What is said of them depends on the packets alone. The system clock only decides
// when results that are not final are shown, as provisional. That happens only when everything
// was read that is there.

const (
	// finalAfter is how long a handshake must be over until it is final: checks and the outcome
	// look two minutes ahead. Some seconds are for packets that are late.
	finalAfter = 2*time.Minute + 5*time.Second
	// inProgressTimeout is the same for one that is in the middle, on a connection that is open: the
	// acceptor may be slow, and somebody may be asked for a password.
	inProgressTimeout = 10 * time.Minute
	// showAfter is how long after it has ended a handshake is shown provisionally: its requests
	// and those of the KDC are there then.
	showAfter = 3 * time.Second
	// showInterval is the shortest time between two judgements that show something.
	showInterval = 3 * time.Second
	// finalInterval is the same for judgements that make something final: each looks at all
	// that is held.
	finalInterval = 30 * time.Second
)

// live is the state of an engine whose capture is followed.
type live struct {
	now       httpstream.Time // of the capture
	judged    httpstream.Time // when it judged last what is final
	shown     httpstream.Time // when it showed last what is not
	newest    httpstream.Time // when something was kept last
	nextFinal httpstream.Time // when something may become final; zero if nothing waits
	nextShow  httpstream.Time // when there may be something to show; likewise
	hasNew    bool            // something was kept since now

	handedOut map[*analysis.Leg]int // the ID of the handshake with which each leg was handed out
}

// arrived notes that something was kept.
func (l *live) arrived() {
	if l != nil {
		l.hasNew = true
	}
}

// drop forgets the legs of exchanges that are dropped.
func (l *live) drop(entries []entry) {
	if l == nil {
		return
	}
	for i := range entries {
		for _, leg := range entries[i].legs {
			if leg != nil {
				delete(l.handedOut, &leg.Leg)
			}
		}
	}
}

// remember notes which legs were handed out.
func (l *live) remember(h *attempt) {
	if l == nil {
		return
	}
	for _, leg := range h.Legs {
		l.handedOut[leg] = h.ID
	}
}

// isClosed reports whether a handshake was handed out without a leg that came later: a
// handshake is handed out once.
func (l *live) isClosed(h *attempt, later *leg) bool {
	return l != nil && h.head.reportedAs != 0 && l.handedOut[&later.Leg] != h.head.reportedAs
}

// isRemnant reports whether h is the rest of a handshake that was handed out.
func (l *live) isRemnant(h *attempt) bool {
	if l == nil || h.head.reportedAs != 0 {
		return false
	}
	for _, leg := range h.Legs {
		if l.handedOut[leg] != 0 {
			return true
		}
	}
	return false
}

// sooner returns the earlier of two times, of which planned may be zero.
func sooner(planned, at httpstream.Time) httpstream.Time {
	if planned.IsZero() || at.Before(planned) {
		return at
	}
	return planned
}

// isOver reports whether a handshake is final by the time of the capture.
func (l *live) isOver(h *attempt) bool { return l != nil && l.now.Sub(h.latest()) >= h.quietTime() }

// isPast reports whether what came at a time is final.
func (l *live) isPast(at httpstream.Time) bool { return l != nil && l.now.Sub(at) >= finalAfter }

// plan sets when the next judgements are made. The times of those that make something final do
// not depend on the system clock.
func (l *live) plan(attempts []*attempt, s scope) {
	if l == nil {
		return
	}
	l.nextShow = httpstream.Time{}
	for _, h := range attempts {
		if h.head.reportedAs == 0 && h.mayShow() {
			l.nextShow = sooner(l.nextShow, h.latest().Add(showAfter))
		}
	}
	if !s.includesOver {
		return
	}
	l.nextFinal = httpstream.Time{}
	if l.now.Sub(l.newest) < finalAfter {
		l.nextFinal = l.newest.Add(finalAfter)
	}
	for _, h := range attempts {
		if h.head.reportedAs == 0 {
			l.nextFinal = sooner(l.nextFinal, h.latest().Add(h.quietTime()))
		}
	}
}

// follow takes how far a capture has come that is followed.
func (e *engine) follow(p *progress) {
	l := e.live
	switch {
	case l == nil:
	case p.caughtUp:
		e.showLive(p.idle)
	default:
		l.now = p.at
		l.judged, l.shown = earlier(l.judged, l.now), earlier(l.shown, l.now)
		if l.hasNew {
			l.hasNew, l.newest = false, l.now
			l.nextFinal, l.nextShow = sooner(l.nextFinal, l.now.Add(finalAfter)), sooner(l.nextShow, l.now.Add(showAfter))
		}
		if l.isReached(l.nextFinal, l.judged, finalInterval) {
			e.judgeOver()
		}
	}
}

// earlier returns the earlier one of two times: the clock of a capture may be set back.
func earlier(a, b httpstream.Time) httpstream.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// isReached reports whether the planned time has come, and the last one is long enough ago.
func (l *live) isReached(planned, last httpstream.Time, apart time.Duration) bool {
	return !planned.IsZero() && !l.now.Before(planned) && l.now.Sub(last) >= apart
}

// judgeOver judges what is held: what is over is final.
func (e *engine) judgeOver() {
	until := e.buffer.judged
	for until.kdc < len(e.buffer.kdc) && e.live.isPast(e.buffer.kdc[until.kdc].Pos().Time) {
		until.kdc++
	}
	e.live.judged = e.live.now
	e.judge(scope{until: until, includesOver: true})
	e.buffer.judged.kdc = until.kdc
}

// showLive shows what is not final, when all was read that is there: what has ended some
// seconds ago, or all if nothing came for some seconds of the clock.
func (e *engine) showLive(idle bool) {
	l := e.live
	if e.out.Provisional == nil || !idle && !l.isReached(l.nextShow, l.shown, showInterval) {
		return
	}
	l.shown = l.now
	soon := func(at httpstream.Time) bool { return l.now.Sub(at) >= showAfter }
	e.judge(scope{
		until: e.buffer.judged,
		show: func(h *attempt) bool {
			if idle {
				return h.head.legsShown != len(h.Legs)
			}
			return h.mayShow() && soon(h.latest())
		},
		// What is missing may still come: only proven findings are shown at once.
		unattached: func(f *analysis.Finding) bool { return idle || f.Evidence == analysis.Proven && soon(f.Time) },
	})
}

// latest returns the time of the last message of a handshake.
func (h *attempt) latest() httpstream.Time {
	at := h.last.RequestPos().Time
	if answered := h.last.ResponsePos().Time; answered.After(at) {
		return answered
	}
	return at
}

// ended reports whether the acceptor has accepted or rejected credentials.
func (h *attempt) ended() bool {
	return h.last.Verdict == analysis.Accepted || h.last.Verdict == analysis.Rejected && h.last.Sent != nil
}

// mayShow reports whether a handshake has ended, and was not shown since.
func (h *attempt) mayShow() bool { return h.ended() && h.head.legsShown != len(h.Legs) }

// quietTime returns how long nothing must come of a handshake until it is final.
func (h *attempt) quietTime() time.Duration {
	if h.last.Verdict == analysis.Continues && h.last.Conn.Ending == httpstream.Open {
		return inProgressTimeout
	}
	return finalAfter
}

// show passes to the Sink handshakes that are not final.
func (e *engine) show(pass *analysis.Pass, attempts []*attempt, found []*analysis.Finding) {
	on := map[int][]*analysis.Finding{}
	for _, f := range found {
		on[f.Handshake] = append(on[f.Handshake], f)
	}
	for _, h := range attempts {
		h.head.legsShown = len(h.Legs)
		about := on[h.ID]
		if e.filter != nil {
			if !e.filter.Handshake(&h.Handshake, about) {
				continue
			}
			about = slices.DeleteFunc(about, func(f *analysis.Finding) bool { return !e.filter.Finding(f) })
			for _, f := range about {
				if f.Root != nil && !e.filter.Finding(f.Root) {
					f.RootCheck, f.Root = "", nil // its cause is filtered out
				}
			}
		}
		e.complete(pass, []*attempt{h})
		e.provisional(pass, &h.Handshake, about)
	}
}

// showUnattached passes to the Sink findings about no handshake that are not final, each once,
// and plans when to look again for the rest.
func (e *engine) showUnattached(pass *analysis.Pass, found []*analysis.Finding, s scope) {
	if s.unattached == nil {
		return
	}
	for _, f := range found {
		switch {
		case f.Handshake != 0 || f.Frame == 0 || e.isFinal(f, s) || e.filter != nil && !e.filter.Unattached(f):
		case s.unattached(f):
			if e.results.isFirst(f) {
				e.provisional(pass, nil, []*analysis.Finding{f})
			}
		case f.Evidence == analysis.Proven:
			e.live.nextShow = sooner(e.live.nextShow, f.Time.Add(showAfter))
		}
	}
}

// provisional gives the Sink what is not final.
func (e *engine) provisional(pass *analysis.Pass, h *analysis.Handshake, found []*analysis.Finding) {
	for _, f := range found {
		pass.Advise(f)
		f.Prove()
	}
	e.out.Provisional(h, found)
}
