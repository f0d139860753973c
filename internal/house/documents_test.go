package house

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/analysis/checks"
)

// TestReadmeChecks holds README's table of checks.
func TestReadmeChecks(t *testing.T) {
	var b strings.Builder
	b.WriteString("| check | severity | says |\n|---|---|---|\n")
	for _, c := range checks.All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.Severity, strings.ReplaceAll(c.Title, "|", "\\|"))
	}
	between(t, filepath.Join(root, "README.md"), "checks", b.String())
}

// TestReadmeFiles holds that files which the documents name are there.
func TestReadmeFiles(t *testing.T) {
	for _, doc := range []string{"README.md", "REDACT.md", "LOGS.md", "cmd/negotrace-fleet/README.md", "internal/bench/README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"} {
		for _, word := range strings.FieldsFunc(read(t, doc), func(r rune) bool { return strings.ContainsRune(" \n`()|,;:", r) }) {
			for _, dir := range []string{"testdata/", "analysis/", "internal/", "capture/", "cmd/"} {
				if name := strings.TrimRight(word, "."); strings.HasPrefix(name, dir) && !exists(name) && !strings.Contains(name, "NAME") && !strings.Contains(name, "...") {
					t.Errorf("%s names %s, which is not there", doc, name)
				}
			}
		}
	}
}

// TestDocumentsMerged holds that no document has both sides of a merge.
func TestDocumentsMerged(t *testing.T) {
	for _, doc := range []string{"README.md", "REDACT.md", "LOGS.md", "cmd/negotrace-fleet/README.md", "internal/bench/README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"} {
		for _, mark := range []string{"<<<<<<< ", ">>>>>>> "} {
			if strings.Contains("\n"+read(t, doc), "\n"+mark) {
				t.Errorf("%s has a line that begins with %q", doc, mark)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
