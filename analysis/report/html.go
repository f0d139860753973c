package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"
	"sync"

	"negotrace/analysis"
)

// htmlFiles are the parts of the page: a template, a style sheet or a script each.
//
//go:embed html
var htmlFiles embed.FS

// An htmlSource is what every page consists of.
type htmlSource struct {
	page          *template.Template
	style, script string
}

// htmlSources are the sources of the page.
var htmlSources = sync.OnceValues(readHTMLSources)

// readHTMLSources reads them.
func readHTMLSources() (s htmlSource, err error) {
	s.page = template.New("")
	files, err := fs.ReadDir(htmlFiles, "html")
	if err != nil {
		return s, err
	}
	for _, f := range files {
		text, err := htmlFiles.ReadFile("html/" + f.Name())
		if err != nil {
			return s, err
		}
		switch source := unindented(string(text)); {
		case strings.HasSuffix(f.Name(), ".css"):
			s.style += source
		case strings.HasSuffix(f.Name(), ".js"):
			s.script += source
		default:
			if s.page, err = s.page.Parse(source); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// writeHTML writes the Report as one file for a browser that needs nothing else: no other
// file, no network, no script.
func writeHTML(w io.Writer, r *analysis.Report, opts Options) error {
	p := newHTMLPage(r, opts)
	return writePage(w, "page", p, &p.htmlFrame)
}

// writeShownHTML writes the page of one handshake, with only what a report says about it.
func writeShownHTML(w io.Writer, s *Shown, opts Options) error {
	r := s.report()
	r.Headline = fmt.Sprintf("Handshake %d: %s", s.Handshake.ID, outcomeText(s.Handshake))
	p := newHTMLPage(r, opts)
	p.Single, p.selection = true, s.selection()
	return writePage(w, "page", p, &p.htmlFrame)
}

// An htmlFrame is the part of a page that all pages have.
type htmlFrame struct {
	Policy string // Content-Security-Policy
	Style  template.CSS
	Script template.JS
}

// writePage writes a page with the template of that name; f is its frame.
func writePage(w io.Writer, name string, page any, f *htmlFrame) error {
	s, err := htmlSources()
	if err != nil {
		return err
	}
	return s.write(w, name, page, f)
}

// A guestPage is a page whose contents come from another package.
type guestPage struct {
	htmlFrame
	Title    string
	Contents any
}

// WritePage writes a page in the style of this package. text defines the template "contents",
// which makes the main part of the page from a value.
func WritePage(w io.Writer, title, text string, contents any) error {
	s, err := readHTMLSources() // a template that was executed takes no other ones
	if err != nil {
		return err
	}
	text += `{{define "guest"}}{{template "top" .}}{{template "contents" .Contents}}{{template "bottom" .}}{{end}}`
	if s.page, err = s.page.Parse(unindented(text)); err != nil {
		return err
	}
	p := &guestPage{Title: title, Contents: contents}
	return s.write(w, "guest", p, &p.htmlFrame)
}

// write writes a page with the template of that name; f is its frame.
func (s *htmlSource) write(w io.Writer, name string, page any, f *htmlFrame) error {
	f.Style, f.Script = template.CSS(s.style), template.JS(s.script)
	f.Policy = "default-src 'none'; style-src '" + digest(s.style) + "'; script-src '" + digest(s.script) + "'; base-uri 'none'; form-action 'none'"
	out := bufio.NewWriter(w)
	if err := s.page.ExecuteTemplate(visibleWriter{out}, name, page); err != nil {
		return err
	}
	return out.Flush()
}

// digest names a style sheet or script in a Content-Security-Policy (CSP 3 section 2.3.1).
func digest(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// unindented takes the blanks from the beginnings of lines: a browser needs none.
func unindented(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		b.WriteString(strings.TrimLeft(line, "\t "))
	}
	return b.String()
}

// A visibleWriter writes lines as Printable does, so that no text in a page changes its direction
// or is invisible. Templates write each value in one piece.
type visibleWriter struct{ w io.Writer }

// Write writes text, which the caller has escaped for HTML.
func (v visibleWriter) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		body := strings.TrimSuffix(line, "\n")
		if _, err := io.WriteString(v.w, Printable(body)+line[len(body):]); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}
