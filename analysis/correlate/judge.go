package correlate

import (
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// judge groups what the buffer holds, runs the checks over it, and records what they find
// of what arrived after the last judgement and before until. The counters is empty while
// there is more to come, so that no statement is made about the whole.
//
// The steps need each other in this order: outcomes need legs only; what belongs to a handshake at a KDC is found
// by its addresses, host and times; its SPN and user may come from there; the two sides of
// a proxy are joined by ID; checks read all of that; what they found says which finding is
// the cause of which, and which refusals among the handshakes that are listed still want an
// explanation.
func (e *engine) judge(counters *httpstream.Counters, until position) {
	entries := e.buffer.inOrder()
	if e.joiner != nil {
		e.joiner.match()
		entries = e.joiner.single(entries)
	}
	if e.logs != nil {
		e.logs.index()
		e.logs.join(e.buffer.asked())
	}
	reported := e.results.numbered
	grouped := group(entries, e.buffer.skipped)
	attempts := e.results.number(grouped.attempts, &e.buffer, until)
	handshakes := handshakesOf(attempts)
	isFinal := func(id int) bool { return reported < id && id <= e.results.numbered }

	for _, h := range attempts {
		h.assess(&e.knowledge)
	}
	locate(handshakes, &e.knowledge.dns)
	JoinKDC(handshakes, e.buffer.kdc, &e.knowledge.dns)
	for _, h := range handshakes {
		h.DNS = e.knowledge.dns.Own(h)
	}
	describe(handshakes, &e.knowledge)
	pairs := pairProxies(entries)
	pairs.join(handshakes)
	pass := e.pass(entries, handshakes, pairs, counters, isFinal)
	found := runChecks(pass, e.checks)
	attachCauses(found, handshakes)

	e.conclude(pass, attempts, found, grouped, until, isFinal)
}

// isFinal reports whether a finding about no handshake lies before until, if there is more
// to come after it.
func (e *engine) isFinal(f *analysis.Finding, until position) bool {
	return until == e.buffer.end(e.seen.newest) || f.Frame != 0 && f.Pos().Compare(until.at) <= 0
}

func handshakesOf(attempts []*attempt) []*analysis.Handshake {
	handshakes := make([]*analysis.Handshake, len(attempts))
	for i, h := range attempts {
		handshakes[i] = &h.Handshake
	}
	return handshakes
}

// pass is what the checks see.
func (e *engine) pass(entries []entry, handshakes []*analysis.Handshake, pairs proxyPairs, counters *httpstream.Counters, isFinal func(id int) bool) *analysis.Pass {
	final := handshakes // with proxies, the findings on one side count on the other
	if len(pairs) == 0 {
		final = slices.DeleteFunc(slices.Clone(handshakes), func(h *analysis.Handshake) bool { return !isFinal(h.ID) })
	}
	exchanges := make([]*httpstream.Exchange, len(entries))
	for i := range entries {
		exchanges[i] = entries[i].exchange
	}
	var sites map[string]bool
	if e.visits != nil {
		sites = e.knowledge.sites(e.visits)
	}
	return &analysis.Pass{
		Visits: e.visits, Sites: sites,
		Handshakes: final, Context: handshakes, KDC: e.buffer.kdc, Conns: e.buffer.conns, DNS: &e.knowledge.dns,
		MidStream: e.knowledge.midStream, Counters: counters, Exchanges: exchanges, End: e.seen.end,
		ClientSides: pairs, Baselines: e.knowledge.baselines, Clocks: e.knowledge.clocks.list,
	}
}

// runChecks returns what the checks find, in their order, those last that ask for what the
// others found.
func runChecks(p *analysis.Pass, checks []*analysis.Check) []*analysis.Finding {
	var found []*analysis.Finding
	for _, last := range []bool{false, true} {
		for _, c := range checks {
			if c.AfterOthers == last {
				found = append(found, p.Run(c)...)
			}
		}
	}
	return found
}
