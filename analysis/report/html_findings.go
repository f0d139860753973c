package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"negotrace/analysis"
	"negotrace/internal/plural"
)

// An htmlFinding is a finding in the page.
type htmlFinding struct {
	*analysis.Finding
	page *htmlPage
}

// Sentence returns the message as a sentence.
func (f htmlFinding) Sentence() string { return sentence(f.Message) }

// Anchor returns its place in the page.
func (f htmlFinding) Anchor() string { return f.page.anchors[f.Finding] }

// Linked reports whether the page has the text of its check.
func (f htmlFinding) Linked() bool { return f.page.checks[f.Check] != nil }

// About returns the handshakes it is about that the page shows.
func (f htmlFinding) About() []int {
	const most = 6
	ids := f.Handshakes
	if len(ids) == 0 {
		ids = []int{f.Handshake}
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return !f.page.drawn[id] })
	return first(ids, most)
}

// Where says in which frames it was found, and how often.
func (f htmlFinding) Where() string {
	t := *f.Finding
	t.Handshake, t.Handshakes = 0, nil // they are links
	return strings.TrimPrefix(placesOf(&t), ", ")
}

// An htmlTree is a finding and what follows from it.
type htmlTree struct {
	htmlFinding
	tree *tree
	more bool // an earlier finding of the check has its causes and remedies
}

const (
	maxHTMLPerCheck     = 10 // findings of a check that the page shows
	maxHTMLConsequences = 10 // consequences of a finding that it shows
)

// trees returns the findings under their causes, as in the table.
func (p *htmlPage) trees() []*tree {
	all, _ := shown(p.report)
	return trees(all)
}

// anchorFindings gives a place in the page to each finding that it shows.
func (p *htmlPage) anchorFindings() {
	add := func(f *analysis.Finding) {
		if p.anchors[f] != "" {
			return
		}
		p.anchors[f] = "f" + strconv.Itoa(len(p.anchors)+1)
		ids := f.Handshakes
		if len(ids) == 0 {
			ids = []int{f.Handshake}
		}
		for _, id := range ids {
			p.related[id] = append(p.related[id], f)
		}
	}
	for _, t := range p.shownTrees() {
		add(t.Finding)
		for _, f := range first(t.consequences, maxHTMLConsequences) {
			add(f)
		}
	}
}

// shownTrees returns the first trees of each check.
func (p *htmlPage) shownTrees() []*tree {
	found := map[string]int{}
	var all []*tree
	for _, t := range p.trees() {
		if found[t.Check]++; found[t.Check] <= maxHTMLPerCheck {
			all = append(all, t)
		}
	}
	return all
}

// Trees returns the findings, worst first, each with what follows from it.
func (p *htmlPage) Trees() []htmlTree {
	said := map[string]bool{}
	var all []htmlTree
	for _, t := range p.shownTrees() {
		all = append(all, htmlTree{htmlFinding{t.Finding, p}, t, said[t.Check]})
		said[t.Check] = true
	}
	return all
}

// Consequences returns the consequences of the finding.
func (t htmlTree) Consequences() []htmlFinding {
	var all []htmlFinding
	for _, f := range first(t.tree.consequences, maxHTMLConsequences) {
		all = append(all, htmlFinding{f, t.page})
	}
	return all
}

// Left says how many consequences are not shown.
func (t htmlTree) Left() string {
	return t.page.left(len(t.tree.consequences)-maxHTMLConsequences, "consequence", "findings")
}

// Likely returns the possible causes in this case, likeliest first.
func (t htmlTree) Likely() []string { return t.advice(t.Causes) }

// Remedies say what to do in this case.
func (t htmlTree) Remedies() []string { return t.advice(t.Fix) }

func (t htmlTree) advice(texts []string) []string {
	if t.more || t.tree.rank() >= analysis.Info.Rank() {
		return nil
	}
	return reflowed(texts)
}

// FindingsLeft says how many findings the page leaves out.
func (p *htmlPage) FindingsLeft() []string {
	found := map[string]int{}
	for _, t := range p.trees() {
		found[t.Check]++
	}
	var all []string
	for _, check := range sortedKeys(found) {
		if n := found[check] - maxHTMLPerCheck; n > 0 {
			all = append(all, fmt.Sprintf("%d more of %s: findings of --format json.", n, check))
		}
	}
	if _, quiet := shown(p.report); quiet > 0 {
		all = append(all, fmt.Sprintf("%s of what is usual left out: findings of --format json.", plural.Count(quiet, "note")))
	}
	return all
}
