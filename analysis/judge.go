package analysis

import (
	"cmp"
	"slices"

	"negotrace/httpstream"
)

// judge groups what the window holds, runs the checks over it, and keeps what they say
// of what arrived after w.now and before until. The counters are empty while there is more
// to come, so that no statement is made about the whole.
func (w *window) judge(counters *httpstream.Counters, until mark) {
	entries := slices.Clone(w.exchanges)
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.begins, b.begins) })
	exchanges := make([]*httpstream.Exchange, len(entries))
	for i := range entries {
		exchanges[i] = entries[i].exchange
	}
	reported := w.numbered
	grouped := group(entries, w.unkept)
	handshakes := w.number(grouped.handshakes, until)
	due := func(id int) bool { return reported < id && id <= w.numbered }
	for _, h := range handshakes {
		w.locate(h)
	}
	w.joinKDC(handshakes)
	for _, h := range handshakes {
		w.describe(h)
	}
	pairs := pairTwins(entries)
	pairs.join(handshakes)
	told := handshakes // with proxies, the findings on one side count on the other
	if len(pairs.front) == 0 {
		told = slices.DeleteFunc(slices.Clone(handshakes), func(h *Handshake) bool { return !due(h.ID) })
	}
	p := &Pass{
		Handshakes: told, Context: handshakes, KDC: w.kdc, Conns: w.conns, DNS: &w.names, MidStream: w.midStream,
		Counters: counters, Exchanges: exchanges, End: w.end, twins: pairs, quiet: w.quiet,
	}
	for _, c := range w.checks {
		p.run(c)
	}
	attach(p.findings, handshakes, w.checks)
	w.round++
	for _, f := range p.findings {
		if f.Handshake != 0 && due(f.Handshake) || f.Handshake == 0 && w.isNew(f, until) {
			w.conclusions.add(f)
		}
	}
	for _, h := range handshakes {
		if due(h.ID) && w.count(h) {
			w.carriers.add(h, grouped)
		}
	}
}

// number gives each handshake its ID: the one it was reported under, or one of the
// next for those that are due to be reported, or a preliminary one. A handshake that is
// the rest of what was dropped is left out.
func (w *window) number(handshakes []*Handshake, until mark) []*Handshake {
	var later []*Handshake
	handshakes = slices.DeleteFunc(handshakes, func(h *Handshake) bool {
		head := h.Legs[0]
		for _, l := range h.Legs {
			if l.arrival < head.arrival {
				head = l
			}
		}
		switch at := head.arrival - w.gone; {
		case at < w.now.exchanges:
			h.ID = head.heads
			return h.ID == 0
		case at < until.exchanges:
			w.numbered++
			h.ID, head.heads = w.numbered, w.numbered
		default:
			later = append(later, h)
		}
		return false
	})
	for i, h := range later {
		h.ID = w.numbered + i + 1
	}
	return handshakes
}

// An utterance is a finding that is about no handshake, as it is known from one
// judgement to the next.
type utterance struct {
	check, message string
	frame          int
}

// isNew tells that a finding about no handshake lies before until, and was not made by
// an earlier judgement of the same things.
func (w *window) isNew(f *Finding, until mark) bool {
	more := until != w.here()
	if more && (f.Frame == 0 || f.Frame > until.frame) {
		return false
	}
	u := utterance{f.Check, f.Message, f.Frame}
	if round, ok := w.uttered[u]; ok && round != w.round {
		return false
	}
	w.uttered[u] = w.round
	return true
}

// count counts a handshake, and keeps it if it is among the first of its kind.
func (w *window) count(h *Handshake) (kept bool) {
	m := w.mechanisms[h.Mechanism]
	if m == nil {
		m = map[Outcome]int{}
		w.mechanisms[h.Mechanism] = m
	}
	if m[h.Outcome]++; m[h.Outcome] > maxHandshakes {
		w.dropped["handshakes that are counted but not listed"]++
		return false
	}
	h.FollowOns = nil // the checks have seen them
	w.handshakes = append(w.handshakes, h)
	return true
}
