package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
	"negotrace/httpstream"
	"negotrace/internal/plural"
)

// An Inventory is what was counted, and the view of it that is shown.
type Inventory struct {
	Tool    analysis.Tool      `json:"tool,omitzero"`
	Inputs  []httpstream.Input `json:"inputs,omitempty"` // in the order in which they were given
	View    inventory.View     `json:"view"`
	Counter *inventory.Counter `json:"-"` // holds the entries until they are written
	// Summary is about all that was read, and says how the inventory was narrowed (filter).
	Summary analysis.Summary `json:"summary"`
	// Entries are those of the view, in order of their keys.
	Entries []*inventory.Entry `json:"entries,omitzero"`
}

// entries calls yield with the entries of the view.
func (i *Inventory) entries(yield func(*inventory.Entry) error) error {
	return i.Counter.Entries(func(e *inventory.Entry) error {
		if !i.View.Shows(e) {
			return nil
		}
		return yield(e)
	})
}

// title returns the question of a view.
func (i *Inventory) title() string {
	switch i.View {
	case inventory.NTLM:
		return "what breaks if NTLM is turned off"
	case inventory.RC4:
		return "what breaks if RC4 and DES are turned off"
	}
	return "who authenticates how"
}

// narrowed says what is counted, if that is not everything; else "".
func (i *Inventory) narrowed() string {
	f := i.Summary.Filter
	if f == nil {
		return ""
	}
	return fmt.Sprintf("Only what matches %s: %d of %s", f.Text, f.Handshakes, plural.Count(f.OfHandshakes, "handshake"))
}

// writeInventory writes the groups for a person, the most frequent first.
func writeInventory(w io.Writer, i *Inventory, opts Options) error {
	r, err := i.ranking()
	if err != nil {
		return err
	}
	p := newPage(opts)
	p.clock = newClock(&i.Summary, opts.zone())
	p.item(0, "", i.headline(r))
	if !i.Summary.First.Time.IsZero() {
		p.item(0, "", p.clock.span(i.Summary.First.Time, i.Summary.Last.Time))
	}
	p.paragraph(i.narrowed())
	p.WriteByte('\n')
	if err := p.inventoryRows(r.groups); err != nil {
		return err
	}
	if rest := r.notListed(); rest != "" {
		p.item(0, "", rest)
	}
	p.unseen(i.Summary)
	_, err = w.Write(p.Bytes())
	return err
}

func (p *page) inventoryRows(all []*inventoryGroup) error {
	if len(all) == 0 {
		p.line("none")
		return nil
	}
	g := grid{spaced: true, columns: []column{
		{head: []string{"Count", "refused"}}, {head: []string{"Host", "server", "SPN"}, min: 18}, {head: []string{"Mechanism", "version"}, min: 12},
		{head: []string{"Why not Kerberos", "with AES"}, min: 16}, {head: []string{"Clients", "users"}},
	}}
	for _, x := range all {
		counts := cell{{text: strconv.Itoa(x.Count)}}
		if x.Refused > 0 {
			counts = append(counts, field{text: strconv.Itoa(x.Refused), style: red})
		}
		g.rows = append(g.rows, []cell{
			counts, {{text: x.host()}, {text: dash(x.Server)}, {text: dash(x.SPN)}},
			{{text: string(x.Mechanism)}, {text: dash(x.Version)}}, {{text: dash(x.Why)}},
			{{text: x.counted(x.clients)}, {text: x.counted(x.users)}},
		})
	}
	return p.grid(&g)
}

// inventoryColumns are the columns of the inventory as CSV. Their names and meanings stay.
var inventoryColumns = []struct {
	name string
	cell func(*inventory.Entry) string
}{
	{"side", func(e *inventory.Entry) string { return string(e.Target) }},
	{"host", func(e *inventory.Entry) string { return e.Host }},
	{"server", func(e *inventory.Entry) string { return e.Server }},
	{"spn", func(e *inventory.Entry) string { return e.SPN }},
	{"client", func(e *inventory.Entry) string { return e.Client }},
	{"user", func(e *inventory.Entry) string { return e.User }},
	{"program", func(e *inventory.Entry) string { return e.Program }},
	{"mechanism", func(e *inventory.Entry) string { return string(e.Mechanism) }},
	{"version", func(e *inventory.Entry) string { return e.Version }},
	{"why", func(e *inventory.Entry) string { return e.Why }},
	{"count", func(e *inventory.Entry) string { return strconv.Itoa(e.Count) }},
	{"refused", func(e *inventory.Entry) string { return strconv.Itoa(e.Refused) }},
	{"first", func(e *inventory.Entry) string { return moment3339(e.First, time.UTC) }},
	{"last", func(e *inventory.Entry) string { return moment3339(e.Last, time.UTC) }},
}

// writeInventoryCSV writes every entry of the view as a row.
func writeInventoryCSV(w io.Writer, i *Inventory, _ Options) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, len(inventoryColumns))
	for n, c := range inventoryColumns {
		row[n] = c.name
	}
	if err := out.Write(row); err != nil {
		return err
	}
	err := i.entries(func(e *inventory.Entry) error {
		for n, c := range inventoryColumns {
			row[n] = CSVCell(c.cell(e))
		}
		return out.Write(row)
	})
	out.Flush()
	return cmp.Or(err, out.Error())
}

// writeInventoryJSON writes every entry of the view into one object, one by one: they may not fit
// into memory together.
func writeInventoryJSON(w io.Writer, i *Inventory, _ Options) error {
	frame := *i
	frame.Entries = []*inventory.Entry{}
	text, err := encode(frame, "")
	if err != nil {
		return err
	}
	const end = "]\n}\n" // of the entries, and of the object
	out := bufio.NewWriter(w)
	out.Write(bytes.TrimSuffix(text, []byte(end))) // its error stays until Flush
	before, after := "\n    ", ""
	err = i.entries(func(e *inventory.Entry) error {
		out.WriteString(before)
		before, after = ",\n    ", "\n  "
		return writeItem(out, "    ", e)
	})
	out.WriteString(after + end)
	return cmp.Or(err, out.Flush())
}

// The lines of NDJSON of an inventory, each with its type before it.
type (
	entryLine struct {
		Type string `json:"type"` // "entry"
		*inventory.Entry
	}
	inventoryLine struct {
		Type string `json:"type"` // "summary"; the last line
		*Inventory
	}
)

// writeInventoryNDJSON writes every entry of the view as a line of JSON, and at the end the
// inventory without entries.
func writeInventoryNDJSON(w io.Writer, i *Inventory, _ Options) error {
	l := newLineWriter(w)
	err := i.entries(func(e *inventory.Entry) error {
		l.write(entryLine{"entry", e})
		return l.err
	})
	if err == nil {
		rest := *i
		rest.Entries = nil
		l.write(inventoryLine{"summary", &rest})
	}
	return cmp.Or(err, l.flush())
}
