package redactproof

import "negotrace/analysis"

// alignFindings changes the order of a redacted report's findings to that of the original, where
// only their messages decide it. Messages have names, and pseudonyms sort differently.
func (c comparison) alignFindings(original, redacted *analysis.Report) {
	all := redacted.Findings
	isMoved := false
	for first, end := 0, 0; first < len(all); first = end {
		for end = first + 1; end < len(all) && isBesides(all[first], all[end]); {
			end++
		}
		for i := first; i < end-1 && i < len(original.Findings); i++ {
			for k := i; k < end; k++ {
				if c.sameMessage(original.Findings[i], all[k]) {
					all[i], all[k] = all[k], all[i]
					isMoved = isMoved || k > i
					break
				}
			}
		}
	}
	if isMoved {
		renumber(all)
	}
}

// renumber numbers findings by their order.
func renumber(all []*analysis.Finding) {
	ids := map[int]int{}
	for i, f := range all {
		ids[f.ID], f.ID = i+1, i+1
	}
	for _, f := range all {
		f.RootID = ids[f.RootID]
	}
}

// isBesides reports whether only the messages of two findings decide their order.
func isBesides(a, b *analysis.Finding) bool {
	return a.Severity == b.Severity && a.Check == b.Check && a.Pos().Compare(b.Pos()) == 0
}

// sameMessage reports whether the message of a redacted finding may be that of the original.
func (c comparison) sameMessage(original, redacted *analysis.Finding) bool {
	a, b := original.Message, redacted.Message
	if c.renumbered {
		a, b = withoutNumbers(a), withoutNumbers(b)
	}
	return len(a) == len(b) && c.names.MayReplace(a, b)
}
