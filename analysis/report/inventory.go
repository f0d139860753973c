package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"negotrace/analysis"
	"negotrace/analysis/inventory"
)

// An Inventory is what was counted, and the question that is asked of it.
type Inventory struct {
	View    inventory.View
	Counter *inventory.Counter
	Summary analysis.Summary
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

// title is the question of a view.
func (i *Inventory) title() string {
	switch i.View {
	case inventory.NTLM:
		return "what breaks if NTLM is turned off"
	case inventory.RC4:
		return "what breaks if RC4 and DES are turned off"
	}
	return "who authenticates how"
}

// An inventoryGroup is the entries that differ only in client, user and program.
type inventoryGroup struct {
	inventory.Entry // of the first client, with the sums of all
	clients, users  map[string]bool
	more            bool // there are more clients or users than are counted
}

// maxDistinct is how many clients and users of one group are counted.
const maxDistinct = 100_000

func (g *inventoryGroup) add(e *inventory.Entry) {
	g.Count += e.Count
	g.Refused += e.Refused
	if e.First.Before(g.First) || g.First.IsZero() {
		g.First = e.First
	}
	if e.Last.After(g.Last) {
		g.Last = e.Last
	}
	g.more = g.more || len(g.clients) >= maxDistinct || len(g.users) >= maxDistinct
	if !g.more {
		g.clients[e.Client] = true
		if e.User != "" {
			g.users[e.User] = true
		}
	}
}

// groups puts the entries of a view together, which come in the order of their keys.
func (i *Inventory) groups(yield func(*inventoryGroup)) error {
	var g *inventoryGroup
	err := i.entries(func(e *inventory.Entry) error {
		kind := e.Key
		kind.Client, kind.User, kind.Program = "", "", ""
		if g == nil || g.Key != kind {
			if g != nil {
				yield(g)
			}
			g = &inventoryGroup{Entry: inventory.Entry{Key: kind}, clients: map[string]bool{}, users: map[string]bool{}}
		}
		g.add(e)
		return nil
	})
	if g != nil {
		yield(g)
	}
	return err
}

// maxInventory is how many groups a table lists.
const maxInventory = 200

// writeInventory writes the groups for a person, the most frequent first.
func writeInventory(w io.Writer, i *Inventory, opts Options) error {
	var all []*inventoryGroup
	left, count := 0, 0
	err := i.groups(func(g *inventoryGroup) {
		count += g.Count
		all = append(all, g)
		if len(all) >= 2*maxInventory {
			slices.SortStableFunc(all, mostFrequent)
			left += len(all) - maxInventory
			all = all[:maxInventory]
		}
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, mostFrequent)
	if len(all) > maxInventory {
		left += len(all) - maxInventory
		all = all[:maxInventory]
	}
	p := newPage(opts)
	p.clock = newClock(&analysis.Report{Summary: i.Summary}, opts.Zone)
	p.item(0, "", fmt.Sprintf("%s: %d of %d authentications", i.title(), count, i.Counter.Total()))
	if !i.Summary.First.Time.IsZero() {
		p.item(0, "", p.clock.span(i.Summary.First.Time.UTC(), i.Summary.Last.Time.UTC()))
	}
	p.WriteByte('\n')
	if err := p.inventoryRows(all); err != nil {
		return err
	}
	if left > 0 {
		p.item(0, "", fmt.Sprintf("... and %d more (all of them: --format csv)", left))
	}
	p.unseen(i.Summary)
	_, err = w.Write(p.Bytes())
	return err
}

func mostFrequent(a, b *inventoryGroup) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Host, b.Host))
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
		more := ""
		if x.more {
			more = "+"
		}
		counts := cell{{text: strconv.Itoa(x.Count)}}
		if x.Refused > 0 {
			counts = append(counts, field{text: strconv.Itoa(x.Refused), style: red})
		}
		host := dash(x.Host)
		if x.Target == analysis.ToProxy {
			host += " (proxy)"
		}
		g.rows = append(g.rows, []cell{
			counts, {{text: host}, {text: dash(x.Server)}, {text: dash(x.SPN)}},
			{{text: string(x.Mechanism)}, {text: dash(x.Version)}}, {{text: dash(x.Why)}},
			{{text: strconv.Itoa(len(x.clients)) + more}, {text: number(len(x.users)) + more}},
		})
	}
	widths, _ := g.widths(p.width)
	text, err := g.render(widths, p.color)
	p.WriteString(text)
	return err
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
	{"first", func(e *inventory.Entry) string { return moment3339(e.First.UTC()) }},
	{"last", func(e *inventory.Entry) string { return moment3339(e.Last.UTC()) }},
}

func moment3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
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
			row[n] = csvCell(c.cell(e))
		}
		return out.Write(row)
	})
	out.Flush()
	return cmp.Or(err, out.Error())
}

// writeInventoryNDJSON writes every entry of the view as a line of JSON.
func writeInventoryNDJSON(w io.Writer, i *Inventory, _ Options) error {
	l := newLineWriter(w)
	err := i.entries(func(e *inventory.Entry) error {
		l.write(e)
		return l.err
	})
	return cmp.Or(err, l.flush())
}
