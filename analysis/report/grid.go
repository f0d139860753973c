package report

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// A grid is a table whose cells know their lines.
type grid struct {
	columns []column
	rows    [][]cell
	spaced  bool // an empty line between rows
}

// A column is one column of a grid.
type column struct {
	head        []string
	min         int  // how narrow it may become; 0 if it must have its width
	shrinkFirst bool // becomes narrow before the others do
}

// A cell holds fields that each begin a line of their own.
type cell []field

// A field is text, and the colour it has.
type field struct {
	text  string
	style sgr
}

const gap = "  "

// widths returns the width of each column and whether they fit into total columns.
func (g *grid) widths(total int) ([]int, bool) {
	widths := make([]int, len(g.columns))
	sum := len(gap) * (len(g.columns) - 1)
	for i, c := range g.columns {
		for _, h := range c.head {
			widths[i] = max(widths[i], columns(h))
		}
		for _, r := range g.rows {
			for _, f := range r[i] {
				widths[i] = max(widths[i], columns(Printable(f.text)))
			}
		}
		sum += widths[i]
	}
	for ; sum > total; sum-- {
		widest := -1
		for i, c := range g.columns {
			if c.min == 0 || widths[i] <= c.min {
				continue
			}
			if widest < 0 || c.shrinkFirst && !g.columns[widest].shrinkFirst || c.shrinkFirst == g.columns[widest].shrinkFirst && widths[i] > widths[widest] {
				widest = i
			}
		}
		if widest < 0 {
			return widths, false
		}
		widths[widest]--
	}
	return widths, true
}

// render draws the grid with the given column widths.
func (g *grid) render(widths []int, color bool) (string, error) {
	twwidth.SetEastAsian(false) // else the locale would decide on the layout
	var b bytes.Buffer
	t := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbolCustom("columns").WithRow("-").WithColumn(gap).WithCenter(gap),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.On, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})),
		tablewriter.WithPadding(tw.PaddingNone),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAlignment(tw.AlignLeft),
	)
	heads := make([]string, len(g.columns))
	for i, c := range g.columns {
		heads[i] = strings.Join(c.head, "\n")
	}
	t.Header(heads)
	var ends []int // lines at which a row ends, and another follows
	lines := height(heads) + 1
	for n, r := range g.rows {
		if g.spaced && n > 0 {
			ends = append(ends, lines)
		}
		texts := wrapRow(r, widths, color)
		if err := t.Append(texts); err != nil {
			return "", err
		}
		lines += height(texts)
	}
	if err := t.Render(); err != nil {
		return "", err
	}
	return spaced(b.String(), ends), nil
}

// height returns how many lines a row has.
func height(texts []string) int {
	n := 0
	for _, t := range texts {
		n = max(n, 1+strings.Count(t, "\n"))
	}
	return n
}

// wrapRow wraps and colours the cells of a row.
func wrapRow(row []cell, widths []int, color bool) []string {
	texts := make([]string, len(row))
	for i, c := range row {
		var lines []string
		for _, f := range c {
			for _, l := range wrap(f.text, widths[i]) {
				lines = append(lines, f.style.apply(l, color))
			}
		}
		texts[i] = strings.Join(lines, "\n")
	}
	return texts
}

// spaced removes the blanks at the ends of lines, and adds an empty line behind those whose numbers are given
// in order: as a row, it would cost as much as any other.
func spaced(s string, behind []int) string {
	var b strings.Builder
	b.Grow(len(s))
	n := 0
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimRight(line, " \n"))
		b.WriteByte('\n')
		if n++; len(behind) > 0 && behind[0] == n {
			b.WriteByte('\n')
			behind = behind[1:]
		}
	}
	return b.String()
}
