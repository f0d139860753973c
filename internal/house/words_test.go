package house

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// isPrivate reports whether a word once stood for a thing of this project, and says nothing to a
// reader who comes from elsewhere.
func isPrivate(word string) bool {
	switch word {
	case "aside", "due", "ride", "rider", "riders", "rides", "riding", "scout", "scouted", "scouts", "spoilt", "tell", "telling", "tells",
		"thrift", "told", "twin", "twins", "utter", "utterance", "uttered", "utters":
		return true
	}
	return false
}

// TestPrivateWords holds that they stand neither in identifiers nor in comments.
func TestPrivateWords(t *testing.T) {
	isFine := map[string]bool{} // names, most of which come again and again
	for _, s := range sources(t) {
		if path.Base(s.path) == "words_test.go" { // it names them
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && !isFine[id.Name] {
				if isFine[id.Name] = !slices.ContainsFunc(words(id.Name), isPrivate); !isFine[id.Name] {
					t.Errorf("%s:%d: the name %s: use the field's word, or the language's", s.path, s.line(id.Pos()), id.Name)
				}
			}
			return true
		})
		for _, g := range s.syntax.Comments {
			for _, c := range g.List {
				for _, w := range strings.FieldsFunc(strings.ToLower(c.Text), func(r rune) bool { return !unicode.IsLetter(r) }) {
					if isPrivate(w) {
						t.Errorf("%s:%d: %q in a comment: say it in plain words", s.path, s.line(c.Pos()), w)
					}
				}
			}
		}
	}
}

// words returns the words of an identifier in small letters: of readHTTPFile read, http and
// file.
func words(identifier string) []string {
	var all []string
	runes := []rune(identifier)
	begin := 0
	for i := 1; i <= len(runes); i++ {
		ends := i == len(runes) || runes[i] == '_' || unicode.IsUpper(runes[i]) &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if ends {
			all = append(all, strings.Trim(strings.ToLower(string(runes[begin:i])), "_"))
			begin = i
		}
	}
	return all
}

// oneWord are names of the field, and words of English, that identifiers write as two.
var oneWord = []string{"checksum", "headline", "keylog", "netlog", "substatus"}

// TestFileWords asks for a _ between the words of a file's name: what identifiers write as
// flowTable is in flow_table.go.
func TestFileWords(t *testing.T) {
	all := sources(t)
	joined, looked := map[string]string{}, map[string]bool{}
	for _, s := range all {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && !looked[id.Name] {
				looked[id.Name] = true
				w := words(id.Name)
				for i := range len(w) - 1 {
					if len(w[i]) >= 3 && len(w[i+1]) >= 3 {
						joined[w[i]+w[i+1]] = w[i] + "_" + w[i+1]
					}
				}
			}
			return true
		})
	}
	for _, s := range all {
		if s.dir == "analysis/checks" {
			continue // named after slugs
		}
		for part := range strings.SplitSeq(strings.TrimSuffix(path.Base(s.path), ".go"), "_") {
			if joined[part] != "" && !slices.Contains(oneWord, part) {
				t.Errorf("%s: write %s, as identifiers do", s.path, joined[part])
			}
		}
	}
}

// guesses are verbs that comments of boolean functions do without.
var guesses = regexp.MustCompile(`^\w+ (checks|determines|knows|recognises|returns true|says|tells)\b`)

// TestReportsWhether asks the comments of functions that return a bool and nothing else to
// say "reports whether", as Go's do, unless such a function does something first.
func TestReportsWhether(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Doc == nil || f.Type.Results.NumFields() != 1 {
				continue
			}
			if id, ok := f.Type.Results.List[0].Type.(*ast.Ident); !ok || id.Name != "bool" {
				continue
			}
			if text := f.Doc.Text(); guesses.MatchString(text) {
				t.Errorf("%s:%d: %s reports whether ...", s.path, s.line(f.Pos()), f.Name.Name)
			}
		}
	}
}
