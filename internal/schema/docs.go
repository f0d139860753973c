package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// The docs are what the source says of types and their fields, by the names of both with
// the package before them, and the constants of types of string.
type docs struct {
	types  map[string]string
	fields map[string]string
	values map[string][]string
}

// readDocs reads the comments of packages.
func readDocs(root string, packages ...string) (docs, error) {
	d := docs{map[string]string{}, map[string]string{}, map[string][]string{}}
	for _, name := range packages {
		files, err := filepath.Glob(filepath.Join(root, name, "*.go"))
		if err != nil {
			return d, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				return d, err
			}
			for _, decl := range syntax.Decls {
				if g, ok := decl.(*ast.GenDecl); ok {
					d.declaration(syntax.Name.Name+".", g)
				}
			}
		}
	}
	return d, nil
}

func (d docs) declaration(pkg string, g *ast.GenDecl) {
	for _, s := range g.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil {
				doc = g.Doc
			}
			d.types[pkg+s.Name.Name] = paragraphs(doc)
			if fields, ok := s.Type.(*ast.StructType); ok {
				d.structure(pkg+s.Name.Name+".", fields)
			}
		case *ast.ValueSpec:
			of, ok := s.Type.(*ast.Ident)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, v := range s.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						d.values[pkg+of.Name] = append(d.values[pkg+of.Name], text)
					}
				}
			}
		}
	}
}

// structure takes the comments of fields: those above them and those at the end of their line. A
// comment that also names the fields below it counts for them, if they have none above them.
func (d docs) structure(of string, s *ast.StructType) {
	above := ""
	members := membersOf(s)
	for _, f := range s.Fields.List {
		own := paragraphs(f.Doc)
		if own != "" {
			above = own
		}
		for _, name := range f.Names {
			text := own
			if text == "" && slices.Contains(strings.FieldsFunc(above, notInName), name.Name) {
				text = above
			}
			d.fields[of+name.Name] = strings.Join(strings.Fields(withMembers(text, members)+" "+paragraphs(f.Comment)), " ")
		}
	}
}

// membersOf returns the names of the fields in JSON, by their names in Go.
func membersOf(s *ast.StructType) map[string]string {
	members := map[string]string{}
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		member, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if len(f.Names) == 1 && member != "" && member != "-" {
			members[f.Names[0].Name] = member
		}
	}
	return members
}

// withMembers names fields as JSON does where a comment names them by Go's convention: at the
// beginning of a sentence, before a verb or in a list. Readers of a schema know no other names.
func withMembers(text string, members map[string]string) string {
	words := strings.Fields(text)
	begins, listed := true, false
	for i, w := range words {
		name := strings.TrimRight(w, ",;")
		member, known := members[name]
		known = known && i+1 < len(words) && (strings.HasSuffix(w, ",") || unicode.IsLower(rune(words[i+1][0]))) && (begins || listed)
		if known {
			words[i] = member + w[len(name):]
		}
		listed = known || listed && (w == "and" || w == "or")
		begins = strings.HasSuffix(w, ".") || strings.HasSuffix(w, ";")
	}
	return strings.Join(words, " ")
}

// notInName reports whether a character is not part of the name of a field.
func notInName(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// paragraphs returns the text of a comment, each paragraph in one line.
func paragraphs(c *ast.CommentGroup) string {
	var all []string
	for p := range strings.SplitSeq(c.Text(), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, "\n\n")
}
