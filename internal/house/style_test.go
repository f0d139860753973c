package house

import (
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackageDocs asks for one package comment in each package.
func TestPackageDocs(t *testing.T) {
	docs := map[string]int{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		docs[s.dir] += 0
		if s.syntax.Doc == nil {
			continue
		}
		docs[s.dir]++
		start := "Package " + s.syntax.Name.Name + " "
		if s.syntax.Name.Name == "main" {
			start = "Command " + path.Base(s.dir) + " "
		}
		if text := s.syntax.Doc.Text(); !strings.HasPrefix(text, start) {
			t.Errorf("%s: package comment does not begin with %q", s.path, start)
		}
	}
	for dir, n := range docs {
		if n != 1 {
			t.Errorf("package %s has %d package comments, want 1", dir, n)
		}
	}
}

// TestExportedDocs asks for a comment on every exported declaration of the libraries.
func TestExportedDocs(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.syntax.Name.Name == "main" {
			continue
		}
		for _, d := range s.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && d.Name.Name != "String" && d.Name.Name != "Error" {
					t.Errorf("%s: %s has no comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && ts.Doc == nil && d.Doc == nil {
						t.Errorf("%s: type %s has no comment", s.path, ts.Name.Name)
					}
				}
			}
		}
	}
}

// exportedReceiver reports whether d is a function, or a method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

var (
	inPlace  = regexp.MustCompile(`^(clear|copy|delete|maps\.(Copy|DeleteFunc)|slices\.(Sort\w*|Reverse|Delete\w*|Insert|Compact\w*)|sort\.(Slice\w*|Sort|Stable|Strings|Ints))$`)
	stateful = regexp.MustCompile(`\b(sync|atomic|rand|bytes\.Buffer|strings\.Builder)\b`)
	getter   = regexp.MustCompile(`^Get[A-Z]`)
	badFiles = regexp.MustCompile(`(^|_)(utils?|common|helpers?|managers?|misc|part\d+)(_test)?\.go$|^(types|handlers?|interfaces?|constants?|consts|errors|models?|base)(_test)?\.go$`)
)

// TestNames holds what things may not be called.
func TestNames(t *testing.T) {
	for _, s := range sources(t) {
		if badFiles.MatchString(path.Base(s.path)) {
			t.Errorf("%s: the file's name says nothing", s.path)
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if d, ok := n.(*ast.FuncDecl); ok {
				if getter.MatchString(d.Name.Name) {
					t.Errorf("%s: %s is a getter", s.path, d.Name.Name)
				}
				if d.Name.Name == "init" && d.Recv == nil {
					t.Errorf("%s has an init function", s.path)
				}
			}
			return true
		})
	}
}

// TestSizes keeps files and functions readable. Most are much shorter; tests may be as
// long as their tables of cases.
func TestSizes(t *testing.T) {
	const fileMost, functionMost = 340, 60
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if s.lines > fileMost {
			t.Errorf("%s has %d lines, more than %d: split it by subject", s.path, s.lines, fileMost)
		}
		for _, d := range s.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && len(f.Body.List) > 1 { // a single statement is a table
				if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > functionMost {
					t.Errorf("%s: %s has %d lines, more than %d", s.path, f.Name.Name, n, functionMost)
				}
			}
		}
	}
}

// TestFileSuffixes finds files that their names exclude from some builds: a check
// about Windows would vanish elsewhere.
func TestFileSuffixes(t *testing.T) {
	for _, s := range sources(t) {
		dir, name := filepath.Split(filepath.FromSlash(path.Join(root, s.path)))
		for _, os := range []string{"windows", "linux", "darwin"} {
			ctx := build.Default
			ctx.GOOS, ctx.GOARCH = os, "arm64"
			if match, err := ctx.MatchFile(dir, name); err != nil || !match && !strings.Contains(header(s.syntax), "//go:build") {
				t.Errorf("%s is not built on %s/arm64: %v", s.path, os, err)
			}
		}
	}
}

// header returns the text of the comments before the package clause.
func header(f *ast.File) string {
	var b strings.Builder
	for _, g := range f.Comments {
		if g.Pos() < f.Package {
			for _, c := range g.List {
				b.WriteString(c.Text + "\n")
			}
		}
	}
	return b.String()
}

// TestNoMutableVariables finds package variables that code writes to, or to their elements
// and fields, and those whose type is there to change. Tables that are only read are
// what package variables are for.
func TestNoMutableVariables(t *testing.T) {
	vars := map[string]map[string]bool{} // by package
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.syntax.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, spec := range g.Specs {
					spec := spec.(*ast.ValueSpec)
					if holdsState(spec) {
						t.Errorf("%s: the package variable %s holds state", s.path, spec.Names[0].Name)
					}
					for _, name := range spec.Names {
						if vars[s.dir] == nil {
							vars[s.dir] = map[string]bool{}
						}
						vars[s.dir][name.Name] = name.Name != "_"
					}
				}
			}
		}
	}
	for _, s := range sources(t) {
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.test {
				continue
			}
			local := declared(f)
			ast.Inspect(f, func(n ast.Node) bool {
				for _, e := range changed(n) {
					if id := rootOf(e); id != nil && vars[s.dir][id.Name] && !local[id.Name] {
						t.Errorf("%s: %s changes the package variable %s", s.path, f.Name.Name, id.Name)
					}
				}
				return true
			})
		}
	}
}

// holdsState reports whether the type of a variable, given or that of its value, is one
// of those that exist to be changed.
func holdsState(spec *ast.ValueSpec) bool {
	if spec.Type != nil && stateful.MatchString(types.ExprString(spec.Type)) {
		return true
	}
	for _, v := range spec.Values {
		if lit, ok := v.(*ast.CompositeLit); ok && stateful.MatchString(types.ExprString(lit.Type)) {
			return true
		}
	}
	return false
}

// declared returns the names that a function declares itself: they hide variables of
// the package.
func declared(f *ast.FuncDecl) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					names[id.Name] = true
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					names[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				names[id.Name] = true
			}
		}
		return true
	})
	return names
}

// changed returns the expressions that a node writes to: what it assigns to, and what it
// hands to a function that works in place.
func changed(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			return []ast.Expr{n.Key, n.Value}
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.CallExpr:
		if len(n.Args) > 0 && inPlace.MatchString(types.ExprString(n.Fun)) {
			return n.Args[:1]
		}
	}
	return nil
}

// rootOf returns the variable that an expression is a part of.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}
