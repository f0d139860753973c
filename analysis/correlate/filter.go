package correlate

import (
	"slices"

	"negotrace/analysis"
)

// applyFilter keeps what matches the filter, and counts it.
func (e *engine) applyFilter(kdc []*analysis.KDCExchange, attempts []*attempt, found []*analysis.Finding) ([]*analysis.KDCExchange, []*attempt, []*analysis.Finding) {
	f, n := e.filter, &e.results.filtered
	n.OfHandshakes += len(attempts)
	n.OfFindings += len(found)
	on := map[int][]*analysis.Finding{}
	for _, x := range found {
		on[x.Handshake] = append(on[x.Handshake], x)
	}
	ids, own := map[int]bool{}, map[*analysis.KDCExchange]bool{}
	attempts = slices.DeleteFunc(attempts, func(h *attempt) bool { return !f.Handshake(&h.Handshake, on[h.ID]) })
	for _, h := range attempts {
		ids[h.ID] = true
		for _, k := range h.KDC {
			own[k] = true
		}
	}
	kdc = slices.DeleteFunc(slices.Clone(kdc), func(k *analysis.KDCExchange) bool { return !own[k] && !f.KDC(k) })
	found = slices.DeleteFunc(found, func(x *analysis.Finding) bool {
		if x.Handshake != 0 {
			return !ids[x.Handshake] || !e.allFindings && !f.Finding(x)
		}
		return !f.Unattached(x)
	})
	left := map[*analysis.Finding]bool{}
	for _, x := range found {
		left[x] = true
	}
	for _, x := range found {
		if x.Root != nil && !left[x.Root] {
			x.RootCheck, x.Root = "", nil // its cause is filtered out
		}
		if x.By.Topic != analysis.View {
			n.Findings++
		}
	}
	n.Handshakes += len(attempts)
	return kdc, attempts, found
}
