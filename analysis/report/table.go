package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// writeTable writes the Report for a person: the verdict and the answer to it, the handshakes,
// the findings, what to do about them, and what could not be seen.
func writeTable(w io.Writer, r *analysis.Report, opts Options) error {
	p := newPage(opts)
	p.clock = newClock(r, opts.Zone)
	p.fileLetters = newFileLetters(r)
	p.summary(r)
	if err := p.overview(r); err != nil {
		return err
	}
	if err := p.handshakes(r.Handshakes); err != nil {
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

const (
	narrowest = 72  // no layout goes below
	broadest  = 120 // running text does not go beyond: the eye loses its line
)

// A page is text that is being written.
type page struct {
	bytes.Buffer
	width       int
	color       bool
	clock       clock
	fileLetters fileLetters
}

func newPage(opts Options) *page {
	width := opts.Width
	if width <= 0 {
		width = 80
	}
	return &page{width: max(width, narrowest), color: opts.Color}
}

// line writes one line that must fit.
func (p *page) line(s string) {
	p.WriteString(s)
	p.WriteByte('\n')
}

// title begins a section.
func (p *page) title(s string) {
	p.WriteByte('\n')
	p.line(bold.apply(s, p.color))
}

// item writes text after a label; further lines are aligned under the first.
func (p *page) item(indent int, label, text string) {
	p.colored(indent, label, plain, text)
}

// paragraph writes a text, unless it is empty.
func (p *page) paragraph(text string) {
	if text != "" {
		p.item(0, "", text)
	}
}

// colored is item with colour for the label.
func (p *page) colored(indent int, label string, c sgr, text string) {
	hang := indent + len(label)
	lead := strings.Repeat(" ", indent) + c.apply(label, p.color)
	for _, l := range wrap(text, min(p.width, broadest)-hang) {
		p.line(strings.TrimRight(lead+l, " "))
		lead = strings.Repeat(" ", hang)
	}
}

// summary writes the verdict, what was read, and when it happened.
func (p *page) summary(r *analysis.Report) {
	for _, l := range wrap(r.Headline, min(p.width, broadest)) {
		p.line(bold.apply(l, p.color))
	}
	p.answer(r)
	p.WriteByte('\n')
	s := r.Summary
	text, seen := volume(s)
	p.item(0, "", text)
	if !s.First.Time.IsZero() {
		p.item(0, "", seen+p.clock.span(s.First.Time.UTC(), s.Last.Time.UTC()))
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
		read = counted(s.Packets, string(s.Inputs[0].File.Unit()))
	}
	text = fmt.Sprintf("%s, %s, %s", read, plural.Count(s.Connections, "connection"), plural.Count(s.Requests, "request"))
	protocols = "HTTP and Kerberos "
	if s.LogsAlone() {
		return plural.Count(s.Records, "record") + " of logs, and no capture", "Logons "
	}
	if s.Requests > 0 && s.Bytes == 0 { // requests that no packet carried
		kind := "browser export"
		for _, l := range s.Notes {
			if l.Kind == "transcript-incomplete" {
				kind = "transcript"
			}
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

// handshakes writes the table of handshakes in the layout that needs the fewest
// lines of those that fit.
func (p *page) handshakes(all []*analysis.Handshake) error {
	p.title("HANDSHAKES")
	if len(all) == 0 {
		p.line("none")
		return nil
	}
	shown, left := rows(all, maxRows)
	for i, l := range layouts(p.clock.zone(all[0].Start.Time.UTC())) {
		l = l.withFiles(p.fileLetters)
		g := grid{columns: l.columns, spaced: l.stacked}
		for _, r := range shown {
			g.rows = append(g.rows, l.cells(r, p.clock))
		}
		widths, fits := g.widths(p.width)
		if !fits && i < len(layouts(""))-1 {
			continue
		}
		text, err := g.render(widths, p.color)
		if err != nil {
			return err
		}
		p.WriteString(text)
		break
	}
	p.userNotes(shown)
	p.mechanismNotes(shown)
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

// userNotes says where users come from that the handshakes do not show themselves.
func (p *page) userNotes(rows []*row) {
	p.sourceNotes(rows, "* ", "user", func(h *analysis.Handshake) string { return h.UserFrom })
}

// mechanismNotes says which events name the mechanism of handshakes without a message that does.
func (p *page) mechanismNotes(rows []*row) {
	p.sourceNotes(rows, "- ", "mechanism", func(h *analysis.Handshake) string { return h.MechanismFrom })
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

// A clock shows times in one zone.
type clock struct {
	location *time.Location
	dated    bool // the capture spans more than one day
}

func newClock(r *analysis.Report, zone *time.Location) clock {
	if zone == nil {
		zone = time.UTC
	}
	first, last := r.Summary.First.Time.UTC().In(zone), r.Summary.Last.Time.UTC().In(zone)
	return clock{zone, first.Format(time.DateOnly) != last.Format(time.DateOnly)}
}

const timeOnly = "15:04:05.000"

func (c clock) show(t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case c.dated:
		return t.In(c.location).Format(time.DateOnly + " " + timeOnly)
	}
	return t.In(c.location).Format(timeOnly)
}

// zone names the zone as it was at t.
func (c clock) zone(t time.Time) string { return t.In(c.location).Format("MST") }

// span shows a stretch of time with its date and zone.
func (c clock) span(from, to time.Time) string {
	if from.Equal(to) {
		return "at " + c.at(from)
	}
	format := timeOnly + " MST"
	if c.dated {
		format = time.DateOnly + " " + format
	}
	return "from " + from.In(c.location).Format(time.DateOnly+" "+timeOnly) + " to " + to.In(c.location).Format(format)
}

// at shows a time with its date and zone.
func (c clock) at(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.In(c.location).Format(time.DateOnly + " " + timeOnly + " MST")
}
