package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"negotrace/analysis/checks"
)

// A declaration is what a function or variable of the package refers to.
type declaration struct {
	refers  []string // identifiers
	strings []string // elements of its lists of strings
	headers []string // names of header lines that it reads
	byName  bool     // it reads lines whose names are in lists of strings
}

// TestReads holds that each check declares the header lines that it reads, itself or by
// the functions that it calls, and no others: what no check declares is not kept.
func TestReads(t *testing.T) {
	all := declarations(t)
	for _, c := range checks.All() {
		first := strings.ReplaceAll(c.Name, "-", "")
		for name := range all {
			if strings.EqualFold(name, first) {
				first = name
			}
		}
		if all[first] == nil {
			t.Fatalf("%s: no variable", c.Name)
		}
		got := slices.Compact(slices.Sorted(slices.Values(readBy(all, first, map[string]bool{}))))
		if want := slices.Compact(slices.Sorted(slices.Values(c.Reads))); !slices.Equal(got, want) {
			t.Errorf("%s reads %q and declares %q", c.Name, got, want)
		}
	}
}

// readBy returns the header lines that a declaration reads, and what it refers to.
func readBy(all map[string]*declaration, name string, seen map[string]bool) []string {
	d := all[name]
	if d == nil || seen[name] {
		return nil
	}
	seen[name] = true
	read := slices.Clone(d.headers)
	if d.byName {
		read = append(read, d.strings...)
	}
	for _, other := range d.refers {
		if d.byName && all[other] != nil {
			read = append(read, all[other].strings...)
		}
		read = append(read, readBy(all, other, seen)...)
	}
	return read
}

// declarations returns the functions and variables of the package by name.
func declarations(t *testing.T) map[string]*declaration {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*declaration{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				all[d.Name.Name] = inspect(t, d.Body)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == 1 && v.Names[0].Name != "All" {
						all[v.Names[0].Name] = inspect(t, v.Values[0])
					}
				}
			}
		}
	}
	return all
}

// inspect finds what a declaration refers to. Keep and KeepFollowOn see every line.
func inspect(t *testing.T, root ast.Node) *declaration {
	d := &declaration{}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			key, ok := n.Key.(*ast.Ident)
			return !ok || !slices.Contains([]string{"Reads", "Keep", "KeepFollowOn", "Causes", "Fix", "Sources", "Variants", "Follows"}, key.Name)
		case *ast.Ident:
			d.refers = append(d.refers, n.Name)
		case *ast.CompositeLit:
			d.list(t, n)
		case *ast.CallExpr:
			d.call(t, n)
		}
		return true
	})
	return d
}

// list notes the elements of a list of strings.
func (d *declaration) list(t *testing.T, n *ast.CompositeLit) {
	list, ok := n.Type.(*ast.ArrayType)
	if !ok {
		return
	}
	if of, ok := list.Elt.(*ast.Ident); !ok || of.Name != "string" {
		return
	}
	for _, e := range n.Elts {
		if s, ok := e.(*ast.BasicLit); ok && !strings.Contains(s.Value, "/") { // or it is a path
			d.strings = append(d.strings, unquote(t, s))
		}
	}
}

// call notes a call of a method of a Header.
func (d *declaration) call(t *testing.T, n *ast.CallExpr) {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) != 1 || !slices.Contains([]string{"Value", "Values", "Has"}, f.Sel.Name) {
		return
	}
	if of, ok := f.X.(*ast.SelectorExpr); !ok || of.Sel.Name != "Header" {
		return
	}
	if name, ok := n.Args[0].(*ast.BasicLit); ok {
		d.headers = append(d.headers, unquote(t, name))
		return
	}
	d.byName = true
}

func unquote(t *testing.T, l *ast.BasicLit) string {
	t.Helper()
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
