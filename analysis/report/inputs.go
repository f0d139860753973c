package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// An inputRow says of a file that was read what identifies it in a document.
type inputRow struct {
	Letter   string // what other parts of the document call it, empty for the only file
	Name     string
	Format   string
	Size     string // in bytes and in packets, entries or events
	From, To string // times of the first and last packets, empty for an export
	SHA256   string
}

// maxInputs is how many files a document lists.
const maxInputs = 50

// inputRows returns the rows of the files of a report, and how many there are beyond them.
func inputRows(r *analysis.Report, c clock) (rows []inputRow, left int) {
	letters := newFileLetters(r)
	for _, in := range first(r.Inputs, maxInputs) {
		rows = append(rows, inputRow{
			Letter: letters.letter(in.Name),
			Name:   in.Name,
			Format: in.Format,
			Size:   fmt.Sprintf("%d bytes, %s", in.Bytes, counted(in.Packets, in.File.Unit())),
			From:   c.dateTime(in.First), To: c.dateTime(in.Last),
			SHA256: in.SHA256.String(),
		})
	}
	return rows, len(r.Inputs) - len(rows)
}

// span says from when to when a file has packets.
func (i inputRow) span() string {
	return strings.TrimPrefix(i.From+" to "+i.To, " to ")
}

// contrastInputs returns the rows of the files of two captures, the bad one first, and how many
// there are beyond them.
func contrastInputs(c *analysis.Contrast) (rows []inputRow, left int) {
	for _, side := range []struct {
		name   string
		inputs []httpstream.Input
	}{{"Bad", c.BadInputs}, {"Good", c.GoodInputs}} {
		of, more := inputRows(&analysis.Report{Inputs: side.inputs}, clock{location: time.UTC})
		for i := range of {
			of[i].Letter = strings.TrimSpace(side.name + " " + of[i].Letter)
		}
		rows, left = append(rows, of...), left+more
	}
	return rows, left
}

// filesLeft says how many files a document does not list, "" where it lists all.
func filesLeft(left int) string {
	if left == 0 {
		return ""
	}
	return plural.Count(left, "more file") + " were read."
}

// madeBy says which version of the program made a document, if that is known.
func madeBy(verb string, t analysis.Tool) string {
	if t.Version == "" {
		return ""
	}
	return verb + " by " + t.Name + " " + t.Version + "."
}

// Inputs returns the files that the page was made of.
func (p *htmlPage) Inputs() []inputRow {
	rows, _ := inputRows(p.report, p.clock)
	return rows
}

// InputsLeft says how many files the page does not list.
func (p *htmlPage) InputsLeft() string {
	_, left := inputRows(p.report, p.clock)
	return filesLeft(left)
}

// MadeBy says which version of the program made the page, if that is known.
func (p *htmlPage) MadeBy() string { return madeBy("Read", p.report.Tool) }

// Zone returns the name of the zone of the times.
func (p *htmlPage) Zone() string { return p.clock.location.String() }

// Inputs returns the files of both captures.
func (p *htmlContrast) Inputs() []inputRow {
	rows, _ := contrastInputs(p.contrast)
	return rows
}

// InputsLeft says how many files the page does not list.
func (p *htmlContrast) InputsLeft() string {
	_, left := contrastInputs(p.contrast)
	return filesLeft(left)
}

// MadeBy says which version of the program made the page, if that is known.
func (p *htmlContrast) MadeBy() string { return madeBy("Read", p.contrast.Tool) }

// Zone returns the name of the zone of the times.
func (p *htmlContrast) Zone() string { return time.UTC.String() }

// inputs writes the files that the document was made of, and by which version.
func (m *markdown) inputs(r *analysis.Report) {
	rows, left := inputRows(r, m.clock)
	m.inputTable(rows, left, r.Tool)
}

// inputTable writes a row for each file with its hash below it, since a column of hashes would be
// wider than a page. It adds how many more files were read, and by which version.
func (m *markdown) inputTable(rows []inputRow, left int, tool analysis.Tool) {
	if len(rows) == 0 {
		return
	}
	m.gap()
	m.head("File", "Format", "Size", "From, to (UTC)")
	var hashes []string
	for _, i := range rows {
		name := code(i.Name)
		if i.Letter != "" {
			name = i.Letter + ": " + name
		}
		m.row(name, prose(i.Format), i.Size, dash(i.span()))
		if i.SHA256 != "" {
			hashes = append(hashes, fmt.Sprintf("SHA-256 of %s: `%s`", cmp.Or(i.Letter, name), i.SHA256))
		}
	}
	if len(hashes) > 0 {
		m.line("")
	}
	for _, text := range hashes {
		m.item(text)
	}
	for _, text := range []string{filesLeft(left), prose(madeBy("Made", tool))} {
		if text != "" {
			m.line("\n%s", text)
		}
	}
}
