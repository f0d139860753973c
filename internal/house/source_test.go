package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// A source is one Go file of the project.
type source struct {
	path   string // from the root, with slashes
	dir    string // of the package
	test   bool
	lines  int
	syntax *ast.File
	line   func(token.Pos) int
}

// parsed are the sources, which most tests look at.
var parsed struct {
	once sync.Once
	all  []source
}

// sources returns the Go files of the project.
func sources(t *testing.T) []source {
	t.Helper()
	parsed.once.Do(func() {
		fset := token.NewFileSet()
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(path, ".go") {
				return nil
			}
			syntax, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			rel = filepath.ToSlash(rel)
			parsed.all = append(parsed.all, source{
				path: rel, dir: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(rel, "_test.go"),
				lines: fset.File(syntax.Pos()).LineCount(), syntax: syntax,
				line: func(p token.Pos) int { return fset.Position(p).Line },
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(parsed.all) == 0 {
		t.Fatal("no sources found")
	}
	return parsed.all
}
