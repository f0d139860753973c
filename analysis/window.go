package analysis

import (
	"cmp"
	"slices"

	"negotrace/httpstream"
)

// A Trace does not keep all of a long capture. What it collects is a window of parts by
// the order of arrival. When the window is full it is judged as a whole, and what is
// found in its middle is final: it was judged together with the part before and the
// part after. Then all goes but the two newest parts. A capture that does not fill the
// window is judged in one piece.

// partSize is how many things make a part full; connections count connShare for one.
// Checks are about what lies seconds apart, or on one connection: that is far less.
const (
	partSize    = 1024
	connShare   = 4
	windowParts = 5
)

// A mark is a place between the things that a Trace has collected.
type mark struct {
	exchanges, conns, kdc int
	frame                 int // of the last thing before
}

// An entry is an exchange in the window, and what it tells of authentication.
type entry struct {
	exchange *httpstream.Exchange
	legs     [2]*Leg // to the server and to the proxy, nil if none
	isAuth   bool    // has legs, or events of a client's log
	begins   int     // the frame it begins at, see earliest
}

// here is the place behind all that was collected.
func (t *Trace) here() mark {
	return mark{len(t.exchanges), len(t.conns), len(t.kdc), t.newest}
}

// without returns m as it is after all before d was dropped.
func (m mark) without(d mark) mark {
	return mark{m.exchanges - d.exchanges, m.conns - d.conns, m.kdc - d.kdc, m.frame}
}

// advance judges the window when it is full.
func (t *Trace) advance() {
	end, part := t.here(), t.here().without(t.parts[len(t.parts)-1])
	if part.exchanges+part.kdc+part.conns/connShare < partSize {
		return
	}
	if t.parts = append(t.parts, end); len(t.parts) <= windowParts {
		return
	}
	until := len(t.parts) - 2
	t.judge(&httpstream.Tally{}, t.parts[until])
	t.now = t.parts[until]
	t.drop(t.parts[until-1])
}

// judge groups what the window holds, runs the checks over it, and keeps what they say
// of what arrived after t.now and before until. The tally is empty while there is more
// to come, so that no statement is made about the whole.
func (t *Trace) judge(tally *httpstream.Tally, until mark) {
	entries := slices.Clone(t.exchanges)
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.begins, b.begins) })
	exchanges := make([]*httpstream.Exchange, len(entries))
	for i := range entries {
		exchanges[i] = entries[i].exchange
	}
	reported := t.numbered
	handshakes := t.number(group(entries), until)
	due := func(id int) bool { return reported < id && id <= t.numbered }
	for _, h := range handshakes {
		t.locate(h)
	}
	t.joinKDC(handshakes)
	for _, h := range handshakes {
		t.describe(h)
	}
	pairs := pairTwins(entries)
	pairs.join(handshakes)
	told := handshakes // with proxies, the findings on one side count on the other
	if len(pairs.front) == 0 {
		told = slices.DeleteFunc(slices.Clone(handshakes), func(h *Handshake) bool { return !due(h.ID) })
	}
	p := &Pass{
		Handshakes: handshakes, Due: told, KDC: t.kdc, Conns: t.conns, Names: &t.names, MidStream: t.midStream,
		Tally: tally, Exchanges: exchanges, End: t.end, twins: pairs, quiet: t.quiet,
	}
	for _, c := range t.checks {
		p.run(c)
	}
	attach(p.findings, handshakes, t.checks)
	t.round++
	for _, f := range p.findings {
		if f.Handshake != 0 && due(f.Handshake) || f.Handshake == 0 && t.isNew(f, until) {
			t.conclusions.add(f)
		}
	}
	for _, h := range handshakes {
		if due(h.ID) {
			t.count(h)
		}
	}
}

// earliest is the first frame of an exchange. That is not always its request's, which
// may have come into the capture late.
func earliest(x *httpstream.Exchange) int {
	frame := x.Pos().Frame
	if x.Response != nil {
		frame = min(frame, x.Response.Pos.Frame)
	}
	return frame
}

// number gives each handshake its ID: the one it was reported under, or one of the
// next for those that are due to be reported, or a preliminary one. A handshake that is
// the rest of what was dropped is left out.
func (t *Trace) number(handshakes []*Handshake, until mark) []*Handshake {
	var later []*Handshake
	handshakes = slices.DeleteFunc(handshakes, func(h *Handshake) bool {
		head := h.Legs[0]
		for _, l := range h.Legs {
			if l.arrival < head.arrival {
				head = l
			}
		}
		switch at := head.arrival - t.gone; {
		case at < t.now.exchanges:
			h.ID = head.heads
			return h.ID == 0
		case at < until.exchanges:
			t.numbered++
			h.ID, head.heads = t.numbered, t.numbered
		default:
			later = append(later, h)
		}
		return false
	})
	for i, h := range later {
		h.ID = t.numbered + i + 1
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
func (t *Trace) isNew(f *Finding, until mark) bool {
	more := until != t.here()
	if more && (f.Frame == 0 || f.Frame > until.frame) {
		return false
	}
	u := utterance{f.Check, f.Message, f.Frame}
	if round, ok := t.uttered[u]; ok && round != t.round {
		return false
	}
	t.uttered[u] = t.round
	return true
}

// count counts a handshake, and keeps it if it is among the first of its kind.
func (t *Trace) count(h *Handshake) {
	m := t.mechanisms[h.Mechanism]
	if m == nil {
		m = map[Outcome]int{}
		t.mechanisms[h.Mechanism] = m
	}
	if m[h.Outcome]++; m[h.Outcome] > maxHandshakes {
		t.dropped["handshakes that are counted but not listed"]++
		return
	}
	t.handshakes = append(t.handshakes, h)
}

// drop lets go of what was collected before d.
func (t *Trace) drop(d mark) {
	for i := range d.exchanges {
		forgetHeaders(t.exchanges[i].exchange)
	}
	t.gone += d.exchanges
	for _, c := range t.conns[:d.conns] {
		delete(t.riders, c)
	}
	for _, k := range t.kdc[:d.kdc] {
		if f := (flow{k.Client, k.KDC}); t.asked[f] == k {
			delete(t.asked, f)
		}
	}
	for u, round := range t.uttered {
		if round < t.round-2 {
			delete(t.uttered, u)
		}
	}
	t.exchanges = slices.Delete(t.exchanges, 0, d.exchanges)
	t.conns = slices.Delete(t.conns, 0, d.conns)
	t.kdc = slices.Delete(t.kdc, 0, d.kdc)
	t.now = t.now.without(d)
	var parts []mark
	for _, m := range t.parts {
		if m = m.without(d); m.exchanges >= 0 && m.conns >= 0 && m.kdc >= 0 {
			parts = append(parts, m)
		}
	}
	t.parts = parts
}

// forgetHeaders lets go of what only checks look at.
func forgetHeaders(x *httpstream.Exchange) {
	if x.Request != nil {
		x.Request.Header = nil
	}
	if x.Response != nil {
		x.Response.Header, x.Response.Body = nil, nil
	}
}
