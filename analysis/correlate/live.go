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
// alone. The clock only shows what is not final yet, and says that it is provisional.

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
	// breath is how much time must pass from one judgement to the next.
	breath = 3 * time.Second
)

// live is what an engine notes of a capture that is followed.
type live struct {
	now    httpstream.Time // of the capture
	judged httpstream.Time // when it judged last
	newest httpstream.Time // when something was kept last
	next   httpstream.Time // when there may be something to conclude; none if nothing waits
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

// planFor plans a judgement for a time, unless one is planned that is sooner.
func (l *live) planFor(at httpstream.Time) {
	if l.next.IsZero() || at.Before(l.next) {
		l.next = at
	}
}

// isOver reports whether a handshake is final by the time of the capture.
func (l *live) isOver(h *attempt) bool { return l != nil && l.now.Sub(h.latest()) >= h.age() }

// isPast reports whether what came at a time is final.
func (l *live) isPast(at httpstream.Time) bool { return l != nil && l.now.Sub(at) >= settled }

// plan says when the next judgement is worth it, after one.
func (l *live) plan(attempts []*attempt) {
	if l == nil {
		return
	}
	l.next = httpstream.Time{}
	if l.now.Sub(l.newest) < settled {
		l.planFor(l.newest.Add(settled))
	}
	for _, h := range attempts {
		switch {
		case h.head.reportedAs != 0:
		case h.mayShow():
			l.planFor(h.latest().Add(soonShown))
		default:
			l.planFor(h.latest().Add(h.age()))
		}
	}
}

// follow takes how far a capture has come that is followed.
func (e *engine) follow(p *passed) {
	l := e.live
	if l == nil {
		return
	}
	if p.idle {
		e.judgeLive(scope{
			show:  func(h *attempt) bool { return h.head.shown != len(h.Legs) },
			loose: func(*analysis.Finding) bool { return true },
		})
		return
	}
	if l.now = p.at; l.now.Before(l.judged) {
		l.judged = l.now
	}
	if l.fresh {
		l.fresh, l.newest = false, l.now
		l.planFor(l.now.Add(soonShown))
	}
	if !l.next.IsZero() && !l.now.Before(l.next) && l.now.Sub(l.judged) >= breath {
		e.judgeLive(scope{
			show: func(h *attempt) bool { return h.mayShow() && l.now.Sub(h.latest()) >= soonShown },
			// What is missing so far may still come: only what is proven is said at once.
			loose: func(f *analysis.Finding) bool {
				return f.Evidence == analysis.Proven && l.now.Sub(f.Time) >= soonShown
			},
		})
	}
}

// judgeLive judges what is held: what is over is final, and what the scope says is shown.
func (e *engine) judgeLive(s scope) {
	until := e.buffer.judged
	for until.kdc < len(e.buffer.kdc) && e.live.isPast(e.buffer.kdc[until.kdc].Pos().Time) {
		until.kdc++
	}
	if s.until = until; e.out.Provisional == nil {
		s.show, s.loose = nil, nil
	}
	e.live.judged = e.live.now
	e.judge(&httpstream.Counters{}, s)
	e.buffer.judged.kdc = until.kdc
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
		case f.Handshake != 0 || f.Frame == 0 || e.isFinal(f, s.until) || e.filter != nil && !e.filter.Unattached(f):
		case s.loose(f):
			if e.results.isFirst(f) {
				e.provisional(pass, nil, []*analysis.Finding{f})
			}
		case f.Evidence == analysis.Proven:
			e.live.planFor(f.Time.Add(soonShown))
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
