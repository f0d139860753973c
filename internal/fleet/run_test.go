package fleet

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"testing"

	"negotrace/capture"
	"negotrace/internal/testcost"
	"negotrace/tokens"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// A group is records by their keys.
type group map[string][][]byte

func (g group) add(key string, record []byte) { g[key] = append(g[key], slices.Clone(record)) }

// values returns the records of a key, the last one first: their order must not matter.
func (g group) values(key string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, b := range slices.Backward(g[key]) {
			if !yield(b) {
				return
			}
		}
	}
}

// A result is what a run writes.
type result struct {
	files    map[string]string
	overview *Overview
}

// localFile returns a file of this machine as a source.
func localFile(_ context.Context, name string) capture.Source {
	return capture.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
}

// run does in one goroutine what an engine does on many machines. Each part of the work is
// done as often as asked for, as after a failure.
func run(t *testing.T, sets []Set, shards, times int) result {
	t.Helper()
	a := &Analyser{Source: localFile, SumKey: &tokens.SumKey{1}, Shards: shards}
	rows, hops, callers, findings, cases, entries, groups := group{}, group{}, group{}, group{}, group{}, group{}, group{}
	overview := &Overview{}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	note := func(b []byte) { check(overview.Add(b)) }
	for _, s := range sets {
		for i := range times {
			out := Out{Row: rows.add, Request: hops.add, Client: callers.add, Finding: findings.add, Case: cases.add, Overview: note}
			if i > 0 { // what counts is taken once, what only is there may come again
				out.Finding, out.Overview = func(string, []byte) {}, func([]byte) {}
			}
			a.Analyse(t.Context(), s, out)
		}
	}
	joins := JoinOut{Row: rows.add, Case: cases.add}
	for key := range hops {
		check(JoinRequests(hops.values(key), shards, joins))
	}
	for key := range callers {
		check(JoinKDC(callers.values(key), shards, joins))
	}
	for key := range findings {
		check(MergeFindings(key, findings.values(key), shards, rows.add, note))
	}
	for key := range cases {
		check(CountCase(cases.values(key), entries.add, note))
	}
	for key := range entries {
		check(SumEntries(key, entries.values(key), shards, rows.add, groups.add))
	}
	for key := range groups {
		check(GroupEntries(groups.values(key), note))
	}
	r := result{files: map[string]string{}, overview: overview}
	for _, key := range Shards(shards) {
		rows.add(key, EmptyRow())
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		var lines, table bytes.Buffer
		check(WriteShard(key, rows.values(key), &lines, &table))
		for format, b := range map[string]*bytes.Buffer{"ndjson": &lines, "csv": &table} {
			name, err := FileName(key, shards, format)
			check(err)
			r.files[name] = b.String()
		}
	}
	var page bytes.Buffer
	check(overview.WriteHTML(&page))
	r.files["overview.html"] = page.String()
	return r
}

// setsOf groups files of this machine as patterns do.
func setsOf(names ...string) []Set {
	files := map[string][]File{}
	for _, name := range names {
		set, f := Pattern{}.Assign(name)
		files[set] = append(files[set], f)
	}
	var all []Set
	for _, name := range slices.Sorted(maps.Keys(files)) {
		all = append(all, NewSet(name, files[name]))
	}
	return all
}
