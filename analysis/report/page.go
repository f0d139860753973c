package report

import (
	"bytes"
	"strings"
)

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

// heading writes what a page or a part of it is about.
func (p *page) heading(text string) {
	for _, l := range wrap(text, min(p.width, broadest)) {
		p.line(bold.apply(l, p.color))
	}
}

// grid writes a grid as wide as the page.
func (p *page) grid(g *grid) error {
	widths, _ := g.widths(p.width)
	text, err := g.render(widths, p.color)
	p.WriteString(text)
	return err
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
