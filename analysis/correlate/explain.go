package correlate

import (
	"cmp"
	"slices"

	"negotrace/analysis"
)

// explain lists the candidates for a cause at each handshake that failed, unless a cause is proven.
func explain(p *analysis.Pass, handshakes []*analysis.Handshake, checks []*analysis.Check) {
	for _, h := range handshakes {
		if h.Outcome == analysis.Failed && h.OpeningLeg() != nil && h.Mechanism != analysis.Bearer && !p.CauseProven(h) {
			h.Candidates = candidates(p, h, checks)
		}
	}
}

// candidates returns the possible causes: first those with most signs in the capture, then
// those that leave no trace, then those that the capture rules out.
func candidates(p *analysis.Pass, h *analysis.Handshake, checks []*analysis.Check) []analysis.Candidate {
	type weighed struct {
		analysis.Candidate
		signs int
	}
	var all []weighed
	for _, c := range checks {
		if c.Explains == nil {
			continue
		}
		e := c.Explains(p, h)
		switch e.Status {
		case "":
			continue
		case analysis.Confirmed:
			return nil
		}
		found := analysis.Candidate{Check: c.Name, Label: c.Label, Status: e.Status, Because: e.Because, At: e.At}
		for _, at := range e.At {
			if at.File == h.Start.File {
				found.Frames = append(found.Frames, at.Frame)
			} else {
				found.Also = append(found.Also, at)
			}
		}
		if e.Status == analysis.Possible {
			found.Fix = p.Remedies(c, h, e.Variant)
		}
		all = append(all, weighed{found, e.Signs})
	}
	order := []analysis.Status{analysis.Possible, analysis.NotVisible, analysis.RuledOut}
	slices.SortStableFunc(all, func(a, b weighed) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status)),
			cmp.Compare(b.signs, a.signs),
		)
	})
	out := make([]analysis.Candidate, len(all))
	for i := range all {
		out[i] = all[i].Candidate
	}
	return out
}
