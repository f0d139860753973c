package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/correlate"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
	"negotrace/tokens"
)

// A kept capture is a file of testdata with what negotrace says of it.
type kept struct {
	name   string   // of the scenario
	file   string   // from the root: a capture, or a list of several
	inputs []string // what is read, from the root
	table  string   // the path of the expected table, from the root
	json   string   // the path of the expected JSON, which few have
	fields bool     // whether its tokens are decoded field by field
	report *analysis.Report
	// The report in the two formats.
	printedTable, printedJSON string
}

// TestCaptures reads every capture in testdata. Each has its expected table
// beside it: NAME.txt for NAME.pcapng, NAME.har.txt and NAME.netlog.txt for the exports, and
// NAME.set.txt for all the files together that NAME.set lists. A key log or keytab called
// NAME is used. A few have their JSON too, see contract.
func TestCaptures(t *testing.T) {
	all, schemas := captures(t), compileSchemas(t)
	t.Run("report", func(t *testing.T) {
		for _, k := range all {
			t.Run(strings.TrimPrefix(k.file, "testdata/"), func(t *testing.T) {
				t.Parallel()
				k.analyse(t)
				expect(t, filepath.Join(root, k.table), k.printedTable)
				k.foretold(t)
				schemas.valid(t, k.printedJSON)
				k.answered(t)
				k.coded(t)
				noSecrets(t, k.printedTable)
				noSecrets(t, fileHash.ReplaceAllString(k.printedJSON, ""))
			})
		}
	})
	if slices.ContainsFunc(all, func(k *kept) bool { return k.printedJSON == "" }) {
		return // -run chose some of them, or one could not be read
	}
	t.Run("contract", func(t *testing.T) { contract(t, all) })
	t.Run("README", func(t *testing.T) { capturesTable(t, all) })
}

// fileHash is the member of a file that has its hash, which is public.
var fileHash = regexp.MustCompile(`"sha256": "[0-9a-f:]{95}"`)

// answered requires of a report that speaks of an error or a warning that its verdict, who is
// concerned, why and what to do stand on the first screen of a terminal of 80 by 24.
func (k *kept) answered(t *testing.T) {
	if k.report.Lead() == nil {
		return
	}
	lines := strings.Split(k.printedTable, "\n")
	end := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "More  ") })
	if end < 0 || end > 22 {
		t.Errorf("the answer ends in line %d of %s", end+1, k.table)
	}
	if !slices.ContainsFunc(lines[:end+1], func(l string) bool { return strings.HasPrefix(l, "Do  ") }) {
		t.Errorf("%s does not say at once what to do", k.table)
	}
}

// captures returns the captures in testdata.
func captures(t *testing.T) []*kept {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(root, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*kept
	for _, f := range files {
		for _, kind := range []struct{ input, table, json string }{
			{".pcapng", ".txt", ".json"}, {".har", ".har.txt", ".har.json"}, {".netlog.json", ".netlog.txt", ".netlog.report.json"},
			{".set", ".set.txt", ".set.json"},
		} {
			if name, ok := strings.CutSuffix(f.Name(), kind.input); ok {
				file := "testdata/" + f.Name()
				inputs := []string{file}
				if kind.input == ".set" {
					inputs = nil
					for _, line := range strings.Fields(read(t, file)) {
						inputs = append(inputs, "testdata/"+line)
					}
				}
				all = append(all, &kept{name: name, file: file, inputs: inputs,
					table: "testdata/" + name + kind.table, json: "testdata/" + name + kind.json})
			}
		}
	}
	return all
}

// analyse reads a capture, with the secrets that lie beside it, and renders its report.
func (k *kept) analyse(t *testing.T) {
	t.Helper()
	decoder, secrets := tokens.Decoder{Fields: k.fields}, &httpstream.Secrets{}
	keys, logs, _ := strings.Cut(k.name, ".")
	if !slices.Contains([]string{"log", "hour", "xml", "json", "csv"}, logs) {
		keys = k.name
	}
	if file := "testdata/" + keys + ".keytab"; exists(file) {
		keytab, err := tokens.ParseKeytab([]byte(read(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		decoder.Keytab = keytab
	}
	if file := "testdata/" + keys + ".keylog"; exists(file) {
		if err := secrets.Read(strings.NewReader(read(t, file))); err != nil {
			t.Fatal(err)
		}
	}
	var paths []string
	for _, name := range k.inputs {
		paths = append(paths, filepath.Join(root, name))
	}
	sources, err := capture.Open(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sources {
		sources[i].Name = k.inputs[i]
	}
	k.report, err = diagnosis.Read(t.Context(), sources, diagnosis.Options{
		Capture:   capture.Options{Secrets: secrets, Decoder: decoder, Hash: true},
		Correlate: correlate.Options{Decoder: decoder},
	})
	if err != nil {
		t.Fatal(err)
	}
	k.printedJSON = render(t, "json", k.report)
	for i := range k.report.Inputs {
		k.report.Inputs[i].SHA256 = httpstream.Digest{} // as the table is without --hash
	}
	k.printedTable = render(t, "table", k.report)
}

// render writes a report for a terminal of 80 columns.
func render(t *testing.T, format string, r *analysis.Report) string {
	t.Helper()
	var b strings.Builder
	if err := formatOf(format).Report(&b, r, report.Options{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func formatOf(name string) report.Format {
	all := report.Formats()
	return all[slices.IndexFunc(all, func(f report.Format) bool { return f.Name == name })]
}

func exists(file string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(file)))
	return err == nil
}

// capturesTable holds the table of testdata/README.md: each capture with what it shows, in
// the words of its scenario, and what is found in it.
func capturesTable(t *testing.T, all []*kept) {
	var b strings.Builder
	b.WriteString("| capture | shows | handshakes | findings |\n|---|---|---|---|\n")
	for _, k := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.TrimPrefix(k.file, "testdata/"), k.shows(t), outcomes(k.report), found(k.report))
	}
	between(t, filepath.Join(root, "testdata", "README.md"), "findings", b.String())
}

// shows returns what the scenario in the lab says of itself.
func (k *kept) shows(t *testing.T) string {
	t.Helper()
	text := k.setting(t, "shows")
	if strings.HasSuffix(k.file, ".set") {
		text += " (its files together)"
	}
	switch _, point, _ := strings.Cut(k.name, "."); point {
	case "":
		return text
	case "no-keys":
		return text + " (without the key log)"
	case "events":
		return text + " (with event logs)"
	case "log":
		return text + " (with the log of the server)"
	case "xml", "json", "csv":
		return text + " (with the log of the server and its events in " + strings.ToUpper(point) + ")"
	case "alone":
		return text + " (the logs alone)"
	case "hour":
		return text + " (with the log of a server whose clock is an hour ahead)"
	default:
		return text + " (seen at the " + point + ")"
	}
}

// setting returns the value that the scenario in the lab gives to a variable.
func (k *kept) setting(t *testing.T, variable string) string {
	t.Helper()
	scenario, _, _ := strings.Cut(k.name, ".")
	line := regexp.MustCompile(`(?m)^` + variable + `="(.*)"$`)
	m := line.FindStringSubmatch(read(t, "testdata/lab/scenarios/"+scenario))
	if m == nil {
		t.Errorf("scenario %s does not set %s", scenario, variable)
		return ""
	}
	return m[1]
}

// foretold holds the report against what the scenario foretold: the findings of severity
// error and warning, no fewer and no others. Browser exports see less.
func (k *kept) foretold(t *testing.T) {
	t.Helper()
	if !strings.HasSuffix(k.file, ".pcapng") && !strings.HasSuffix(k.file, ".set") || strings.HasSuffix(k.name, ".no-keys") {
		return
	}
	variable := "findings"
	if _, point, seen := strings.Cut(k.name, "."); seen {
		variable = point + "_findings"
	}
	want := strings.Fields(k.setting(t, variable))
	var got []string
	for _, f := range k.report.Findings {
		switch {
		case f.Severity == analysis.Info:
		case slices.Contains(want, f.Variant): // a scenario may name the variant
			got = append(got, f.Variant)
		default:
			got = append(got, f.Check)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("found %v\nthe scenario foretold %v", got, want)
	}
}

// outcomes counts the handshakes by mechanism and outcome.
func outcomes(r *analysis.Report) string {
	count := map[string]int{}
	var order []string
	for _, h := range r.Handshakes {
		k := string(h.Mechanism) + " " + string(h.Outcome)
		if count[k]++; count[k] == 1 {
			order = append(order, k)
		}
	}
	for i, k := range order {
		if count[k] > 1 {
			order[i] = fmt.Sprintf("%d × %s", count[k], k)
		}
	}
	return strings.Join(order, ", ")
}

// found lists the checks that found something, by severity.
func found(r *analysis.Report) string {
	var parts []string
	for _, severity := range []analysis.Severity{analysis.Error, analysis.Warning, analysis.Info} {
		var names []string
		for _, f := range r.Findings {
			if f.Severity == severity && !slices.Contains(names, f.Check) {
				names = append(names, f.Check)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			parts = append(parts, string(severity)+": "+strings.Join(names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// between compares the part of a file between the comments "begin NAME" and "end NAME"
// with text, or with -update rewrites it.
func between(t *testing.T, file, name, text string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	head, rest, ok1 := strings.Cut(string(data), begin)
	got, tail, ok2 := strings.Cut(rest, end)
	switch {
	case !ok1 || !ok2:
		t.Errorf("%s has no part %q", file, name)
	case *update:
		if err := os.WriteFile(file, []byte(head+begin+text+end+tail), 0o644); err != nil {
			t.Error(err)
		}
	case got != text:
		t.Errorf("%s: part %q is out of date at its line %d", file, name, firstDifference(got, text))
	}
}
