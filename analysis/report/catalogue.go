package report

import (
	"cmp"
	"io"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/fact"
)

// writeCatalogue writes one row per check.
func writeCatalogue(w io.Writer, checks []*analysis.Check, opts Options) error {
	p := newPage(opts)
	g := grid{columns: []column{{head: []string{"Check"}}, {head: []string{"Severity"}}, {head: []string{"Title"}, min: 20}}}
	for _, c := range checks {
		g.rows = append(g.rows, []cell{
			{{text: c.Name}}, {{text: string(c.Severity), style: severityColor(c.Severity)}}, {{text: c.Title}},
		})
	}
	if err := p.grid(&g); err != nil {
		return err
	}
	_, err := w.Write(p.Bytes())
	return err
}

// writeCheck writes the whole text of a check.
func writeCheck(w io.Writer, c *analysis.Check, opts Options) error {
	p := newPage(opts)
	p.colored(0, c.Name, bold, ": "+c.Title)
	p.colored(0, string(c.Severity), severityColor(c.Severity), ", "+string(c.Evidence))
	p.section("WHAT IT MEANS", c.Means)
	p.section("WHAT PROVES IT", c.Proof)
	p.section("WHAT LOOKS LIKE IT AND IS NOT", c.Not)
	p.section("CAUSES, LIKELIEST FIRST", adviceLines(c.Causes)...)
	p.section("WHAT TO DO", adviceLines(c.Fix)...)
	p.section("SOURCES", c.Sources...)
	p.section("VARIANTS", c.Variants...)
	_, err := w.Write(p.Bytes())
	return err
}

// writeErrors writes what errors mean.
func writeErrors(w io.Writer, all []analysis.KnownError, opts Options) error {
	p := newPage(opts)
	for i, e := range all {
		if i > 0 {
			p.line("")
		}
		name := e.Name
		if e.Number != "" {
			name += ", " + e.Number
		}
		p.heading(name)
		p.item(0, "", e.Family)
		p.section("WHAT IT MEANS", cmp.Or(e.Means, "No more is known here than its name."))
		p.section("CHECKS THAT SPEAK OF IT", e.Checks...)
	}
	_, err := w.Write(p.Bytes())
	return err
}

// section writes a title and its paragraphs, if there are any.
func (p *page) section(title string, texts ...string) {
	if len(texts) == 0 || texts[0] == "" {
		return
	}
	p.title(title)
	for _, t := range texts {
		if len(texts) > 1 {
			p.item(0, "- ", reflow(t))
		} else {
			p.item(0, "", reflow(t))
		}
	}
}

// adviceLines returns the texts of advice, each with the cases that it is for.
func adviceLines(all []analysis.Advice) []string {
	lines := make([]string, len(all))
	for i, a := range all {
		lines[i] = a.Text
		var limits []string
		if len(a.If) > 0 {
			limits = append(limits, "only for "+factList(a.If))
		}
		if len(a.Unless) > 0 {
			limits = append(limits, "not for "+factList(a.Unless))
		}
		if len(limits) > 0 {
			lines[i] += " [" + strings.Join(limits, "; ") + "]"
		}
	}
	return lines
}

func factList(facts []fact.Fact) string {
	texts := make([]string, len(facts))
	for i, f := range facts {
		texts[i] = string(f)
	}
	return strings.Join(texts, ", ")
}
