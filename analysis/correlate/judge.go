package correlate

import (
	"cmp"

	"negotrace/analysis"
	"negotrace/analysis/logs"
	"negotrace/httpstream"
)

// A scope says which results of a judgement are recorded.
type scope struct {
	until        position // what arrived after the last judgement, and before this
	includesOver bool     // also what is over by the time of a capture that is followed
	// show reports which of the others are shown provisionally, and unattached which of the
	// findings about no handshake are; nil for none.
	show       func(*attempt) bool
	unattached func(*analysis.Finding) bool
	counters   *httpstream.Counters // of the whole capture, nil before its end, so that no check speaks of it
}

// judge groups what the buffer holds, runs the checks, and records the results that are in the
// scope.
// The order of the steps matters. Outcomes need legs only. KDC exchanges are found by
// addresses, host and times. SPN and user may come from these. The two sides of a proxy are
// joined by ID. Checks read all of that. Causes and candidates need the findings.
func (e *engine) judge(s scope) {
	entries := e.joined()
	grouped := group(entries, e.buffer.skipped, e.live)
	attempts := e.number(grouped.attempts, s)
	e.live.plan(attempts, s)
	handshakes := handshakesOf(attempts)

	for _, h := range attempts {
		h.assess(&e.knowledge)
		logs.OutcomeFromLog(&h.Handshake)
	}
	for _, h := range handshakes {
		locate(h, &e.knowledge.dns)
	}
	JoinKDC(handshakes, e.buffer.kdc, &e.knowledge.dns)
	for _, h := range handshakes {
		h.DNS = e.knowledge.dns.AnswersFor(h)
		describe(h, &e.knowledge)
		h.RefusedBefore = e.knowledge.refusedBefore(h)
	}
	pairs := pairProxies(entries)
	pairs.join(handshakes)
	if e.events != nil {
		e.hosts.Join(handshakes)
		e.events.Join(handshakes, e.buffer.kdc)
	}
	if e.servers != nil {
		for _, h := range attempts {
			if h.final {
				e.servers.AddLogon(&h.Handshake)
			}
		}
	}
	pass := e.pass(entries, handshakes, lookedAt(attempts), pairs, s.counters)
	if c := s.counters; c != nil && c.Records > 0 && c.Requests == 0 && e.results.numbered+len(attempts) == 0 {
		attempts = append(attempts, e.loggedAttempts(pass)...)
		s.until = e.buffer.end(e.seen.newest) // behind the lines of logs
	}
	found := runChecks(pass, e.checks)
	attachCauses(found, handshakes)

	e.record(pass, attempts, found, grouped, s)
}

// joined returns what is in the buffer, in order, joined with what other files show of it.
func (e *engine) joined() []entry {
	entries := e.buffer.inOrder()
	if e.joiner != nil {
		e.joiner.match()
		entries = e.joiner.withoutDuplicates(entries)
	}
	if e.servers != nil {
		e.servers.Index()
		e.servers.Join(e.buffer.requests())
	}
	return entries
}

// loggedAttempts returns the handshakes that logs alone show. The checks get them in a list of
// their own: what a log does not have proves nothing.
func (e *engine) loggedAttempts(pass *analysis.Pass) []*attempt {
	if e.servers == nil {
		return nil
	}
	handshakes := e.servers.Handshakes()
	if e.events != nil {
		e.events.JoinLogged(handshakes)
	}
	pass.LoggedFaults = e.servers.Faults()
	attempts := make([]*attempt, len(handshakes))
	for i, h := range handshakes {
		e.results.numbered++
		h.ID = e.results.numbered
		e.seen.addPos(h.Start)
		attempts[i] = &attempt{Handshake: *h, final: true}
		pass.LoggedHandshakes = append(pass.LoggedHandshakes, &attempts[i].Handshake)
	}
	if len(attempts) > 0 {
		e.seen.addPos(e.servers.LastLine())
	}
	return attempts
}

// isFinal reports whether a finding about no handshake is in a scope. At the end of the capture
// all are.
func (e *engine) isFinal(f *analysis.Finding, s scope) bool {
	return s.until == e.buffer.end(e.seen.newest) || f.Frame != 0 && (f.Pos().Compare(s.until.at) <= 0 || s.includesOver && e.live.isPast(f.Time))
}

func handshakesOf(attempts []*attempt) []*analysis.Handshake {
	handshakes := make([]*analysis.Handshake, len(attempts))
	for i, h := range attempts {
		handshakes[i] = &h.Handshake
	}
	return handshakes
}

// pass returns what the checks see. looked are the handshakes that they check.
func (e *engine) pass(entries []entry, handshakes, looked []*analysis.Handshake, pairs proxyPairs, counters *httpstream.Counters) *analysis.Pass {
	exchanges := make([]*httpstream.Exchange, len(entries))
	for i := range entries {
		exchanges[i] = entries[i].exchange
	}
	var sites map[string]bool
	if e.visits != nil {
		sites = e.knowledge.sites(e.visits)
	}
	p := &analysis.Pass{
		Visits: e.visits, Questions: e.questions, Sites: sites,
		Handshakes: looked, Context: handshakes, KDC: e.buffer.kdc, Conns: e.buffer.conns, DNS: &e.knowledge.dns,
		MidStream: e.knowledge.midStream, Counters: counters, Exchanges: exchanges, End: e.seen.end,
		ClientSides: pairs, Baselines: e.knowledge.baselines, Clocks: e.knowledge.clocks.list,
	}
	if counters == nil {
		p.Counters = &httpstream.Counters{}
		if e.live != nil && e.live.now.After(p.End) {
			p.End = e.live.now
		}
		return p
	}
	p.HostTexts = e.hosts.List()
	if e.events != nil && counters.Records > 0 {
		summary := analysis.Summary{Counters: counters}
		p.Events, p.LogsAlone = e.events.Rows(), summary.LogsAlone()
	}
	if e.servers != nil {
		p.NamedRequests = e.servers.NamedRequests()
	}
	return p
}

// lookedAt returns the handshakes that are checked: those that are handed out now, and their other
// sides of a proxy, since a finding on one side counts for both.
func lookedAt(attempts []*attempt) []*analysis.Handshake {
	clientSide := func(h *attempt) int { return cmp.Or(h.ClientSide, h.ID) }
	wanted := make(map[int]bool, len(attempts)) // by their client sides
	for _, h := range attempts {
		if h.final || h.show {
			wanted[clientSide(h)] = true
		}
	}
	looked := make([]*analysis.Handshake, 0, len(attempts))
	for _, h := range attempts {
		if wanted[clientSide(h)] {
			looked = append(looked, &h.Handshake)
		}
	}
	return looked
}

// runChecks returns the findings of the checks, in their order. Checks with AfterOthers come last.
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
