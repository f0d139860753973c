package house

import (
	"go/ast"
	"go/token"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPathsInside finds paths that lead out of the repository: what a test reads there is
// missing for everybody else.
func TestPathsInside(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err == nil && strings.HasPrefix(text, "../") && strings.HasPrefix(path.Join(s.dir, text), "..") {
				t.Errorf("%s:%d: %s is outside the repository", s.path, s.line(lit.Pos()), text)
			}
			return true
		})
	}
}

// TestReportsOfCaptures finds expected reports whose capture is gone.
func TestReportsOfCaptures(t *testing.T) {
	var expected []string
	for _, k := range captures(t) {
		expected = append(expected, k.table, k.json)
	}
	files, err := os.ReadDir(root + "/testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := "testdata/" + f.Name()
		report := strings.HasSuffix(name, ".txt") || strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".netlog.json") && !strings.HasSuffix(name, ".events.json")
		if report && !slices.Contains(expected, name) {
			t.Errorf("%s is the report of no capture", name)
		}
	}
}
