package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// A markdown is a document that is being written, in what the dialects of GitHub, GitLab,
// Confluence and Jira have in common: headings, lists, tables with pipes, fenced code.
type markdown struct {
	strings.Builder
	clock clock
}

// writeMarkdown writes the skeleton of a postmortem: what a report can say in each of its parts.
// What only people know (owners, decisions) is left blank.
func writeMarkdown(w io.Writer, r *analysis.Report, _ Options) error {
	m := &markdown{clock: newClock(&r.Summary, time.UTC)}
	m.summary(r)
	m.impact(r)
	m.timeline(r)
	m.causes(r)
	m.excluded(r)
	m.diagram(r)
	m.events(r)
	m.hostTexts(r.HostTexts)
	m.open(r)
	m.next(r)
	m.actions(r)
	m.evidence(r)
	m.checklist(r)
	_, err := io.WriteString(w, m.String())
	return err
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// gap puts one empty line before what comes next.
func (m *markdown) gap() {
	if !strings.HasSuffix(m.String(), "\n\n") {
		m.line("")
	}
}

// heading begins a section.
func (m *markdown) heading(level int, text string) {
	m.gap()
	m.line("%s %s\n", strings.Repeat("#", level), text)
}

// item writes one item of a list.
func (m *markdown) item(text string) { m.line("- %s", text) }

// row writes one row of a table.
func (m *markdown) row(cells ...string) { m.line("| %s |", strings.Join(cells, " | ")) }

// head begins a table.
func (m *markdown) head(cells ...string) {
	m.row(cells...)
	m.line("|%s", strings.Repeat(" --- |", len(cells)))
}

// summary writes the title, the verdict and the answer.
func (m *markdown) summary(r *analysis.Report) {
	m.line("# Postmortem: authentication over HTTP\n")
	m.line("**%s**\n", prose(r.Headline))
	a := answerOf(r, m.clock)
	for _, part := range []struct{ name, text string }{{"Who", a.who}, {"When", a.when}, {"Why", a.why + a.also}} {
		if part.text != "" {
			m.item("**" + part.name + "**: " + prose(part.text))
		}
	}
}

// impact writes who was hit, in numbers.
func (m *markdown) impact(r *analysis.Report) {
	m.heading(2, "Impact")
	all := shares(r.Handshakes)
	if len(all) == 0 {
		m.line("%s", noHandshake(r))
		return
	}
	m.head("Host", "Mechanism", "Outcome", "Handshakes", "Users", "Clients")
	for _, s := range first(all, maxShares) {
		m.row(code(s.host), string(s.mechanism), string(s.outcome), fmt.Sprint(s.count), number(len(s.users)), number(len(s.clients)))
	}
	if n := len(all) - maxShares; n > 0 {
		m.line("\n%d more lines are left out.", n)
	}
	if counted := r.Summary.Handshakes(); counted > len(r.Handshakes) {
		m.line("\n%s %s listed, of %d.", plural.Count(len(r.Handshakes), "handshake"), plural.Verb(len(r.Handshakes), "is", "are"), counted)
	}
	var hit []string
	for _, h := range r.Handshakes {
		if h.Outcome.Refused() && h.User != "" && !slices.Contains(hit, h.User) {
			hit = append(hit, h.User)
		}
	}
	if len(hit) > 0 {
		names := make([]string, 0, maxShares)
		for _, u := range first(hit, maxShares) {
			names = append(names, code(u))
		}
		text := "Users who were not let in at least once: " + strings.Join(names, ", ")
		if n := len(hit) - maxShares; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		m.line("\n%s.", text)
	}
}

const (
	maxShares = 20 // lines and names that a document lists
	maxSteps  = 40 // lines of a timeline and arrows of a diagram
)
