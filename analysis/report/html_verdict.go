package report

import (
	"slices"
	"strings"

	"negotrace/analysis"
)

// Verdict returns the sentence that the page begins with.
func (p *htmlPage) Verdict() string {
	if f := p.report.Lead(); f != nil {
		return sentence(f.Message)
	}
	return sentence(p.report.Headline)
}

// VerdictWords returns the words of the verdict.
func (p *htmlPage) VerdictWords() [][]string { return breakable(p.Verdict()) }

// breakable returns the words of a title, each in pieces between which a line may break: a long
// name breaks at its punctuation.
func breakable(title string) [][]string {
	const long = 20 // characters that fit into any line
	var words [][]string
	for word := range strings.FieldsSeq(title) {
		var pieces []string
		begin := 0
		for i := 1; i < len(word) && len(word) > long; i++ {
			if strings.IndexByte(breakBefore, word[i]) >= 0 || strings.IndexByte(breakAfter, word[i-1]) >= 0 {
				pieces = append(pieces, word[begin:i])
				begin = i
			}
		}
		words = append(words, append(pieces, word[begin:]))
	}
	return words
}

// Tally says how many handshakes had which outcome.
func (p *htmlPage) Tally() string {
	tally, _, _ := strings.Cut(p.report.Headline, "; ")
	if p.report.Lead() == nil {
		return "No error and no warning"
	}
	return tally
}

// LeadSeverity returns that of the finding that the verdict speaks of, "" for none.
func (p *htmlPage) LeadSeverity() analysis.Severity {
	if f := p.report.Lead(); f != nil {
		return p.report.Gravity(f)
	}
	return ""
}

// Mood returns the class of the page's first part: a severity, or "calm".
func (p *htmlPage) Mood() string {
	if s := p.LeadSeverity(); s != "" {
		return string(s)
	}
	return "calm"
}

// Who says whom the leading finding is about.
func (p *htmlPage) Who() string { return p.answer.who }

// When says when it was.
func (p *htmlPage) When() string { return capital(p.answer.when) }

// Do says what to do first.
func (p *htmlPage) Do() []string { return reflowed(p.answer.do) }

// reflowed joins the lines of each text.
func reflowed(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, reflow(text))
	}
	return all
}

// An htmlReason is a part of the answer to why, and what kind of answer it is.
type htmlReason struct{ Label, Text string }

// Why says why it happened, as far as the capture shows it, and what it rules out.
func (p *htmlPage) Why() []htmlReason {
	f := p.report.Lead()
	if f == nil {
		return nil
	}
	var all []htmlReason
	if c := p.checks[f.Check]; c != nil {
		all = append(all, htmlReason{"", capital(sentence(reflow(c.Title)))})
	}
	if p.answer.why != "" {
		all = append(all, reasonOf(p.answer.why))
	}
	if f.Cause != "" {
		return all
	}
	for _, h := range concerned(p.report, f) {
		if len(h.Candidates) > 0 {
			return append(all, others(h.Candidates)...)
		}
	}
	return all
}

// reasonOf splits the label from the text of an answer, if it has one.
func reasonOf(why string) htmlReason {
	for _, kind := range []string{"possible", "often"} {
		if text, ok := strings.CutPrefix(why, kind+": "); ok {
			return htmlReason{capital(kind), reflow(text)}
		}
	}
	return htmlReason{"", reflow(why)}
}

// others returns the candidates after the first possible one, which is the answer itself.
func others(candidates []analysis.Candidate) []htmlReason {
	labels := map[analysis.Status][]string{}
	for _, c := range candidates {
		labels[c.Status] = append(labels[c.Status], c.Label)
	}
	var all []htmlReason
	add := func(kind string, labels []string) {
		if len(labels) > 0 {
			all = append(all, htmlReason{kind, strings.Join(labels, ", ")})
		}
	}
	if possible := labels[analysis.Possible]; len(possible) > 1 {
		add("Also possible", possible[1:])
	}
	add("Not visible here", labels[analysis.NotVisible])
	add("Ruled out", labels[analysis.RuledOut])
	return all
}

// Also returns further findings that are at least a warning and no consequence of another.
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
	switch {
	case p.selection != "":
		return []string{p.selection + "."}
	case s.Counters == nil:
		return nil
	}
	volume, kind := volume(s)
	all := []string{capital(volume) + "."}
	if !s.First.Time.IsZero() {
		all = append(all, kind+p.clock.span(s.First.Time, s.Last.Time)+".")
	}
	if s.Filter != nil {
		all = append(all, narrowed(s.Filter)+".")
	}
	return all
}
