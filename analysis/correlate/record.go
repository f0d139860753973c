package correlate

import (
	"slices"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// record counts, lists and hands out what of a judgement is final: what arrived after the last
// judgement and before s.until. Handshakes that are only counted get no reasons and candidates.
func (e *engine) record(pass *analysis.Pass, attempts []*attempt, found []*analysis.Finding, grouped *grouping, s scope) {
	e.results.round++
	e.showProvisional(pass, attempts, found, s)
	attempts, found = e.onlyFinal(attempts, found, s)
	kdc := e.buffer.kdc[e.buffer.judged.kdc:s.until.kdc]
	if e.filter != nil {
		kdc, attempts, found = e.applyFilter(kdc, attempts, found)
	}
	var listed []*attempt
	for _, h := range attempts {
		if e.results.count(&h.Handshake) {
			e.results.carriers.add(h, grouped)
			listed = append(listed, h)
		}
	}
	if e.out.Handshake != nil {
		e.complete(pass, attempts)
	} else {
		e.complete(pass, listed)
	}
	e.handOut(pass, kdc, attempts, found)
	for _, f := range found {
		if e.results.findings.add(f) && e.out.Finding == nil {
			pass.Advise(f)
		}
	}
	for _, h := range listed {
		h.FollowOns = nil // the checks have seen them
	}
	if e.out.Flush != nil {
		e.out.Flush()
	}
}

// showProvisional hands out what is to be shown before it is final.
func (e *engine) showProvisional(pass *analysis.Pass, attempts []*attempt, found []*analysis.Finding, s scope) {
	var shown []*attempt
	for _, h := range attempts {
		if h.show {
			shown = append(shown, h)
		}
	}
	if len(shown) > 0 {
		e.show(pass, shown, found)
	}
	e.showUnattached(pass, found, s)
}

// onlyFinal returns what is final of a judgement, and was not recorded before. It reuses the lists.
func (e *engine) onlyFinal(attempts []*attempt, found []*analysis.Finding, s scope) ([]*attempt, []*analysis.Finding) {
	final := make(map[int]bool, len(attempts))
	for _, h := range attempts {
		final[h.ID] = h.final
	}
	attempts = slices.DeleteFunc(attempts, func(h *attempt) bool { return !h.final })
	found = slices.DeleteFunc(found, func(f *analysis.Finding) bool {
		if f.Handshake != 0 {
			return !final[f.Handshake]
		}
		return !e.isFinal(f, s) || !e.results.isNew(f)
	})
	return attempts, found
}

// complete fills in what only a reader of the handshakes needs: the reason of the outcome, the
// candidates for a cause, and the comparison with a success.
func (e *engine) complete(pass *analysis.Pass, attempts []*attempt) {
	handshakes := handshakesOf(attempts)
	for _, h := range attempts {
		h.CommunityIDs = communityIDs(&h.Handshake)
		h.OutcomeReason, h.Reason = h.Reason.String(), analysis.Reason{}
	}
	explain(pass, handshakes, e.checks)
	compare(pass.Context, handshakes)
}

// communityIDs names the connections of a handshake, in the order of its legs.
func communityIDs(h *analysis.Handshake) []string {
	var ids []string
	var last *httpstream.Conn
	for _, l := range h.Legs {
		if l.Conn == last {
			continue
		}
		last = l.Conn
		if id := last.CommunityID(); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// handOut passes to the Sink what is final.
func (e *engine) handOut(pass *analysis.Pass, kdc []*analysis.KDCExchange, attempts []*attempt, found []*analysis.Finding) {
	if e.out.KDC != nil {
		for _, k := range kdc {
			e.out.KDC(k)
		}
	}
	about := map[int][]*analysis.Finding{} // by handshake
	if e.out.Finding != nil {
		for _, f := range found {
			about[f.Handshake] = append(about[f.Handshake], f)
		}
		e.numberFindings(attempts, about)
	}
	for _, h := range attempts {
		if e.out.Handshake != nil {
			e.out.Handshake(&h.Handshake)
		}
		e.findings(pass, about[h.ID])
	}
	e.findings(pass, about[0])
}

// numberFindings gives findings their IDs in the order in which they are handed out.
func (e *engine) numberFindings(attempts []*attempt, about map[int][]*analysis.Finding) {
	number := func(found []*analysis.Finding) {
		for _, f := range found {
			e.results.handedOut++
			f.ID = e.results.handedOut
		}
	}
	for _, h := range attempts {
		number(about[h.ID])
	}
	number(about[0])
}

// findings gives findings to the Sink.
func (e *engine) findings(pass *analysis.Pass, found []*analysis.Finding) {
	for _, f := range found {
		pass.Advise(f)
		f.Prove()
		if f.Root != nil {
			f.RootID = f.Root.ID
		}
		e.out.Finding(f)
	}
}
