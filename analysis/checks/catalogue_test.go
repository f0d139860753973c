package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
)

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// TestCatalogue holds every check to the rules of the catalogue.
func TestCatalogue(t *testing.T) {
	if !slices.IsSortedFunc(checks.All(), func(a, b *analysis.Check) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("All is not sorted by name")
	}
	seen := map[string]bool{}
	for _, c := range checks.All() {
		if seen[c.Name] || !slug.MatchString(c.Name) {
			t.Errorf("%s: name is no slug, or twice", c.Name)
		}
		seen[c.Name] = true
		for field, text := range map[string]string{"title": c.Title, "means": c.Means, "proof": c.Proof, "not": c.Not} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: no %s", c.Name, field)
			}
			if strings.ContainsAny(text, "\n\t—") {
				t.Errorf("%s: %s holds line breaks or dashes", c.Name, field)
			}
		}
		if len(c.Sources) == 0 || slices.Contains(c.Sources, "") {
			t.Errorf("%s: no sources", c.Name)
		}
		if !slices.Contains([]analysis.Severity{analysis.Error, analysis.Warning, analysis.Info}, c.Severity) {
			t.Errorf("%s: severity %q", c.Name, c.Severity)
		}
		if !slices.Contains([]analysis.Evidence{analysis.Proven, analysis.Inferred, analysis.Hint}, c.Evidence) {
			t.Errorf("%s: evidence %q", c.Name, c.Evidence)
		}
		if c.Topic.Rank() < 0 {
			t.Errorf("%s: topic %q", c.Name, c.Topic)
		}
		for _, other := range c.Follows {
			if other == c.Name {
				t.Errorf("%s: follows itself", c.Name)
			}
		}
	}
}

// TestCatalogueFollows holds that causes named by checks are checks.
func TestCatalogueFollows(t *testing.T) {
	var all []string
	for _, c := range checks.All() {
		all = append(all, c.Name)
	}
	for _, c := range checks.All() {
		for _, cause := range c.Follows {
			if !slices.Contains(all, cause) {
				t.Errorf("%s follows %s, which is no check", c.Name, cause)
			}
		}
	}
}

// TestCatalogueFiles holds that each check has its own file and fixture under its name,
// and that no check is left out of All.
func TestCatalogueFiles(t *testing.T) {
	literal := regexp.MustCompile(`(?m)&analysis\.Check\{\s*Name:\s*"([^"]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := literal.FindAllSubmatch(src, -1)
		if len(found) > 1 {
			t.Errorf("%s holds %d checks", file, len(found))
		}
		for _, m := range found {
			at[string(m[1])] = file
		}
	}
	for _, c := range checks.All() {
		if want := strings.ReplaceAll(c.Name, "-", "_") + ".go"; at[c.Name] != want {
			t.Errorf("check %s is in %q, want %q", c.Name, at[c.Name], want)
		}
		delete(at, c.Name)
		fires, silent := false, false
		if _, err := os.Stat("testdata/" + c.Name + ".txtar"); err != nil {
			t.Errorf("%s has no fixture", c.Name)
			continue
		}
		for _, k := range fixture(t, c.Name) {
			fires, silent = fires || k.Fires, silent || !k.Fires
		}
		if !fires {
			t.Errorf("testdata/%s.txtar has no case that fires", c.Name)
		}
		if !silent {
			t.Errorf("testdata/%s.txtar has no near miss that is silent", c.Name)
		}
	}
	for name, file := range at {
		t.Errorf("%s declares %s, which is not in All", file, name)
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range archives {
		name := strings.TrimSuffix(filepath.Base(a), ".txtar")
		if !slices.ContainsFunc(checks.All(), func(c *analysis.Check) bool { return c.Name == name }) {
			t.Errorf("%s belongs to no check", a)
		}
	}
}
