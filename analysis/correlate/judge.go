package correlate

import (
	"cmp"

	"negotrace/analysis"
	"negotrace/capture/hosttext"
	"negotrace/httpstream"
)

// A scope is what of a judgement is recorded.
type scope struct {
	until   position // what arrived after the last judgement, and before this
	settles bool     // and what is over by the time of a capture that is followed
	// show reports which of the others are shown provisionally, and loose which of the
	// findings about no handshake are; nil for none.
	show  func(*attempt) bool
	loose func(*analysis.Finding) bool
}

// judge groups what the buffer holds, runs the checks over it, and records what they find
// within a scope. The counters is empty while
// there is more to come, so that no statement is made about the whole.
//
// The steps need each other in this order: outcomes need legs only; what belongs to a handshake at a KDC is found
// by its addresses, host and times; its SPN and user may come from there; the two sides of
// a proxy are joined by ID; checks read all of that; what they found says which finding is
// the cause of which, and which refusals among the handshakes that are listed still want an
// explanation.
func (e *engine) judge(counters *httpstream.Counters, s scope) {
	entries := e.buffer.inOrder()
	if e.joiner != nil {
		e.joiner.match()
		entries = e.joiner.single(entries)
	}
	if e.logs != nil {
		e.logs.index()
		e.logs.join(e.buffer.asked())
	}
	grouped := group(entries, e.buffer.skipped, e.live)
	attempts := e.number(grouped.attempts, s)
	e.live.plan(attempts, s)
	handshakes := handshakesOf(attempts)

	for _, h := range attempts {
		h.assess(&e.knowledge)
		h.settleByLog()
	}
	locate(handshakes, &e.knowledge.dns)
	JoinKDC(handshakes, e.buffer.kdc, &e.knowledge.dns)
	for _, h := range handshakes {
		h.DNS = e.knowledge.dns.Own(h)
	}
	describe(handshakes, &e.knowledge)
	for _, h := range handshakes {
		h.RefusedBefore = e.knowledge.refusedBefore(h)
	}
	pairs := pairProxies(entries)
	pairs.join(handshakes)
	if e.events != nil {
		e.hosts.join(handshakes)
		e.events.join(attempts, e.buffer.kdc)
	}
	if e.logs != nil {
		for _, h := range attempts {
			if h.final {
				e.logs.logsOn(h)
			}
		}
	}
	pass := e.pass(entries, handshakes, lookedAt(attempts), pairs, counters)
	if counters.Records > 0 && counters.Requests == 0 && e.results.numbered+len(attempts) == 0 { // the end
		attempts = append(attempts, e.loggedAttempts(pass)...)
	}
	found := runChecks(pass, e.checks)
	attachCauses(found, handshakes)

	e.conclude(pass, attempts, found, grouped, s)
}

// loggedAttempts are the handshakes that logs show by themselves. The checks see them apart:
// of what is not in a log nothing follows.
func (e *engine) loggedAttempts(pass *analysis.Pass) []*attempt {
	if e.logs == nil {
		return nil
	}
	e.logs.traces.addTo(e.logs.logons)
	attempts := e.logs.logons.attempts()
	if e.events != nil {
		e.events.joinLogged(attempts)
	}
	pass.Faults = e.logs.faults.sorted()
	for _, h := range attempts {
		e.results.numbered++
		h.ID, h.final = e.results.numbered, true
		e.seen.seen(h.Start)
		pass.Logged = append(pass.Logged, &h.Handshake)
	}
	if len(attempts) > 0 {
		e.seen.seen(e.logs.logons.last)
	}
	return attempts
}

// isFinal reports whether a finding about no handshake lies within a scope, if there is more
// to come after it.
func (e *engine) isFinal(f *analysis.Finding, s scope) bool {
	return s.until == e.buffer.end(e.seen.newest) || f.Frame != 0 && (f.Pos().Compare(s.until.at) <= 0 || s.settles && e.live.isPast(f.Time))
}

func handshakesOf(attempts []*attempt) []*analysis.Handshake {
	handshakes := make([]*analysis.Handshake, len(attempts))
	for i, h := range attempts {
		handshakes[i] = &h.Handshake
	}
	return handshakes
}

// pass is what the checks see. They look at those of the handshakes that are in looked.
func (e *engine) pass(entries []entry, handshakes, looked []*analysis.Handshake, pairs proxyPairs, counters *httpstream.Counters) *analysis.Pass {
	exchanges := make([]*httpstream.Exchange, len(entries))
	for i := range entries {
		exchanges[i] = entries[i].exchange
	}
	var sites map[string]bool
	if e.visits != nil {
		sites = e.knowledge.sites(e.visits)
	}
	end := e.seen.end
	if e.live != nil && counters.Packets == 0 && e.live.now.After(end) {
		end = e.live.now
	}
	var rows []*analysis.EventRow
	alone := false
	if e.events != nil && counters.Records > 0 { // the end
		rows = e.events.rows.sorted()
		summary := analysis.Summary{Counters: counters}
		alone = summary.LogsAlone()
	}
	var named []*analysis.NamedRequest
	if e.logs != nil && counters.Records > 0 { // the end
		named = e.logs.namedByLogs()
	}
	var texts []*hosttext.Entry
	if e.hosts != nil && counters.Packets+counters.Requests+counters.Records > 0 { // the end
		texts = e.hosts.list
	}
	return &analysis.Pass{
		HostTexts: texts,
		Events:    rows, LogsAlone: alone, Named: named,
		Visits: e.visits, Sites: sites,
		Handshakes: looked, Context: handshakes, KDC: e.buffer.kdc, Conns: e.buffer.conns, DNS: &e.knowledge.dns,
		MidStream: e.knowledge.midStream, Counters: counters, Exchanges: exchanges, End: end,
		ClientSides: pairs, Baselines: e.knowledge.baselines, Clocks: e.knowledge.clocks.list,
	}
}

// lookedAt returns the handshakes that the checks look at: those that are handed out now, and
// those on the other side of a proxy from one, for what is found on one side counts on the
// other.
func lookedAt(attempts []*attempt) []*analysis.Handshake {
	clientSide := func(h *attempt) int { return cmp.Or(h.ClientSide, h.ID) }
	wanted := map[int]bool{} // by their client sides
	for _, h := range attempts {
		if h.final || h.show {
			wanted[clientSide(h)] = true
		}
	}
	var looked []*analysis.Handshake
	for _, h := range attempts {
		if wanted[clientSide(h)] {
			looked = append(looked, &h.Handshake)
		}
	}
	return looked
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
