package report

import (
	"fmt"
	"slices"
	"strings"

	"negotrace/analysis"
)

// shownRefusals is how many refusals with different causes are explained.
const shownRefusals = 4

// shownRemedies is how many causes, from the first, get remedies.
const shownRemedies = 2

// A refusal is a handshake that was not let in and about which a report says more than a finding
// does, with the handshakes for which it says the same.
type refusal struct {
	first *analysis.Handshake
	ids   []int
}

// refusals groups handshakes with the same candidates and differences.
func refusals(handshakes []*analysis.Handshake) []*refusal {
	var all []*refusal
	for _, h := range handshakes {
		if len(h.Candidates) == 0 && (h.Compared == nil || len(h.Compared.Differs) == 0) {
			continue
		}
		i := slices.IndexFunc(all, func(r *refusal) bool { return alike(r.first, h) })
		if i < 0 {
			i = len(all)
			all = append(all, &refusal{first: h})
		}
		all[i].ids = append(all[i].ids, h.ID)
	}
	return all
}

func alike(a, b *analysis.Handshake) bool {
	return a.Host == b.Host && a.Outcome == b.Outcome && slices.EqualFunc(a.Candidates, b.Candidates, sameCandidate) && differences(a) == differences(b)
}

func sameCandidate(a, b analysis.Candidate) bool {
	return a.Check == b.Check && a.Status == b.Status && a.Because == b.Because
}

// candidates writes why handshakes may have been refused: what differs from one that was let in,
// and the possible causes, likeliest first.
func (p *page) candidates(handshakes []*analysis.Handshake) {
	all := refusals(handshakes)
	for _, r := range first(all, shownRefusals) {
		p.title("WHY " + refused(r))
		p.item(0, "", r.first.OutcomeReason)
		if c := r.first.Compared; c != nil {
			of := ""
			if c.WithWhom != "" {
				of = ", of " + c.WithWhom
			}
			text := fmt.Sprintf("with handshake %d%s, which was let in: %s", c.With, of, differences(r.first))
			p.colored(0, fmt.Sprintf("%-*s", statusWidth, "compared"), yellow, text)
		}
		for i, c := range r.first.Candidates {
			p.colored(0, fmt.Sprintf("%-*s", statusWidth, statusName(c.Status)), statusColor(c.Status), c.Label+": "+c.Because+checkSuffix(c))
			if i < shownRemedies && len(c.Fix) > 0 {
				p.item(statusWidth, "Do: ", reflow(c.Fix[0]))
			}
		}
	}
	if n := len(all) - shownRefusals; n > 0 {
		p.item(0, "... ", fmt.Sprintf("and %d more (candidates and compared of --format json)", n))
	}
}

// refused says which handshakes a section is about.
func refused(r *refusal) string {
	who := fmt.Sprintf("HANDSHAKE %d", r.ids[0])
	if len(r.ids) > 1 {
		who = "HANDSHAKES " + series(r.ids)
	}
	switch r.first.Outcome {
	case analysis.Failed:
		return who + " MAY HAVE BEEN REFUSED"
	case analysis.Unanswered:
		return who + " MAY HAVE NO ANSWER"
	}
	return who + " MAY NOT HAVE BEEN FINISHED"
}

// differences says how an attempt differs from one that was let in.
func differences(h *analysis.Handshake) string {
	c := h.Compared
	switch {
	case c == nil:
		return ""
	case len(c.Differs) == 0:
		return noDifference(h)
	}
	parts := make([]string, len(c.Differs))
	for i, d := range c.Differs {
		parts[i] = fmt.Sprintf("%s %s here, %s there", d.What, dash(d.Bad), dash(d.Good))
	}
	return strings.Join(parts, "; ")
}

// noDifference says that a report shows no difference between two attempts.
func noDifference(h *analysis.Handshake) string {
	switch h.Mechanism {
	case analysis.Basic, analysis.Digest, analysis.NTLM:
		return "the capture shows no difference; passwords are not compared"
	}
	return "the capture shows no difference"
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

// checkSuffix names the check of a possible cause, in parentheses.
func checkSuffix(c analysis.Candidate) string {
	if c.Status == analysis.Possible {
		return " (" + c.Check + ")"
	}
	return ""
}
