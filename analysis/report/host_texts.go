package report

import (
	"fmt"

	"negotrace/capture/hosttext"

	"negotrace/analysis"
)

// hostTextLines returns what commands printed about hosts, as sentences with their places.
func hostTextLines(all []*hosttext.Entry) []string {
	var lines []string
	for i, e := range all {
		if i == maxEvents {
			return append(lines, fmt.Sprintf("and %d more: host_texts of --format json", len(all)-i))
		}
		place := string(e.Command)
		if !e.Pos.File.IsZero() {
			place += ", " + e.Pos.String()
		}
		lines = append(lines, place+": "+analysis.HostTextSays(e))
	}
	return lines
}

// hostTexts writes what commands printed about hosts.
func (p *page) hostTexts(all []*hosttext.Entry) {
	if len(all) == 0 {
		return
	}
	p.title("TEXTS ABOUT HOSTS")
	for _, line := range hostTextLines(all) {
		p.item(0, "- ", line)
	}
}

// hostTexts writes the same into a document.
func (m *markdown) hostTexts(all []*hosttext.Entry) {
	if len(all) == 0 {
		return
	}
	m.heading(2, "Texts about hosts")
	for _, line := range hostTextLines(all) {
		m.item(prose(line))
	}
}

// Texts returns what commands printed about hosts, for the page.
func (p *htmlPage) Texts() []string { return hostTextLines(p.report.HostTexts) }
