package analysis

import (
	"cmp"
	"slices"

	"negotrace/httpstream"
)

// A Trace does not keep all of a long capture. What it collects is a window of three
// parts by the order of arrival. When the newest part is full, the window is judged as
// a whole, and what is found in its middle part is final: it was judged together with
// as much before and after it. Then the oldest part goes. A capture that does not fill
// two parts is judged in one piece.

// partSize is how many things make a part full; connections without any authentication
// count connShare for one. Checks are about what lies seconds apart, or on one
// connection: that is far less.
const (
	partSize  = 4096
	connShare = 4
)

// A mark is a place between the things that a Trace has collected.
type mark struct {
	exchanges, conns, kdc int
	frame                 int // of the last thing before
}

// A beginning is what a handshake is known by from one judgement to the next.
type beginning struct {
	exchange *httpstream.Exchange
	side     Side
}

// here is the place behind all that was collected.
func (t *Trace) here() mark {
	return mark{len(t.exchanges), len(t.conns), len(t.kdc), t.newest}
}

// advance judges the middle of the window when the newest part is full.
func (t *Trace) advance() {
	end, from := t.here(), t.ahead
	if end.exchanges-from.exchanges+end.kdc-from.kdc+(end.conns-from.conns)/connShare < partSize {
		return
	}
	if t.now != t.ahead {
		t.judge(&httpstream.Tally{}, t.ahead)
	}
	t.drop()
	t.now, t.ahead = mark{t.ahead.exchanges - t.now.exchanges, t.ahead.conns - t.now.conns, t.ahead.kdc - t.now.kdc, t.ahead.frame}, t.here()
}

// judge groups what the window holds, runs the checks over it, and keeps what they say
// of what arrived after t.now and before until. The tally is empty while there is more
// to come, so that no statement is made about the whole.
func (t *Trace) judge(tally *httpstream.Tally, until mark) {
	exchanges := slices.Clone(t.exchanges)
	slices.SortStableFunc(exchanges, func(a, b *httpstream.Exchange) int {
		return cmp.Compare(a.Pos().Frame, b.Pos().Frame)
	})
	handshakes, due := t.number(group(exchanges, t.auth), until)
	for _, h := range handshakes {
		t.locate(h)
	}
	t.joinKDC(handshakes)
	for _, h := range handshakes {
		t.describe(h)
	}
	pairs := pairTwins(exchanges, t.auth)
	pairs.join(handshakes)
	p := &Pass{
		Handshakes: handshakes, KDC: t.kdc, Conns: t.conns, Names: &t.names, MidStream: t.midStream,
		Tally: tally, Exchanges: exchanges, End: t.end, twins: pairs, quiet: t.quiet,
	}
	for _, c := range t.checks {
		p.run(c)
	}
	attach(p.findings, handshakes, t.checks)
	t.round++
	for _, f := range p.findings {
		if f.Handshake != 0 && due[f.Handshake] || f.Handshake == 0 && t.isNew(f, until) {
			t.conclusions.add(f)
		}
	}
	for _, h := range handshakes {
		if due[h.ID] {
			t.count(h)
		}
	}
}

// number gives each handshake its ID and returns the set of those that are due to be
// reported. One that is the rest of what was dropped is left out.
func (t *Trace) number(handshakes []*Handshake, until mark) ([]*Handshake, map[int]bool) {
	age := make(map[*httpstream.Exchange]int, len(t.exchanges))
	for i, x := range t.exchanges {
		age[x] = i
	}
	due := map[int]bool{}
	var later []*Handshake
	handshakes = slices.DeleteFunc(handshakes, func(h *Handshake) bool {
		first := len(t.exchanges)
		for _, l := range h.Legs {
			first = min(first, age[l.Exchange])
		}
		b := beginning{t.exchanges[first], h.Side}
		switch {
		case first < t.now.exchanges:
			h.ID = t.ids[b]
			return h.ID == 0
		case first < until.exchanges:
			t.numbered++
			h.ID = t.numbered
			t.ids[b] = h.ID
			due[h.ID] = true
		default:
			later = append(later, h)
		}
		return false
	})
	for i, h := range later {
		h.ID = t.numbered + i + 1
	}
	return handshakes, due
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

// drop lets go of the oldest part of the window.
func (t *Trace) drop() {
	for _, x := range t.exchanges[:t.now.exchanges] {
		for _, side := range []Side{ToServer, ToProxy} {
			delete(t.ids, beginning{x, side})
		}
		delete(t.auth, x)
		forgetHeaders(x)
	}
	for _, c := range t.conns[:t.now.conns] {
		delete(t.riders, c)
	}
	for _, k := range t.kdc[:t.now.kdc] {
		if f := (flow{k.Client, k.KDC}); t.asked[f] == k {
			delete(t.asked, f)
		}
	}
	for u, round := range t.uttered {
		if round < t.round-2 {
			delete(t.uttered, u)
		}
	}
	t.exchanges = slices.Clone(t.exchanges[t.now.exchanges:])
	t.conns = slices.Clone(t.conns[t.now.conns:])
	t.kdc = slices.Clone(t.kdc[t.now.kdc:])
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
