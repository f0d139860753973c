package report

import (
	"cmp"
	"fmt"
	"slices"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

const perCheck = 4 // findings of one check that are shown, and consequences of one finding

// A tree is a finding and its consequences.
type tree struct {
	*analysis.Finding
	consequences []*analysis.Finding
}

// trees puts findings under their root causes, the worst tree first.
func trees(findings []*analysis.Finding) []*tree {
	byID := make(map[int]*analysis.Finding, len(findings))
	for _, f := range findings {
		byID[f.ID] = f
	}
	cause := func(f *analysis.Finding) *analysis.Finding {
		root := f
		for range len(findings) { // a cycle has no root
			up := byID[root.RootID]
			if root.RootID == 0 || up == nil {
				return root
			}
			root = up
		}
		return f
	}
	var roots []*tree
	byRoot := make(map[*analysis.Finding]*tree, len(findings))
	for _, f := range findings {
		if cause(f) == f {
			byRoot[f] = &tree{Finding: f}
			roots = append(roots, byRoot[f])
		}
	}
	for _, f := range findings {
		if c := cause(f); c != f {
			byRoot[c].consequences = append(byRoot[c].consequences, f)
		}
	}
	slices.SortStableFunc(roots, func(a, b *tree) int { return cmp.Compare(a.rank(), b.rank()) })
	return roots
}

// rank returns the rank of the worst of the tree.
func (t *tree) rank() int {
	r := t.Severity.Rank()
	for _, f := range t.consequences {
		r = min(r, f.Severity.Rank())
	}
	return r
}

// findings writes the findings, worst first, with consequences under their causes. It returns the
// root causes that it wrote, in that order.
func (p *page) findings(r *analysis.Report) (causes []*analysis.Finding) {
	p.title("FINDINGS")
	all, quiet := shown(r)
	if len(all) == 0 {
		p.line("none")
	}
	defer func() {
		if quiet > 0 {
			p.line(fmt.Sprintf("%s of what is usual left out (use --format json)", plural.Count(quiet, "note")))
		}
	}()
	found := map[string]int{}
	for _, t := range trees(all) {
		if found[t.Check]++; found[t.Check] > perCheck {
			continue
		}
		p.finding(0, t.Finding)
		p.consequences(t.consequences)
		if t.rank() < analysis.Info.Rank() {
			causes = append(causes, t.Finding)
		}
	}
	for _, check := range sortedKeys(found) {
		if more := found[check] - perCheck; more > 0 {
			p.item(0, "... ", fmt.Sprintf("and %d more of %s (use --format json)", more, check))
		}
	}
	return causes
}

// shown returns the findings that the table shows, and how many quiet ones it leaves out. What
// could not be seen has a section of its own.
func shown(r *analysis.Report) (all []*analysis.Finding, quiet int) {
	quietChecks := map[string]bool{}
	for _, c := range r.Checks {
		quietChecks[c.Name] = c.JSONOnly
	}
	for _, f := range r.Findings {
		switch {
		case quietChecks[f.Check]:
			quiet += f.Count
		case f.Check != limitations:
			all = append(all, f)
		}
	}
	return all, quiet
}

const severityWidth = len("warning  ")

// finding writes one finding.
func (p *page) finding(indent int, f *analysis.Finding) {
	check := f.Check
	if f.Variant != "" {
		check += " (" + f.Variant + ")"
	}
	p.colored(indent, fmt.Sprintf("%-*s", severityWidth, f.Severity), severityColor(f.Severity), check+", "+string(f.Evidence)+placesOf(f))
	indent += severityWidth
	p.item(indent, "", f.Message)
	if f.Cause != "" {
		p.item(indent, "Cause: ", f.Cause)
	}
	if f.Filter != "" {
		p.item(indent, "Wireshark: ", f.Filter)
	}
}

// placesOf says which handshake a finding belongs to, where it is, and how often it was made, after a
// comma.
func placesOf(f *analysis.Finding) string {
	var s string
	switch {
	case len(f.Handshakes) > 0:
		s += ", handshakes " + series(f.Handshakes)
	case f.Handshake > 0:
		s += fmt.Sprintf(", handshake %d", f.Handshake)
	}
	if f.Frame > 0 {
		s += fmt.Sprintf(", %s %d", f.File.Unit(), f.Frame)
	}
	if f.Source > 0 {
		s += fmt.Sprintf(" (source %d)", f.Source)
	}
	if f.Frame > 0 && !f.File.IsZero() {
		s += " of " + f.File.Label()
	}
	const most = 3
	for _, at := range first(f.Also, most) {
		s += ", " + at.String()
	}
	switch {
	case f.Count > 1 && f.LastFile == f.File:
		s += fmt.Sprintf(" (x%d, last %s %d)", f.Count, f.File.Unit(), f.Last)
	case f.Count > 1:
		s += fmt.Sprintf(" (x%d, last %s)", f.Count, f.LastPos())
	}
	return s
}

func (p *page) consequences(all []*analysis.Finding) {
	if len(all) == 0 {
		return
	}
	p.item(severityWidth, "", "Leads to:")
	for _, f := range first(all, perCheck) {
		p.finding(severityWidth+2, f)
	}
	if n := len(all) - perCheck; n > 0 {
		p.item(severityWidth+2, "... ", fmt.Sprintf("and %d more (use --format json)", n))
	}
}

// advice writes what to know and do about the causes, once for each check. Consequences get no
// advice: they end with their cause.
func (p *page) advice(causes []*analysis.Finding, checks []*analysis.Check) {
	if len(causes) == 0 {
		return
	}
	p.title("WHAT IT MEANS AND WHAT TO DO")
	var written []string
	for _, f := range causes {
		i := slices.IndexFunc(checks, func(c *analysis.Check) bool { return c.Name == f.Check })
		if i < 0 || slices.Contains(written, f.Check) {
			continue
		}
		written = append(written, f.Check)
		p.item(0, "", f.Check+": "+reflow(checks[i].Title))
		p.list("  Cause  ", merged(causes, f.Check, func(f *analysis.Finding) []string { return f.Causes }))
		p.list("  Do     ", merged(causes, f.Check, func(f *analysis.Finding) []string { return f.Fix }))
	}
	p.item(0, "", "All of it: negotrace explain "+causes[0].Check)
}

const (
	perFinding = 2 // causes and remedies of the first finding of a check that are shown
	perAdvice  = 4 // those of all its findings
)

// merged returns the first texts of the findings of a check: those of the first finding, and the
// first text of each other one.
func merged(all []*analysis.Finding, check string, of func(*analysis.Finding) []string) []string {
	var texts []string
	most := perFinding
	for _, f := range all {
		if f.Check != check {
			continue
		}
		for _, t := range first(of(f), most) {
			if !slices.Contains(texts, t) && len(texts) < perAdvice {
				texts = append(texts, t)
			}
		}
		most = 1
	}
	return texts
}

// list writes texts after a label.
func (p *page) list(label string, texts []string) {
	for _, t := range texts {
		p.item(0, label+"- ", reflow(t))
		label = fmt.Sprintf("%*s", len(label), "")
	}
}
