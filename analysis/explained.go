package analysis

import "slices"

// Accounted reports whether a check that has run speaks of how h ended: why it was refused
// or left, or that it was. What is only a consequence of a refusal, such as a loop of them,
// does not count, nor does information if h failed.
func (p *Pass) Accounted(h *Handshake) bool {
	return slices.ContainsFunc(p.foundOn(h), func(f *Finding) bool {
		return f.By.Topic.Rank() <= Refusal.Rank() && (f.Severity != Info || h.Outcome != Failed) && !slices.Contains(f.By.Follows, p.check.Name)
	})
}

// CauseProven reports whether a check that has run proves why h was refused.
func (p *Pass) CauseProven(h *Handshake) bool {
	return slices.ContainsFunc(p.foundOn(h), func(f *Finding) bool {
		return f.By.Topic == Cause && f.Severity == Error && f.Evidence == Proven
	})
}

// foundOn returns what was found on a handshake, on either side of a proxy.
func (p *Pass) foundOn(h *Handshake) []*Finding {
	if len(p.ClientSides) == 0 {
		return p.found[h.ID]
	}
	all := slices.Clone(p.found[h.ID])
	for _, o := range p.Context {
		if o.ID == h.ClientSide || o.ClientSide == h.ID {
			all = append(all, p.found[o.ID]...)
		}
	}
	return all
}
