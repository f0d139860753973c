package correlate

import (
	"slices"
	"strings"

	"negotrace/analysis"
)

// compare says of each of some handshakes that was not let in what differs between it and
// one of all that was, at the same host: people capture the good attempt and the bad one
// together.
func compare(all, some []*analysis.Handshake) {
	if len(some) == 0 {
		return
	}
	letIn := map[hostKey][]*analysis.Handshake{}
	for _, h := range all {
		if h.Outcome == analysis.Succeeded {
			letIn[hostKeyOf(h)] = append(letIn[hostKeyOf(h)], h)
		}
	}
	for _, h := range some {
		switch h.Outcome {
		case analysis.Failed, analysis.Abandoned, analysis.Unanswered:
			if o := sibling(h, letIn[hostKeyOf(h)]); o != nil {
				h.Compared = &analysis.Comparison{With: o.ID, Whose: whose(h, o), Differs: differences(h, o)}
			}
		}
	}
}

// A hostKey is what two attempts must have in common to be compared.
type hostKey struct {
	target analysis.Target
	host   string
}

func hostKeyOf(h *analysis.Handshake) hostKey { return hostKey{h.Target, strings.ToLower(h.Host)} }

// sibling returns the handshake that is most like h, and nearest to it; nil if there is
// none.
func sibling(h *analysis.Handshake, letIn []*analysis.Handshake) *analysis.Handshake {
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
	for _, o := range around(h.ID, letIn) {
		switch {
		case best == nil, likeness(o) > likeness(best),
			likeness(o) == likeness(best) && distance(h, o) < distance(h, best):
			best = o
		}
	}
	return best
}

// around returns those of the handshakes, which are in order, that are near an ID.
func around(id int, all []*analysis.Handshake) []*analysis.Handshake {
	i, _ := slices.BinarySearchFunc(all, id, func(o *analysis.Handshake, id int) int { return o.ID - id })
	return all[max(0, i-maxSiblings/2):min(len(all), i+maxSiblings/2)]
}

// whose says who o is where it is not the user of h with the same program.
func whose(h, o *analysis.Handshake) string {
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
