package correlate

import (
	"slices"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A capture that is followed has no end to wait for, and the next thousand logons may come
// tomorrow. So handshakes become final by the time of the capture: when nothing of them came
// for so long that what follows is another story. What is said of them depends on the packets
// alone. The clock only shows what is not final yet, and says that it is provisional. That is
// when all was read that is there: who is behind has no use for it, and catches up sooner.

const (
	// settled is how long a handshake must be over until it is final: checks and the outcome
	// look two minutes ahead, and what is a little late.
	settled = 2*time.Minute + 5*time.Second
	// patience is the same for one that is in the middle, on a connection that is open: the
	// acceptor may be slow, and somebody may be asked for a password.
	patience = 10 * time.Minute
	// soonShown is how long after it has ended a handshake is shown provisionally: its requests
	// and those of the KDC are there then.
	soonShown = 3 * time.Second
	// breath is how much time must pass from one judgement that shows something to the next.
	breath = 3 * time.Second
	// pace is the same for those that make something final: each looks at all that is held.
	pace = 30 * time.Second
)

// live is what an engine notes of a capture that is followed.
type live struct {
	now    httpstream.Time // of the capture
	judged httpstream.Time // when it judged last what is final
	shown  httpstream.Time // when it showed last what is not
	newest httpstream.Time // when something was kept last
	next   httpstream.Time // when there may be something to conclude; none if nothing waits
	toShow httpstream.Time // when there may be something to show; likewise
	fresh  bool            // something was kept since now

	within map[*analysis.Leg]int // legs that were handed out, and in which handshake
}

// arrived notes that something was kept.
func (l *live) arrived() {
	if l != nil {
		l.fresh = true
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
				delete(l.within, &leg.Leg)
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
		l.within[leg] = h.ID
	}
}

// isClosed reports whether a handshake was handed out without a leg that came later: it is
// said once what a handshake is.
func (l *live) isClosed(h *attempt, later *leg) bool {
	return l != nil && h.head.reportedAs != 0 && l.within[&later.Leg] != h.head.reportedAs
}

// isRemnant reports whether a part of a handshake that was handed out is all that is held of
// it.
func (l *live) isRemnant(h *attempt) bool {
	if l == nil || h.head.reportedAs != 0 {
		return false
	}
	for _, leg := range h.Legs {
		if l.within[leg] != 0 {
			return true
		}
	}
	return false
}

// sooner is the earlier one of a time that may be none and another.
func sooner(planned, at httpstream.Time) httpstream.Time {
	if planned.IsZero() || at.Before(planned) {
		return at
	}
	return planned
}

// isOver reports whether a handshake is final by the time of the capture.
func (l *live) isOver(h *attempt) bool { return l != nil && l.now.Sub(h.latest()) >= h.age() }

// isPast reports whether what came at a time is final.
func (l *live) isPast(at httpstream.Time) bool { return l != nil && l.now.Sub(at) >= settled }

// plan says when the next judgements are worth it, after one. When those are that make
// something final depends on their own kind alone, and not on the clock.
func (l *live) plan(attempts []*attempt, s scope) {
	if l == nil {
		return
	}
	l.toShow = httpstream.Time{}
	for _, h := range attempts {
		if h.head.reportedAs == 0 && h.mayShow() {
			l.toShow = sooner(l.toShow, h.latest().Add(soonShown))
		}
	}
	if !s.settles {
		return
	}
	l.next = httpstream.Time{}
	if l.now.Sub(l.newest) < settled {
		l.next = l.newest.Add(settled)
	}
	for _, h := range attempts {
		if h.head.reportedAs == 0 {
			l.next = sooner(l.next, h.latest().Add(h.age()))
		}
	}
}

// follow takes how far a capture has come that is followed.
func (e *engine) follow(p *passed) {
	l := e.live
	switch {
	case l == nil:
	case p.caughtUp:
		e.showLive(p.idle)
	default:
		l.now = p.at
		l.judged, l.shown = earlier(l.judged, l.now), earlier(l.shown, l.now)
		if l.fresh {
			l.fresh, l.newest = false, l.now
			l.next, l.toShow = sooner(l.next, l.now.Add(settled)), sooner(l.toShow, l.now.Add(soonShown))
		}
		if l.isReached(l.next, l.judged, pace) {
			e.settle()
		}
	}
}

// earlier is the earlier one of two times: the clock of a capture may be set back.
func earlier(a, b httpstream.Time) httpstream.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// isReached reports whether it is time for what was planned, and long enough after the last time.
func (l *live) isReached(planned, last httpstream.Time, apart time.Duration) bool {
	return !planned.IsZero() && !l.now.Before(planned) && l.now.Sub(last) >= apart
}

// settle judges what is held: what is over is final.
func (e *engine) settle() {
	until := e.buffer.judged
	for until.kdc < len(e.buffer.kdc) && e.live.isPast(e.buffer.kdc[until.kdc].Pos().Time) {
		until.kdc++
	}
	e.live.judged = e.live.now
	e.judge(&httpstream.Counters{}, scope{until: until, settles: true})
	e.buffer.judged.kdc = until.kdc
}

// showLive shows what is not final, when all was read that is there: what has ended some
// seconds ago, or all if nothing came for some seconds of the clock.
func (e *engine) showLive(idle bool) {
	l := e.live
	if e.out.Provisional == nil || !idle && !l.isReached(l.toShow, l.shown, breath) {
		return
	}
	l.shown = l.now
	soon := func(at httpstream.Time) bool { return l.now.Sub(at) >= soonShown }
	e.judge(&httpstream.Counters{}, scope{
		until: e.buffer.judged,
		show: func(h *attempt) bool {
			if idle {
				return h.head.shown != len(h.Legs)
			}
			return h.mayShow() && soon(h.latest())
		},
		// What is missing so far may still come: only what is proven is said at once.
		loose: func(f *analysis.Finding) bool { return idle || f.Evidence == analysis.Proven && soon(f.Time) },
	})
}

// latest is when the last thing of a handshake came.
func (h *attempt) latest() httpstream.Time {
	at := h.last.RequestPos().Time
	if answered := h.last.ResponsePos().Time; answered.After(at) {
		return answered
	}
	return at
}

// ended reports whether the acceptor has said yes or no to credentials.
func (h *attempt) ended() bool {
	return h.last.Verdict == analysis.Accepted || h.last.Verdict == analysis.Rejected && h.last.Sent != nil
}

// mayShow reports whether a handshake has ended, and was not shown since.
func (h *attempt) mayShow() bool { return h.ended() && h.head.shown != len(h.Legs) }

// age is how long ago the last thing of a handshake must be until it is final.
func (h *attempt) age() time.Duration {
	if h.last.Verdict == analysis.Continues && h.last.Conn.Ending == httpstream.Open {
		return patience
	}
	return settled
}

// show gives the Sink handshakes that are not final.
func (e *engine) show(pass *analysis.Pass, attempts []*attempt, found []*analysis.Finding) {
	on := map[int][]*analysis.Finding{}
	for _, f := range found {
		on[f.Handshake] = append(on[f.Handshake], f)
	}
	for _, h := range attempts {
		h.head.shown = len(h.Legs)
		about := on[h.ID]
		if e.filter != nil {
			if !e.filter.Handshake(&h.Handshake, about) {
				continue
			}
			about = slices.DeleteFunc(about, func(f *analysis.Finding) bool { return !e.filter.Finding(f) })
			for _, f := range about {
				if f.Root != nil && !e.filter.Finding(f.Root) {
					f.Under, f.Root = "", nil // what is left speaks for itself
				}
			}
		}
		e.complete(pass, []*attempt{h})
		e.provisional(pass, &h.Handshake, about)
	}
}

// showLoose gives the Sink what was found on no handshake and is not final, each once, and
// plans when to look again for the rest.
func (e *engine) showLoose(pass *analysis.Pass, found []*analysis.Finding, s scope) {
	if s.loose == nil {
		return
	}
	for _, f := range found {
		switch {
		case f.Handshake != 0 || f.Frame == 0 || e.isFinal(f, s) || e.filter != nil && !e.filter.Unattached(f):
		case s.loose(f):
			if e.results.isFirst(f) {
				e.provisional(pass, nil, []*analysis.Finding{f})
			}
		case f.Evidence == analysis.Proven:
			e.live.toShow = sooner(e.live.toShow, f.Time.Add(soonShown))
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
