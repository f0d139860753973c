package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// writeTable writes the Report for a person: the verdict and the answer to it, the handshakes,
// the findings, what to do about them, and what could not be seen.
func writeTable(w io.Writer, r *analysis.Report, opts Options) error {
	p := newPage(opts)
	p.clock = newClock(&r.Summary, opts.zone())
	p.fileLetters = newFileLetters(r)
	p.summary(r)
	shown, left := rows(r.Handshakes, maxRows)
	if err := p.overview(r, shown); err != nil {
		return err
	}
	if err := p.handshakes(r.Handshakes, shown, left); err != nil {
		return err
	}
	p.candidates(r.Handshakes)
	causes := p.findings(r)
	p.advice(causes, r.Checks)
	p.events(r)
	p.hostTexts(r.HostTexts)
	p.unseen(r.Summary)
	p.captureNext(r)
	_, err := w.Write(p.Bytes())
	return err
}

// summary writes the verdict, what was read, and when it happened.
func (p *page) summary(r *analysis.Report) {
	p.heading(r.Headline)
	p.answer(r)
	p.WriteByte('\n')
	s := r.Summary
	text, seen := volume(s)
	p.item(0, "", text)
	if !s.First.Time.IsZero() {
		p.item(0, "", seen+p.clock.span(s.First.Time, s.Last.Time))
	}
	if s.Filter != nil {
		p.item(0, "", narrowed(s.Filter))
	}
	p.files(r)
}

// narrowed says how a report was narrowed.
func narrowed(f *analysis.Filtered) string {
	return fmt.Sprintf("Only what matches %s: %d of %s, %d of %s", f.Text,
		f.Handshakes, plural.Count(f.OfHandshakes, "handshake"), f.Findings, plural.Count(f.OfFindings, "finding"))
}

// volume says how much was read, and of which protocols.
func volume(s analysis.Summary) (text, protocols string) {
	read := plural.Count(s.Packets, "packet")
	if len(s.Inputs) > 0 && !slices.ContainsFunc(s.Inputs, func(in httpstream.Input) bool { return in.File.Unit() != s.Inputs[0].File.Unit() }) {
		read = counted(s.Packets, s.Inputs[0].File.Unit())
	}
	text = fmt.Sprintf("%s, %s, %s", read, plural.Count(s.Connections, "connection"), plural.Count(s.Requests, "request"))
	protocols = "HTTP and Kerberos "
	if s.LogsAlone() {
		return plural.Count(s.Records, "record") + " of logs, and no capture", "Logons "
	}
	if s.Requests > 0 && s.Bytes == 0 { // requests that no packet carried
		kind := "browser export"
		if hasNote(&s, "transcript-incomplete") {
			kind = "transcript"
		}
		text, protocols = fmt.Sprintf("%s, %s", kind, plural.Count(s.Requests, "request")), "HTTP "
	}
	for i, status := range sortedKeys(s.Responses) {
		lead := ", "
		if i == 0 {
			lead = "; responses: "
		}
		text += fmt.Sprintf("%s%d x%d", lead, status, s.Responses[status])
	}
	return text, protocols
}

// handshakes writes the table of handshakes, of which rows are shown and left out, in the layout that
// needs the fewest lines of those that fit.
func (p *page) handshakes(handshakes []*analysis.Handshake, shown, left []*row) error {
	p.title("HANDSHAKES")
	if len(handshakes) == 0 {
		p.line("none")
		return nil
	}
	all := layouts(p.clock.zone(handshakes[0].Start.Time))
	for i, l := range all {
		l = l.withFiles(p.fileLetters)
		g := grid{columns: l.columns, spaced: l.stacked}
		for _, r := range shown {
			g.rows = append(g.rows, l.cells(r, p.clock))
		}
		if _, fits := g.widths(p.width); !fits && i < len(all)-1 {
			continue
		}
		if err := p.grid(&g); err != nil {
			return err
		}
		break
	}
	p.sourceNotes(shown, "* ", "user", func(h *analysis.Handshake) string { return h.UserFrom })
	p.sourceNotes(shown, "- ", "mechanism", func(h *analysis.Handshake) string { return h.MechanismFrom })
	p.otherSides(handshakes)
	if len(left) > 0 {
		outcomes, more := map[analysis.Outcome]int{}, 0
		for _, r := range left {
			outcomes[r.first.Outcome] += r.count
			more += r.count
		}
		var parts []string
		for _, o := range sortedKeys(outcomes) {
			parts = append(parts, fmt.Sprintf("%d %s", outcomes[o], o))
		}
		p.item(0, "", fmt.Sprintf("... and %d more: %s (all of them: --format json)", more, strings.Join(parts, ", ")))
	}
	return nil
}

// otherSides says which handshakes are in the capture twice.
func (p *page) otherSides(handshakes []*analysis.Handshake) {
	const most = 8
	var pairs []string
	n := 0
	for _, h := range handshakes {
		if h.ClientSide == 0 {
			continue
		}
		if n++; n <= most {
			pairs = append(pairs, fmt.Sprintf("%d is that of %d", h.ID, h.ClientSide))
		}
	}
	if n > most {
		pairs = append(pairs, fmt.Sprintf("and so on, %d in all", n))
	}
	if n > 0 {
		p.item(0, "", "The capture has both sides of a proxy or of a router that translates addresses; the other side: "+strings.Join(pairs, ", ")+".")
	}
}

// sourceNotes says, for the first handshakes whose name or mechanism comes from elsewhere, where
// it comes from, and for how many more this is so.
func (p *page) sourceNotes(rows []*row, mark, what string, from func(*analysis.Handshake) string) {
	const most = 4
	n := 0
	for _, r := range rows {
		source := from(r.first)
		if source == "" {
			continue
		}
		if n++; n <= most {
			p.item(0, mark, fmt.Sprintf("%s of %d: %s", what, r.first.ID, source))
		}
	}
	if n > most {
		p.item(0, mark, fmt.Sprintf("and of %d more likewise (%s_from of --format json)", n-most, what))
	}
}
