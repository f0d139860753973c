package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A table compares programs: it has the captures, the programs that run on each of them in turn, and
// the columns that show their runs.
type table struct {
	name     string
	captures func(plan []job) []job
	programs func(b *bench, j job, file string) []program
	columns  []column
	below    func([]*result) string // text below the table, about all rows
}

func (t table) String() string { return t.name }

// A column is what is shown of each capture; one that is empty in all rows is left out.
type column struct {
	head string
	cell func(*result) string
}

var tables = []table{
	{name: "speed", captures: plain, programs: others, below: growth, columns: []column{
		{"capture", title}, {"MB", sizeMB},
		{"s", wall("negotrace")}, {"cpu s", cpu("negotrace")}, {"peak MB", peakMB},
		{"x cat", against("cat", wallOf)}, {"x cat, cpu", against("cat", cpuOf)},
		{"x tcpdump", against("tcpdump", wallOf)}, {"x tshark", against("tshark", wallOf)},
		{"x crypto", against("crypto", wallOf)}, {"x crypto, cpu", against("crypto", cpuOf)},
	}},
	{name: "packed", captures: packedEach, programs: unpackers, columns: []column{
		{"capture", title}, {"packed with", func(r *result) string { return r.pack.name }}, {"MB", sizeMB},
		{"packed MB", func(r *result) string { return fmt.Sprintf("%.0f", float64(r.size)/1e6) }},
		{"s", wall("negotrace")}, {"cpu s", cpu("negotrace")}, {"peak MB", peakMB},
		{"x library", against("library", wallOf)}, {"x tool", against("tool", wallOf)},
	}},
	{name: "cores", captures: plain, programs: onCores, columns: []column{
		{"capture", title}, {"MB", sizeMB},
		{"s with 1 core", wall("1 core")}, {"with 2", wall("negotrace")},
		{"cpu s with 1", cpu("1 core")}, {"with 2", cpu("negotrace")},
		{"2 cores x 1", against("1 core", wallOf)}, {"cpu", against("1 core", cpuOf)},
		{"report", func(*result) string { return "the same" }}, // or agreed had ended it
	}},
}

// write prints a table as Markdown.
func (t table) write(out io.Writer, results []*result) error {
	var shown []column
	for _, c := range t.columns {
		for _, r := range results {
			if c.cell(r) != "" {
				shown = append(shown, c)
				break
			}
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 0, ' ', 0)
	line := func(cell func(column) string) {
		for _, c := range shown {
			fmt.Fprintf(w, "| %s\t ", cell(c))
		}
		fmt.Fprintln(w, "|")
	}
	fmt.Fprintln(out)
	line(func(c column) string { return c.head })
	line(func(c column) string {
		if c.head == t.columns[0].head {
			return "---"
		}
		return "---:"
	})
	for _, r := range results {
		line(func(c column) string { return c.cell(r) })
	}
	if err := w.Flush(); err != nil || t.below == nil {
		return err
	}
	_, err := io.WriteString(out, t.below(results))
	return err
}

// row returns the line of one capture, which is printed before the table is complete.
func (t table) row(r *result) string {
	var b strings.Builder
	for _, c := range t.columns {
		if s := c.cell(r); s != "" {
			fmt.Fprintf(&b, "%s %s, ", c.head, s)
		}
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func plain(plan []job) []job { return plan }

// packedEach returns the captures of a plan, packed in every way.
func packedEach(plan []job) []job {
	var all []job
	for _, j := range plan {
		for i := range packings {
			j.pack = &packings[i]
			all = append(all, j)
		}
	}
	return all
}

func title(r *result) string  { return r.mix.title }
func sizeMB(r *result) string { return fmt.Sprint(r.mb) }

func wallOf(c cost) float64 { return c.wall.Seconds() }
func cpuOf(c cost) float64  { return c.cpu.Seconds() }

func wall(name string) func(*result) string { return seconds(name, wallOf) }
func cpu(name string) func(*result) string  { return seconds(name, cpuOf) }

func seconds(name string, of func(cost) float64) func(*result) string {
	return func(r *result) string { return short(r.median(name, of)) }
}

func peakMB(r *result) string { return fmt.Sprintf("%.0f", r.peak()) }

// against returns the median of what negotrace took in proportion to another program.
func against(name string, of func(cost) float64) func(*result) string {
	return func(r *result) string {
		ours, ratios := r.runs["negotrace"], []float64(nil)
		for i, theirs := range r.runs[name] {
			ratios = append(ratios, of(ours[i])/of(theirs))
		}
		if len(ratios) == 0 {
			return ""
		}
		if m := middle(ratios); m > 0.1 {
			return short(m)
		} else {
			return fmt.Sprintf("1/%.0f", 1/m)
		}
	}
}

// median returns that of a program's runs.
func (r *result) median(name string, of func(cost) float64) float64 {
	var all []float64
	for _, c := range r.runs[name] {
		all = append(all, of(c))
	}
	return middle(all)
}

// peak returns the most memory that negotrace had resident, in MB.
func (r *result) peak() float64 {
	return r.median("negotrace", func(c cost) float64 { return float64(c.peak) / 1e6 })
}

// short writes a number with two or three significant digits.
func short(x float64) string {
	switch {
	case x < 2:
		return fmt.Sprintf("%.2f", x)
	case x < 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// growth says, for each kind of traffic of several sizes, how memory grew with them.
func growth(results []*result) string {
	var b strings.Builder
	for len(results) > 0 {
		small, large := results[0], results[0]
		var rest []*result
		for _, r := range results {
			switch {
			case r.mix.name != small.mix.name:
				rest = append(rest, r)
			case r.mb < small.mb:
				small = r
			case r.mb > large.mb:
				large = r
			}
		}
		if small.mb < large.mb {
			fmt.Fprintf(&b, "\n%s: %.0f times the size, %.2f times the peak of memory.\n",
				small.mix.title, float64(large.mb)/float64(small.mb), large.peak()/small.peak())
		}
		results = rest
	}
	return b.String()
}

// agreed returns an error where programs printed different reports.
func agreed(r *result) error {
	for name, runs := range r.runs {
		for _, c := range runs {
			if c.printed != r.runs["negotrace"][0].printed {
				return fmt.Errorf("%s, %d MB: the report of %s is another one", r.mix, r.mb, name)
			}
		}
	}
	return nil
}
