package report

import (
	"fmt"
	"slices"

	"negotrace/analysis"
)

// shownRefusals is how many refusals whose causes differ are explained.
const shownRefusals = 4

// A refusal is a handshake that failed and has candidates, and those for which the same is
// to be said.
type refusal struct {
	first *analysis.Handshake
	ids   []int
}

// refusals puts handshakes with the same candidates together.
func refusals(handshakes []*analysis.Handshake) []*refusal {
	var all []*refusal
	for _, h := range handshakes {
		if len(h.Candidates) == 0 {
			continue
		}
		i := slices.IndexFunc(all, func(r *refusal) bool {
			return slices.EqualFunc(r.first.Candidates, h.Candidates, sameCandidate) && r.first.Host == h.Host
		})
		if i < 0 {
			i = len(all)
			all = append(all, &refusal{first: h})
		}
		all[i].ids = append(all[i].ids, h.ID)
	}
	return all
}

func sameCandidate(a, b analysis.Candidate) bool {
	return a.Check == b.Check && a.Status == b.Status && a.Because == b.Because
}

// candidates writes why handshakes may have been refused, likeliest first, and what the
// capture rules out.
func (p *page) candidates(handshakes []*analysis.Handshake) {
	all := refusals(handshakes)
	for _, r := range all[:min(shownRefusals, len(all))] {
		p.title(fmt.Sprintf("WHY %s MAY HAVE BEEN REFUSED", refused(r.ids)))
		p.item(0, "", r.first.OutcomeReason)
		for _, c := range r.first.Candidates {
			p.colored(0, fmt.Sprintf("%-*s", statusWidth, statusName(c.Status)), statusColor(c.Status), c.Label+": "+c.Because+more(c))
		}
	}
	if n := len(all) - shownRefusals; n > 0 {
		p.item(0, "... ", fmt.Sprintf("and %d more refusals (candidates of --format json)", n))
	}
}

func refused(ids []int) string {
	if len(ids) == 1 {
		return fmt.Sprintf("HANDSHAKE %d", ids[0])
	}
	return "HANDSHAKES " + series(ids)
}

const statusWidth = len("not visible  ")

func statusName(s analysis.Status) string {
	switch s {
	case analysis.RuledOut:
		return "ruled out"
	case analysis.NotVisible:
		return "not visible"
	}
	return string(s)
}

func statusColor(s analysis.Status) sgr {
	if s == analysis.Possible {
		return yellow
	}
	return plain
}

// more names the page of a cause that comes into question.
func more(c analysis.Candidate) string {
	if c.Status == analysis.Possible {
		return " (" + c.Check + ")"
	}
	return ""
}
