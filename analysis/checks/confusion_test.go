package checks_test

import (
	"os"
	"strings"
	"testing"

	"negotrace/analysis/checks"
)

// A meeting is a row of testdata/confusion.txt: a check that fires on fixtures of
// another, and why that is right.
type meeting struct {
	fires, on, why string
	met            bool
}

// TestConfusion runs all checks over the fixtures of each: what fires elsewhere than in
// its own must be listed, and what is listed must fire.
func TestConfusion(t *testing.T) {
	table := meetings(t)
	for _, check := range checks.All() {
		if _, err := os.Stat("testdata/" + check.Name + ".txtar"); err != nil {
			continue // TestCatalogueFiles reports it
		}
		for _, c := range fixture(t, check.Name) {
			for _, f := range reportOf(t, c).Findings {
				if f.Check == check.Name {
					continue
				}
				listed := false
				for _, m := range table {
					if m.fires == f.Check && (m.on == "*" || m.on == check.Name || m.on == check.Name+"/"+c.Name) {
						m.met, listed = true, true
					}
				}
				if !listed {
					t.Errorf("%s fires on %s/%s (%s %s: %s) and is not listed", f.Check, check.Name, c.Name, f.Severity, f.Evidence, f.Message)
				}
			}
		}
	}
	for _, m := range table {
		if !m.met {
			t.Errorf("%s is listed on %s and does not fire there", m.fires, m.on)
		}
	}
}

// meetings reads the table: columns parted by " | ".
func meetings(t *testing.T) []*meeting {
	t.Helper()
	data, err := os.ReadFile("testdata/confusion.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []*meeting
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cols := strings.Split(line, "|")
		if len(cols) != 3 || strings.TrimSpace(cols[2]) == "" {
			t.Fatalf("row %q needs three columns", line)
		}
		out = append(out, &meeting{fires: strings.TrimSpace(cols[0]), on: strings.TrimSpace(cols[1]), why: strings.TrimSpace(cols[2])})
	}
	return out
}
