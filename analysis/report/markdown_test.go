package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"negotrace/analysis"
)

func asMarkdown(t *testing.T, r *analysis.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeMarkdown(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// shownMarkdown returns the section of one handshake, with its tokens.
func shownMarkdown(t *testing.T, r *analysis.Report, id int) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeShownMarkdown(&b, Show(r, id), Options{Decode: true}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever a capture says stays text in the document: no markup, no link, no HTML, and no
// cell or fence is broken.
func TestMarkdownHostile(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"<script>alert(1)</script>", "[a](http://x)", "![a](b)", "**bold** _it_ ~~no~~", "a|b|c", "`code`", "``", "`", "```\nfence",
		"http://evil.test/ www.evil.test", "@team and a@b.test", "# head\n## head", "- a\n- b", "\\|x\\", "&lt;b&gt;", "<a@b.test>", "$x$", "end",
	} {
		staysText(t, s, asMarkdown(t, nasty(s)))
		staysText(t, s, shownMarkdown(t, nasty(s), 100000))
	}
}

// staysText holds that a document in which everything is called s has no markup of it.
func staysText(t *testing.T, s, document string) {
	t.Helper()
	source := []byte(document)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	columns := 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link, *ast.Image, *ast.RawHTML, *ast.HTMLBlock, *tables.Strikethrough:
			t.Errorf("%q becomes a %s", s, n.Kind())
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL {
				t.Errorf("%q becomes the link %s", s, n.URL(source))
			}
		case *ast.FencedCodeBlock:
			if language := string(n.Language(source)); language != "mermaid" && language != "" {
				t.Errorf("%q begins a block of code in %q", s, language)
			}
		case *ast.Heading:
			if n.Level == 1 && !strings.Contains(string(n.Lines().Value(source)), "Postmortem") {
				t.Errorf("%q becomes the heading %q", s, n.Lines().Value(source))
			}
		case *tables.TableHeader:
			columns = n.ChildCount()
		case *tables.TableRow:
			if n.ChildCount() != columns {
				t.Errorf("%q makes a row of %d cells in a table of %d", s, n.ChildCount(), columns)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A document has every part of a postmortem, in its order.
func TestMarkdownParts(t *testing.T) {
	t.Parallel()
	doc := asMarkdown(t, load(t, "testdata/mixed.json"))
	from := 0
	for _, part := range []string{
		"# Postmortem", "**Who**", "## Impact", "| Host | Mechanism |", "## Timeline (UTC)", "## Root cause and what follows from it",
		"Leads to: ", "```mermaid\nsequenceDiagram\n", "## Still open", "## Actions", "| Action | Owner | Done |", "## Evidence", "frame.number",
	} {
		i := strings.Index(doc[from:], part)
		if i < 0 {
			t.Fatalf("there is no %q behind byte %d of\n%s", part, from, doc)
		}
		from += i
	}
}

// The section of a handshake has what is known of it, in its order.
func TestShownMarkdownParts(t *testing.T) {
	t.Parallel()
	section := shownMarkdown(t, nasty("name"), 100000)
	from := 0
	for _, part := range []string{
		"## Handshake 100000: kerberos unanswered\n", "- begin: 2026-03-02 09:00:00.000 UTC\n", "- user: `name (name)`\n",
		"### Messages\n\n```mermaid\nsequenceDiagram\n", "### Tokens\n", "```\nProxy-Authenticate: name\n```\n", "### What comes into question", "| possible | name | name | - |",
		"### Findings\n", "**error** `spn-wrong-account-ap-err-modified`", "### Packets\n", "| `spn-wrong-account-ap-err-modified` | `name` |",
	} {
		i := strings.Index(section[from:], part)
		if i < 0 {
			t.Fatalf("there is no %q behind byte %d of\n%s", part, from, section)
		}
		from += i
	}
}

func TestMermaidText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"GET /a;b":       "GET /a#59;b",
		"a#1; Note over": "a#35;1#59; Note over",
		"end":            "end ",
		"x\n<b>":         "x #60;b#62;",
		"LAB\\bob 401":   "LAB#92;bob 401",
	} {
		if got := mermaidText(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Of whom the capture does not show whether he was let in, nothing is claimed.
func TestMarkdownUnknown(t *testing.T) {
	t.Parallel()
	h := refusedAtKDC()
	h.User, h.Outcome = "alice", analysis.Unknown
	if text := asMarkdown(t, &analysis.Report{Handshakes: []*analysis.Handshake{h}}); strings.Contains(text, "not let in") {
		t.Errorf("the outcome is unknown, and the document says\n%s", text)
	}
}

// A document has only what all of its readers know, also after its backslashes were doubled,
// as editors of Confluence and Jira do on pasting, but for fenced code.
func TestMarkdownCommon(t *testing.T) {
	t.Parallel()
	documents := []string{asMarkdown(t, load(t, "testdata/mixed.json"))}
	for _, s := range []string{`CORP\alice`, `CORP\_svc`, `C:\a\b.etl`, "KRB_AP_ERR_MODIFIED (41)", "a|b", `a\|b`, "_x_ __y__", "*x*", "https://web/a_b_(c)", `\`, `x\`, `\\server\share`, "# 1", "<user>"} {
		documents = append(documents, asMarkdown(t, nasty(s)), shownMarkdown(t, nasty(s), 100000))
	}
	known := []ast.NodeKind{ast.KindDocument, ast.KindHeading, ast.KindParagraph, ast.KindTextBlock, ast.KindText, ast.KindEmphasis, ast.KindCodeSpan,
		ast.KindList, ast.KindListItem, ast.KindFencedCodeBlock, tables.KindTable, tables.KindTableHeader, tables.KindTableRow, tables.KindTableCell}
	for _, document := range documents {
		kinds := kindsOf(t, document)
		for _, kind := range kinds {
			if !slices.Contains(known, kind) {
				t.Errorf("there is a %s in\n%s", kind, document)
			}
		}
		var pasted strings.Builder
		fenced := false
		for line := range strings.Lines(document) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if !fenced {
				line = strings.ReplaceAll(line, `\`, `\\`)
			}
			pasted.WriteString(line)
		}
		if !slices.Equal(kindsOf(t, pasted.String()), kinds) {
			t.Errorf("it becomes another document with its backslashes doubled:\n%s", document)
		}
	}
}

// kindsOf returns the kinds of all parts of a document, but for addresses of mail.
func kindsOf(t *testing.T, document string) (kinds []ast.NodeKind) {
	t.Helper()
	source := []byte(document)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case !entering:
		case n.Kind() == ast.KindText && len(kinds) > 0 && kinds[len(kinds)-1] == ast.KindText: // it is cut at marks
		case n.Kind() == ast.KindAutoLink && n.(*ast.AutoLink).AutoLinkType == ast.AutoLinkEmail:
		default:
			kinds = append(kinds, n.Kind())
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestProse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"KRB_AP_ERR_MODIFIED (41)":    "KRB_AP_ERR_MODIFIED (41)",
		"to https://web.test/a, then": "to `https://web.test/a`, then",
		`CORP\alice`:                  `CORP\alice`,
		`CORP\_svc`:                   "CORP&#92;&#95;svc",
		"<user> & *":                  "&lt;user&gt; &amp; &#42;",
		"ask @team at a@b.test":       "ask &#64;team at a@b.test",
		"http://a|b":                  "http:&#47;&#47;a&#124;b",
	} {
		if got := prose(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
