package report

import (
	"io"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// writeShownMarkdown writes one handshake as a section of a document: its outcome, its facts, its
// messages as a diagram, causes, findings, and where its packets are.
func writeShownMarkdown(w io.Writer, s *Shown, opts Options) error {
	r, h := s.report(), s.Handshake
	m := &markdown{clock: newClock(&r.Summary, opts.zone())}
	m.line("## %s\n", prose(shownTitle(h)))
	if h.OutcomeReason != "" {
		m.line("%s.\n", prose(h.OutcomeReason))
	}
	if text := s.selection(); text != "" {
		m.line("%s.\n", prose(text))
	}
	m.item("begin: " + m.clock.at(h.Start.Time))
	m.item("client: " + code(h.Client))
	m.item("server: " + code(h.Server))
	for _, f := range propertiesOf(h) {
		m.item(f.name + ": " + code(f.value))
	}
	l := newLadder(h, s.Findings)
	m.heading(3, "Messages")
	m.sequence(l)
	if opts.Decode {
		m.tokens(l)
	}
	m.logged(h)
	if len(refusals(r.Handshakes)) > 0 {
		m.heading(3, "What comes into question, and what is ruled out")
		m.candidates(h)
	}
	m.heading(3, "Findings")
	m.findings(r)
	m.filters(s)
	if len(r.Inputs) > 0 {
		m.heading(3, "Files")
		m.inputs(r)
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// tokens writes every field of the tokens of a ladder.
func (m *markdown) tokens(l ladder) {
	m.heading(3, "Tokens")
	for i := range l.steps {
		s := &l.steps[i]
		var b strings.Builder
		if s.writeTree(tokenTree{w: &b}); b.Len() == 0 {
			continue
		}
		m.line("%s, %s:\n", prose(s.at.String()), prose(s.label))
		m.fenced(b.String())
	}
}

// fenced writes text in which nothing is markup, between fences that no line of it can close.
func (m *markdown) fenced(text string) {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	m.line("%s\n%s\n%s\n", fence, strings.TrimSuffix(text, "\n"), fence)
}

// filters writes the display filters of the packets of a handshake and of its findings.
func (m *markdown) filters(s *Shown) {
	var rows [][2]string
	if h := s.Handshake; h.InPackets() {
		packets := "its packets"
		if file := h.Start.File; !file.IsZero() {
			packets += " in " + code(file.Label())
		}
		rows = append(rows, [2]string{packets, analysis.FramesFilter(h.Frames)})
		if filter := streamsFilter(h); filter != "" {
			rows = append(rows, [2]string{"its connections", filter})
		}
	}
	for _, f := range s.Findings {
		if f.Filter != "" {
			rows = append(rows, [2]string{code(f.Check), f.Filter})
		}
	}
	if len(rows) == 0 {
		return
	}
	m.heading(3, "Packets")
	m.head("Of", "Wireshark")
	for _, row := range first(rows, maxShares) {
		m.row(row[0], code(row[1]))
	}
	if n := len(rows) - maxShares; n > 0 {
		m.line("\n%s left out: `--format json` has all of them.", plural.Count(n, "filter"))
	}
}
