package report

import (
	"io"

	"negotrace/analysis"
)

// An htmlContrast is what the templates of the page of a comparison read.
type htmlContrast struct {
	htmlFrame
	contrast *analysis.Contrast
	rows     []*contrastRow // all of them; the page shows the first
}

// writeContrastHTML writes what differs as a page of its own.
func writeContrastHTML(w io.Writer, c *analysis.Contrast, _ Options) error {
	p := &htmlContrast{contrast: c, rows: contrasts(c)}
	return writePage(w, "contrast", p, &p.htmlFrame)
}

// Title returns the title of the window.
func (p *htmlContrast) Title() string {
	return "negotrace compare: " + elide(contrastHeadline(p.contrast), 100)
}

// HeadlineWords returns the words of the difference that explains most.
func (p *htmlContrast) HeadlineWords() [][]string {
	return breakable(sentence(contrastHeadline(p.contrast)))
}

// BadVerdict returns the headline of the capture in which it did not work.
func (p *htmlContrast) BadVerdict() string { return sentence(p.contrast.BadVerdict) }

// GoodVerdict returns the headline of the other one.
func (p *htmlContrast) GoodVerdict() string { return sentence(p.contrast.GoodVerdict) }

// Narrowed says what is left of the captures, if they were narrowed.
func (p *htmlContrast) Narrowed() string { return sentence(contrastNarrowed(p.contrast)) }

// An htmlPair is pairs of handshakes that differ in the same.
type htmlPair struct{ *contrastRow }

// Title says which handshakes they are.
func (p htmlPair) Title() string { return p.title() }

// Rows returns what they differ in, what explains most first.
func (p htmlPair) Rows() []analysis.Difference {
	var all []analysis.Difference
	for _, d := range p.Differs {
		all = append(all, analysis.Difference{What: d.What, Bad: dash(elide(d.Bad, maxHTMLText)), Good: dash(elide(d.Good, maxHTMLText))})
	}
	return all
}

// Pairs returns those that the page shows.
func (p *htmlContrast) Pairs() []htmlPair {
	var all []htmlPair
	for _, r := range first(p.rows, shownPairs) {
		all = append(all, htmlPair{r})
	}
	return all
}

// NotCompared says what the page does not show, and what has no counterpart.
func (p *htmlContrast) NotCompared() []string {
	return contrastRest(p.contrast, len(p.rows)-shownPairs)
}
