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

// Who says whom the leading finding is about.
func (p *htmlPage) Who() string {
	f := p.report.Lead()
	if f == nil {
		return ""
	}
	var users, clients, hosts, programs []string
	add := func(all *[]string, s string) {
		if s != "" && !slices.Contains(*all, s) {
			*all = append(*all, s)
		}
	}
	for _, h := range p.concerned(f) {
		add(&users, h.User)
		add(&clients, address(h.Client))
		add(&hosts, hostText(h))
		add(&programs, h.Program)
	}
	const most = 3
	text := joined(names(users, most), " from ", names(clients, most))
	text = joined(text, ", to ", names(hosts, most))
	text = joined(text, ", with ", names(programs, 2))
	if f.Count > 1 {
		text = joined(text, "; ", count(f.Count, "time")+" in this capture")
	}
	return text
}

// concerned returns the handshakes that a finding names.
func (p *htmlPage) concerned(f *analysis.Finding) []*analysis.Handshake {
	ids := f.Handshakes
	if len(ids) == 0 {
		ids = []int{f.Handshake}
	}
	var all []*analysis.Handshake
	for _, h := range p.report.Handshakes {
		if slices.Contains(ids, h.ID) {
			all = append(all, h)
		}
	}
	return all
}

// joined puts a word between two texts, if there are both.
func joined(a, between, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
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
	if candidates := p.candidates(f); len(candidates) > 0 {
		return append(all, remaining(candidates)...)
	}
	for _, text := range f.Causes[:min(perFinding, len(f.Causes))] {
		all = append(all, htmlReason{"Likely", reflow(text)})
	}
	return all
}

// candidates are those of the first handshake of a finding that has any.
func (p *htmlPage) candidates(f *analysis.Finding) []analysis.Candidate {
	for _, h := range p.concerned(f) {
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
	for _, c := range p.candidates(f) {
		if c.Status == analysis.Possible && len(c.Fix) > 0 && len(all) == 0 {
			all = append(all, reflow(c.Fix[0]))
		}
	}
	for _, text := range f.Fix[:min(perFinding, len(f.Fix))] {
		if t := reflow(text); !slices.Contains(all, t) {
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
