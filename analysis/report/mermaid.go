package report

import (
	"fmt"
	"strings"

	"negotrace/analysis"
)

// diagram draws the handshake that decides.
func (m *markdown) diagram(r *analysis.Report) {
	h := decisive(r)
	if h == nil {
		return
	}
	m.heading(2, fmt.Sprintf("Handshake %d", h.ID))
	m.sequence(newLadder(h, r.Findings))
}

// sequence draws a ladder as a sequence diagram in the language of Mermaid, which GitHub,
// GitLab and plugins of Confluence and Jira draw.
func (m *markdown) sequence(l ladder) {
	m.line("```mermaid\nsequenceDiagram")
	for i, x := range l.lanes {
		m.line("    participant L%d as %s", i, mermaidText(strings.TrimSpace(string(x.role)+" "+elide(x.name, maxParticipant))))
	}
	for i := range l.steps {
		if i == maxSteps {
			m.line("    Note over L0: %d more messages", len(l.steps)-i)
			break
		}
		s := &l.steps[i]
		text := s.label
		if d := s.detail(); d != "" {
			text += ", " + d
		}
		arrow := "->>"
		if s.tone == toneRefused {
			arrow = "--x"
		}
		after := ""
		if !s.at.Time.IsZero() {
			after = s.milliseconds() + " ms, "
		}
		if s.found != "" { // a note does not wrap: the sentence stands with the findings
			m.line("    Note over L%d,L%d: %s%s", clientLane, targetLane, after, mermaidText(s.found+", "+s.at.String()))
			continue
		}
		m.line("    L%d%sL%d: %s%s", s.from, arrow, s.to, after, mermaidText(text))
	}
	m.line("```")
}

// maxParticipant is the longest name of a participant: the diagram is as wide as all together.
const maxParticipant = 40

// decisive returns the handshake of the verdict, else the first that failed, else the first; nil
// if there is none.
func decisive(r *analysis.Report) *analysis.Handshake {
	if lead := r.Lead(); lead != nil {
		if all := concerned(r, lead); len(all) > 0 {
			return all[0]
		}
	}
	var best *analysis.Handshake
	for _, h := range r.Handshakes {
		if best == nil || urgency(h.Outcome) < urgency(best.Outcome) {
			best = h
		}
	}
	return best
}

// mermaidText escapes what Mermaid would take for its own syntax or for HTML, by the code of
// each character.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range elide(Printable(reflow(s)), 160) {
		if wordRune(r) && r <= 0x7F || strings.ContainsRune(" ./-_,@+:()=", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	text := b.String()
	if strings.EqualFold(text, "end") { // a word of Mermaid
		text += " "
	}
	return text
}
