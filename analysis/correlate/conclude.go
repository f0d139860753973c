package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
)

// conclude hands out, counts and lists what is final of a judgement: what arrived after the
// last one and before until.
func (e *engine) conclude(attempts []*attempt, found []*analysis.Finding, grouped *grouping, until position, isFinal func(id int) bool) {
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
	e.handOut(kdc, attempts, found)
	for _, f := range found {
		e.results.findings.add(f)
	}
	for _, h := range attempts {
		if e.results.count(&h.Handshake) {
			e.results.carriers.add(h, grouped)
		}
	}
}

// handOut gives what is final to the Sink.
func (e *engine) handOut(kdc []*analysis.KDCExchange, attempts []*attempt, found []*analysis.Finding) {
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
			e.finding(found[0])
		}
	}
	for _, f := range none {
		e.finding(f)
	}
}

// finding gives a finding to the Sink.
func (e *engine) finding(f *analysis.Finding) {
	if e.out.Finding != nil {
		f.Filter = cmp.Or(f.Filter, filter(f))
		e.out.Finding(f)
	}
}
