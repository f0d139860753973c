package analysis

import (
	"slices"

	"negotrace/tokens"
)

// Accounted reports whether a check that has run speaks of how h ended: why it was refused
// or left, or that it was. What is only a consequence of a refusal, such as a loop of them,
// does not count; of a handshake that failed an error must speak, or a warning if the same
// program was let in after it.
func (p *Pass) Accounted(h *Handshake) bool {
	least := Info
	switch {
	case h.Outcome == Failed && p.LetInAfter(h) != nil:
		least = Warning
	case h.Outcome == Failed:
		least = Error
	}
	return slices.ContainsFunc(p.foundOn(h), func(f *Finding) bool {
		return f.By.Topic.Rank() <= Refusal.Rank() && f.Severity.Rank() <= least.Rank() && !slices.Contains(f.By.Follows, p.check.Name)
	})
}

// LetInAfter returns the handshake in which the same program was let in by the same machine
// after h, nil if it was not.
func (p *Pass) LetInAfter(h *Handshake) *Handshake {
	for _, o := range p.Attempts(h) {
		if o.ID > h.ID && o.Outcome == Succeeded && o.ServerAddr() == h.ServerAddr() {
			return o
		}
	}
	return nil
}

// CauseProven reports whether a check that has run proves why h was refused. An error that
// says nothing but that it is one proves no cause.
func (p *Pass) CauseProven(h *Handshake) bool {
	if _, e := h.KRBError(); e != nil && e.Code == tokens.KRBErrGeneric {
		return false
	}
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
