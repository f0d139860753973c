package house

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A kept capture is a file of testdata with the report expected of it.
type kept struct {
	name   string // of the scenario
	file   string // from the root
	report string // beside it
}

// TestCaptures runs negotrace over every capture in testdata and compares its report
// with the one that lies beside it, and with what its scenario foretold: NAME.json for NAME.pcapng, NAME.har.json and
// NAME.netlog.report.json for the exports. A key log or keytab called NAME is used.
func TestCaptures(t *testing.T) {
	path := program(t)
	for _, k := range captures(t) {
		t.Run(strings.TrimPrefix(k.file, "testdata/"), func(t *testing.T) {
			out, diag, status := run(t, path, k.arguments()...)
			if status != 0 {
				t.Fatalf("exit status %d\n%s", status, diag)
			}
			expect(t, filepath.Join(root, k.report), out)
			k.foretold(t, decoded(t, out))
		})
	}
}

// captures returns the captures in testdata.
func captures(t *testing.T) []kept {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(root, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	var all []kept
	for _, f := range files {
		for _, kind := range []struct{ input, report string }{
			{".pcapng", ".json"}, {".har", ".har.json"}, {".netlog.json", ".netlog.report.json"},
		} {
			if name, ok := strings.CutSuffix(f.Name(), kind.input); ok {
				all = append(all, kept{name, "testdata/" + f.Name(), "testdata/" + name + kind.report})
			}
		}
	}
	return all
}

// arguments is the command line for a capture, with the secrets that lie beside it.
func (k kept) arguments() []string {
	args := []string{"--format", "json", "--fail-on", "never"}
	for _, kind := range []string{"keylog", "keytab"} {
		if file := "testdata/" + k.name + "." + kind; exists(file) {
			args = append(args, "--"+kind, file)
		}
	}
	return append(args, k.file)
}

func exists(file string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(file)))
	return err == nil
}

// A report is the part of the JSON report that the table shows.
type report struct {
	Handshakes []struct{ Mechanism, Outcome string }
	Findings   []struct{ Check, Variant, Severity string }
}

// TestCapturesTable holds the table of testdata/README.md: each capture with what it
// shows, in the words of its scenario, and what the expected report finds in it.
func TestCapturesTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("| capture | shows | handshakes | findings |\n|---|---|---|---|\n")
	for _, k := range captures(t) {
		r := decoded(t, read(t, k.report))
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.TrimPrefix(k.file, "testdata/"), k.shows(t), r.outcomes(), r.found())
	}
	between(t, filepath.Join(root, "testdata", "README.md"), "findings", b.String())
}

// shows is what the scenario in the lab says of itself.
func (k kept) shows(t *testing.T) string {
	t.Helper()
	text := k.setting(t, "shows")
	if _, point, _ := strings.Cut(k.name, "."); point != "" {
		return text + " (seen at the " + point + ")"
	}
	return text
}

// setting is the value that the scenario in the lab gives to a variable.
func (k kept) setting(t *testing.T, variable string) string {
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

// foretold holds a report against what the scenario foretold: the findings of severity
// error and warning, no fewer and no others. Browser exports see less.
func (k kept) foretold(t *testing.T, r report) {
	t.Helper()
	if !strings.HasSuffix(k.file, ".pcapng") {
		return
	}
	variable := "findings"
	if _, point, seen := strings.Cut(k.name, "."); seen {
		variable = point + "_findings"
	}
	want := strings.Fields(k.setting(t, variable))
	var got []string
	for _, f := range r.Findings {
		switch {
		case f.Severity == "info":
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

// decoded reads a JSON report.
func decoded(t *testing.T, text string) report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// outcomes counts the handshakes by mechanism and outcome.
func (r report) outcomes() string {
	count := map[string]int{}
	var order []string
	for _, h := range r.Handshakes {
		k := h.Mechanism + " " + h.Outcome
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
func (r report) found() string {
	var parts []string
	for _, severity := range []string{"error", "warning", "info"} {
		var names []string
		for _, f := range r.Findings {
			if f.Severity == severity && !slices.Contains(names, f.Check) {
				names = append(names, f.Check)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			parts = append(parts, severity+": "+strings.Join(names, ", "))
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
