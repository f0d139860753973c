package report

import (
	"slices"
	"strings"

	"negotrace/analysis"
)

// Verdict is the sentence that the page begins with.
func (p *htmlPage) Verdict() string {
	if f := p.report.Lead(); f != nil {
		return sentence(f.Message)
	}
	return sentence(p.report.Headline)
}

// VerdictPieces are the pieces between which a line of the verdict may be broken.
func (p *htmlPage) VerdictPieces() []string {
	var pieces []string
	text, begin := p.Verdict(), 0
	for i := 1; i < len(text); i++ {
		if strings.IndexByte(breakBefore, text[i]) >= 0 || strings.IndexByte(breakAfter, text[i-1]) >= 0 && text[i] != ' ' {
			pieces = append(pieces, text[begin:i])
			begin = i
		}
	}
	return append(pieces, text[begin:])
}

// Tally says how many handshakes ended how.
func (p *htmlPage) Tally() string {
	tally, _, _ := strings.Cut(p.report.Headline, "; ")
	if p.report.Lead() == nil {
		return "No error and no warning"
	}
	return tally
}

// LeadSeverity is that of the finding that the verdict speaks of, "" for none.
func (p *htmlPage) LeadSeverity() analysis.Severity {
	if f := p.report.Lead(); f != nil {
		return f.Severity
	}
	return ""
}

// Mood is the class of the page's first part: a severity, or "calm".
func (p *htmlPage) Mood() string {
	if s := p.LeadSeverity(); s != "" {
		return string(s)
	}
	return "calm"
}

// concerned lists the handshakes that the leading finding is about.
func (p *htmlPage) concerned() []*analysis.Handshake {
	if f := p.report.Lead(); f != nil {
		return concerned(p.report, f)
	}
	return nil
}

// Who says whom the leading finding is about.
func (p *htmlPage) Who() string {
	all := p.concerned()
	if len(all) == 0 {
		return ""
	}
	return who(all)
}

// When says when it was.
func (p *htmlPage) When() string {
	all := p.concerned()
	if len(all) == 0 || all[0].Start.Time.IsZero() {
		return ""
	}
	when := capital(strings.TrimPrefix(p.clock.span(all[0].Start.Time.UTC(), all[len(all)-1].Start.Time.UTC()), "at "))
	if f := p.report.Lead(); f.Count > len(all) {
		when += ", found " + count(f.Count, "time")
	}
	return when
}

// An htmlReason is a part of the answer to why, and what kind of answer it is.
type htmlReason struct{ Label, Text string }

// Why says why it happened, as far as the capture shows it.
func (p *htmlPage) Why() []htmlReason {
	f := p.report.Lead()
	if f == nil {
		return nil
	}
	var all []htmlReason
	if c := p.checks[f.Check]; c != nil {
		all = append(all, htmlReason{"", capital(sentence(reflow(c.Title)))})
	}
	if f.Cause != "" {
		return append(all, htmlReason{"", f.Cause})
	}
	if candidates := p.candidates(); len(candidates) > 0 {
		return append(all, remaining(candidates)...)
	}
	for _, text := range f.Causes[:min(perFinding, len(f.Causes))] {
		all = append(all, htmlReason{"Likely", reflow(text)})
	}
	return all
}

// candidates are those of the first handshake concerned that has any.
func (p *htmlPage) candidates() []analysis.Candidate {
	for _, h := range p.concerned() {
		if len(h.Candidates) > 0 {
			return h.Candidates
		}
	}
	return nil
}

// remaining says which candidates are possible, and which are not.
func remaining(candidates []analysis.Candidate) []htmlReason {
	var all []htmlReason
	var out, hidden []string
	for _, c := range candidates {
		switch c.Status {
		case analysis.Possible:
			if len(all) < perFinding {
				all = append(all, htmlReason{"Possible", c.Label + ": " + c.Because})
			}
		case analysis.NotVisible:
			hidden = append(hidden, c.Label)
		case analysis.RuledOut:
			out = append(out, c.Label)
		}
	}
	if len(hidden) > 0 {
		all = append(all, htmlReason{"Not visible here", strings.Join(hidden, ", ")})
	}
	if len(out) > 0 {
		all = append(all, htmlReason{"Ruled out", strings.Join(out, ", ")})
	}
	return all
}

// Do says what to do first.
func (p *htmlPage) Do() []string {
	f := p.report.Lead()
	if f == nil {
		return nil
	}
	var all []string
	for _, c := range p.candidates() {
		if c.Status == analysis.Possible && len(c.Fix) > 0 && len(all) == 0 {
			all = append(all, reflow(c.Fix[0]))
		}
	}
	for _, text := range f.Fix {
		if t := reflow(text); len(all) < perFinding && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// Also are further findings that are at least a warning and no consequence of another.
func (p *htmlPage) Also() []htmlFinding {
	const most = 3
	var all []htmlFinding
	lead := p.report.Lead()
	seen := []string{}
	for _, t := range p.trees() {
		if t.Finding == lead || t.rank() >= analysis.Info.Rank() || lead != nil && t.Check == lead.Check || slices.Contains(seen, t.Check) {
			continue
		}
		if seen = append(seen, t.Check); len(all) < most {
			all = append(all, htmlFinding{t.Finding, p})
		}
	}
	return all
}

// Read says how much was read, and when it happened.
func (p *htmlPage) Read() []string {
	s := p.report.Summary
	if s.Counters == nil {
		return nil
	}
	volume, kind := volume(s)
	all := []string{capital(volume) + "."}
	if !s.First.Time.IsZero() {
		all = append(all, kind+p.clock.span(s.First.Time.UTC(), s.Last.Time.UTC())+".")
	}
	if s.Filter != nil {
		all = append(all, narrowed(s.Filter)+".")
	}
	return all
}
