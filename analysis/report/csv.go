package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// A csvColumn is one column of CSV.
type csvColumn struct {
	name string
	cell func(r *csvRow) string
}

// A csvRow is a handshake, and the checks that found something on it.
type csvRow struct {
	*analysis.Handshake
	zone   *time.Location
	checks map[analysis.Severity][]string
}

// csvColumns are all columns. Their names and meanings stay; new ones come at the end.
var csvColumns = []csvColumn{
	{"id", func(r *csvRow) string { return strconv.Itoa(r.ID) }},
	{"time", func(r *csvRow) string { return moment3339(r.Start.Time, r.zone) }},
	{"side", func(r *csvRow) string { return string(r.Target) }},
	{"client", func(r *csvRow) string { return r.Client }},
	{"server", func(r *csvRow) string { return r.Server }},
	{"host", func(r *csvRow) string { return r.Host }},
	{"url", func(r *csvRow) string { return r.URL }},
	{"program", func(r *csvRow) string { return r.Program }},
	{"offered", func(r *csvRow) string { return strings.Join(r.Offered, " ") }},
	{"scheme", func(r *csvRow) string { return r.Scheme }},
	{"mechanism", func(r *csvRow) string { return string(r.Mechanism) }},
	{"outcome", func(r *csvRow) string { return string(r.Outcome) }},
	{"outcome_evidence", func(r *csvRow) string { return string(r.OutcomeEvidence) }},
	{"outcome_reason", func(r *csvRow) string { return r.OutcomeReason }},
	{"user", func(r *csvRow) string { return r.User }},
	{"user_evidence", func(r *csvRow) string { return string(r.UserEvidence) }},
	{"spn", func(r *csvRow) string { return r.SPN }},
	{"legs", func(r *csvRow) string { return strconv.Itoa(len(r.Legs)) }},
	{"status", func(r *csvRow) string { return r.status() }},
	{"errors", func(r *csvRow) string { return strings.Join(r.checks[analysis.Error], " ") }},
	{"warnings", func(r *csvRow) string { return strings.Join(r.checks[analysis.Warning], " ") }},
	{"infos", func(r *csvRow) string { return strings.Join(r.checks[analysis.Info], " ") }},
	{"frame", func(r *csvRow) string { return strconv.Itoa(r.Start.Frame) }},
	{"stream", func(r *csvRow) string { return strconv.Itoa(r.Start.Stream) }},
	{"file", func(r *csvRow) string { return r.Start.File.String() }},
}

// streamCSV writes a row for each handshake, after a line with the names of the columns
// (RFC 4180). What was found on no handshake has no row.
func streamCSV(w io.Writer, opts Options) *Stream {
	c := &csvWriter{out: csv.NewWriter(w), zone: opts.zone()}
	c.out.UseCRLF = true
	names := make([]string, len(csvColumns))
	for i, column := range csvColumns {
		names[i] = column.name
	}
	c.err = c.out.Write(names)
	return &Stream{
		Sink:      analysis.Sink{Handshake: c.handshake, Finding: c.finding, Flush: c.flush},
		WritesAll: true,
		End: func(*analysis.Report) error {
			c.writeRow()
			c.out.Flush()
			if c.err == nil {
				c.err = c.out.Error()
			}
			return c.err
		},
	}
}

// A csvWriter holds the row of the last handshake until its findings are there.
type csvWriter struct {
	out   *csv.Writer
	zone  *time.Location
	row   *csvRow // nil if there is none
	cells []string
	err   error // the first one
}

func (c *csvWriter) handshake(h *analysis.Handshake) {
	c.writeRow()
	c.row = &csvRow{Handshake: h, zone: c.zone, checks: map[analysis.Severity][]string{}}
}

func (c *csvWriter) finding(f *analysis.Finding) {
	if c.row == nil || f.Handshake != c.row.ID {
		return
	}
	if names := c.row.checks[f.Severity]; !slices.Contains(names, f.Check) {
		c.row.checks[f.Severity] = append(names, f.Check)
	}
}

// flush writes the row, if there is one.
func (c *csvWriter) flush() {
	c.writeRow()
	c.out.Flush()
}

func (c *csvWriter) writeRow() {
	if c.row == nil || c.err != nil {
		return
	}
	c.cells = c.cells[:0]
	for _, column := range csvColumns {
		c.cells = append(c.cells, CSVCell(column.cell(c.row)))
	}
	c.row = nil
	c.err = c.out.Write(c.cells)
}

// moment3339 returns a time as RFC 3339 writes it, "" for none.
func moment3339(t httpstream.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().In(zone).Format(time.RFC3339Nano)
}

// status returns that of the last response, empty if there was none.
func (r *csvRow) status() string {
	if len(r.Legs) == 0 || r.Last().Status() == 0 {
		return ""
	}
	return strconv.Itoa(int(r.Last().Status()))
}

// CSVCell returns text in a form that is safe in a cell. Spreadsheets run text that begins like a
// formula, in some languages also with the wide forms of its signs, and a capture may say anything: such a cell gets a ' in front, which spreadsheets take
// for the mark of a text. Negative numbers stay.
func CSVCell(text string) string {
	text = Printable(text)
	if first, _ := utf8.DecodeRuneInString(text); !strings.ContainsRune("=+-@＝＋－＠", first) || text == "" {
		return text
	}
	if _, err := strconv.Atoi(text); err == nil && text[0] == '-' {
		return text
	}
	return "'" + text
}
