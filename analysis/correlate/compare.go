package correlate

import (
	"strings"

	"negotrace/analysis"
)

// compare sets Compared for those of some that were refused or not finished: how each differs from
// a handshake of all that succeeded at the same host. People often capture a good attempt and a
// bad one together.
func compare(all, some []*analysis.Handshake) {
	if len(some) == 0 {
		return
	}
	succeeded := map[hostKey][]*analysis.Handshake{}
	for _, h := range all {
		if h.Outcome == analysis.Succeeded {
			succeeded[hostKeyOf(h)] = append(succeeded[hostKeyOf(h)], h)
		}
	}
	for _, h := range some {
		switch h.Outcome {
		case analysis.Failed, analysis.Abandoned, analysis.Unanswered:
			if o := sibling(h, succeeded[hostKeyOf(h)]); o != nil {
				h.Compared = &analysis.Comparison{With: o.ID, WithWhom: withWhom(h, o), Differs: differences(h, o)}
			}
		}
	}
}

// A hostKey is what two attempts must share to be compared.
type hostKey struct {
	target analysis.Target
	host   string
}

func hostKeyOf(h *analysis.Handshake) hostKey { return hostKey{h.Target, strings.ToLower(h.Host)} }

// sibling returns the handshake that has most in common with h, and of several such the nearest;
// nil if there is none.
func sibling(h *analysis.Handshake, succeeded []*analysis.Handshake) *analysis.Handshake {
	var best *analysis.Handshake
	likeness := func(o *analysis.Handshake) int {
		n := 0
		for i, same := range []bool{analysis.SameProgram(o, h), o.SPN == h.SPN && h.SPN != "", o.Mechanism == h.Mechanism} {
			if same {
				n += 1 << i
			}
		}
		return n
	}
	for _, o := range analysis.Near(h, succeeded) {
		switch {
		case best == nil, likeness(o) > likeness(best),
			likeness(o) == likeness(best) && distance(h, o) < distance(h, best):
			best = o
		}
	}
	return best
}

// withWhom says whose handshake o is, unless it is of the same user and program as h.
func withWhom(h, o *analysis.Handshake) string {
	switch {
	case h.ClientAddr() != o.ClientAddr():
		return "another client"
	case !analysis.SameProgram(h, o):
		return "another program of the same client"
	case analysis.OtherUser(h, o):
		return "another user of the same kind of program"
	}
	return ""
}

func distance(a, b *analysis.Handshake) int { return max(a.ID-b.ID, b.ID-a.ID) }
