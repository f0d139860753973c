package house

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"negotrace/analysis/checks"
)

// TestReadmeCommands runs the commands that README shows with their output, in blocks
// marked console, and compares the two.
func TestReadmeCommands(t *testing.T) {
	path := program(t)
	for _, file := range []string{"README.md"} {
		text := read(t, file)
		ran := 0
		for _, block := range blocks(text, "console") {
			command, want, _ := strings.Cut(block, "\n")
			args, ok := strings.CutPrefix(command, "$ go run ./cmd/negotrace ")
			if !ok {
				t.Errorf("%s: block begins with %q", file, command)
				continue
			}
			ran++
			got, diag, _ := run(t, path, strings.Fields(args)...)
			if *update {
				text = strings.Replace(text, command+"\n"+want, command+"\n"+got, 1)
			} else if got != want {
				t.Errorf("%s: %s prints at line %d of its output something else:\n%s%s", file, command, firstDifference(got, want), got, diag)
			}
		}
		if ran == 0 {
			t.Errorf("%s shows no report", file)
		}
		if *update {
			write(t, file, text)
		}
	}
}

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
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"} {
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
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"} {
		for _, mark := range []string{"<<<<<<< ", ">>>>>>> "} {
			if strings.Contains("\n"+read(t, doc), "\n"+mark) {
				t.Errorf("%s has a line that begins with %q", doc, mark)
			}
		}
	}
}

// blocks returns the fenced blocks of a language.
func blocks(text, language string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "```"+language+"\n")
		if !ok {
			return out
		}
		block, after, ok := strings.Cut(rest, "```")
		if !ok {
			return out
		}
		out, text = append(out, block), after
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

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
