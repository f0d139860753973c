package analysis

import (
	"slices"

	"negotrace/httpstream"
	"negotrace/tokens"
)

// Explained reports whether a finding of a check that has run says how h ended: that it was
// refused or left, or why. Mere consequences of a refusal, such as a loop of them, do not count.
// For a handshake that failed the finding must be an error, or a warning if the same program was
// let in later.
func (p *Pass) Explained(h *Handshake) bool {
	least := Info
	switch {
	case h.Outcome == Failed && p.LetInAfter(h) != nil:
		least = Warning
	case h.Outcome == Failed:
		least = Error
	case h.Outcome == Unknown && h.Last().Status() >= httpstream.StatusBadRequest, h.Last().Logon != "": // turned away, it seems
		least = Warning
	}
	return slices.ContainsFunc(p.foundOn(h), func(f *Finding) bool {
		return f.By.Topic.Rank() <= Refusal.Rank() && f.Severity.Rank() <= least.Rank() && !slices.Contains(f.By.Follows, p.check.Name)
	})
}

// CauseProven reports whether a finding of a check that has run proves why h was refused. A generic
// error code proves no cause, and neither does a library's sentence that names none.
func (p *Pass) CauseProven(h *Handshake) bool {
	if _, e := h.KRBError(); e != nil && e.Code == tokens.KRBErrGeneric {
		return false
	}
	last := h.Last()
	open := last.ErrorText != "" && last.Said() == ""
	return slices.ContainsFunc(p.foundOn(h), func(f *Finding) bool {
		if open && f.Pos().Compare(last.ResponsePos()) == 0 {
			return false // it quotes that sentence
		}
		return f.By.Topic == Cause && f.Severity == Error && f.Evidence == Proven
	})
}

// foundOn returns what was found on a handshake, on either side of a proxy.
func (p *Pass) foundOn(h *Handshake) []*Finding {
	others := p.otherSides()[h.ID]
	if len(others) == 0 {
		return p.found[h.ID]
	}
	all := slices.Clone(p.found[h.ID])
	for _, id := range others {
		all = append(all, p.found[id]...)
	}
	return all
}

// otherSides leads from each handshake with or behind a proxy to those on its other side.
func (p *Pass) otherSides() map[int][]int {
	if p.lookups.otherSides == nil {
		p.lookups.otherSides = map[int][]int{}
		for _, h := range p.Context {
			if h.ClientSide != 0 {
				p.lookups.otherSides[h.ID] = append(p.lookups.otherSides[h.ID], h.ClientSide)
				p.lookups.otherSides[h.ClientSide] = append(p.lookups.otherSides[h.ClientSide], h.ID)
			}
		}
	}
	return p.lookups.otherSides
}
