package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
)

// conclude hands out, counts and lists what is final of a judgement: what arrived after the
// last one and before until. What is only counted is not described.
func (e *engine) conclude(pass *analysis.Pass, attempts []*attempt, found []*analysis.Finding, grouped *grouping, until position, isFinal func(id int) bool) {
	e.results.round++
	attempts = slices.DeleteFunc(attempts, func(h *attempt) bool { return !isFinal(h.ID) })
	found = slices.DeleteFunc(found, func(f *analysis.Finding) bool {
		if f.Handshake != 0 {
			return !isFinal(f.Handshake)
		}
		return !e.isFinal(f, until) || !e.results.isNew(f)
	})
	kdc := e.buffer.kdc[e.buffer.judged.kdc:until.kdc]
	if e.filter != nil {
		kdc, attempts, found = e.narrow(kdc, attempts, found)
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
}

// complete adds what is said of handshakes that somebody sees: why their outcome is known,
// what may have caused it, and what differs where it was another one.
func (e *engine) complete(pass *analysis.Pass, attempts []*attempt) {
	handshakes := handshakesOf(attempts)
	for _, h := range attempts {
		h.OutcomeReason, h.reason = h.reason.String(), reason{}
	}
	explain(pass, handshakes, e.checks)
	compare(pass.Context, handshakes)
}

// handOut gives what is final to the Sink.
func (e *engine) handOut(pass *analysis.Pass, kdc []*analysis.KDCExchange, attempts []*attempt, found []*analysis.Finding) {
	if e.out.KDC != nil {
		for _, k := range kdc {
			e.out.KDC(k)
		}
	}
	if e.out.Finding != nil {
		found = slices.Clone(found)
		slices.SortStableFunc(found, func(a, b *analysis.Finding) int { return cmp.Compare(a.Handshake, b.Handshake) })
	}
	about, _ := slices.BinarySearchFunc(found, 1, func(f *analysis.Finding, id int) int { return cmp.Compare(f.Handshake, id) })
	none, found := found[:about], found[about:]
	for _, h := range attempts {
		if e.out.Handshake != nil {
			e.out.Handshake(&h.Handshake)
		}
		for ; len(found) > 0 && found[0].Handshake == h.ID; found = found[1:] {
			e.finding(pass, found[0])
		}
	}
	for _, f := range none {
		e.finding(pass, f)
	}
}

// finding gives a finding to the Sink.
func (e *engine) finding(pass *analysis.Pass, f *analysis.Finding) {
	if e.out.Finding != nil {
		pass.Advise(f)
		f.Filter = cmp.Or(f.Filter, filter(f))
		e.out.Finding(f)
	}
}
