package report

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"negotrace/analysis"
	"negotrace/tokens"
)

// TestHTMLOutline holds what a reader of the page reads, in the order of the page.
func TestHTMLOutline(t *testing.T) {
	t.Parallel()
	h := refusedAtKDC()
	for _, l := range h.Legs {
		l.Conn.Client, l.Conn.Server = netip.MustParseAddrPort(h.Client), netip.MustParseAddrPort(h.Server)
	}
	h.KDC[0].KDC = netip.MustParseAddrPort("10.0.0.1:88")
	h.Legs[1].Sent = &tokens.Auth{Scheme: "Negotiate", Len: 8, Token: &tokens.Token{Len: 6, NTLM: &tokens.NTLM{Negotiate: &tokens.NTLMNegotiate{}}, Fields: []tokens.Field{
		{Name: "NTLM", Fields: []tokens.Field{{Name: "message type", Value: "1"}, {Name: "flags", Value: "0x00000001"}}},
	}}}
	ladder := &analysis.Report{Headline: "1 NTLM succeeded", Handshakes: []*analysis.Handshake{h}}
	ladder.Summary.First, ladder.Summary.Last = h.Start, h.Start
	for name, r := range map[string]*analysis.Report{
		"mixed": load(t, "testdata/mixed.json"), "empty": load(t, "testdata/empty.json"), "ladder": ladder,
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, "testdata/"+name+".page.txt", outline(t, htmlOf(t, r)))
		})
	}
}

// outline returns the text of a page: a line for each block, # for headings, and what a
// picture is called between brackets.
func outline(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var write func(n *html.Node, indent string)
	write = func(n *html.Node, indent string) {
		if attribute(n, "id") == "checklists" {
			return // they have tests of their own
		}
		if n.Type == html.TextNode {
			b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
			return
		}
		switch n.Data {
		case "style", "script", "text", "option":
			return
		case "section", "article":
			b.WriteByte('\n')
		case "h1", "h2", "h3", "h4":
			b.WriteString("\n" + indent + strings.Repeat("#", int(n.Data[1]-'0')) + " ")
		case "title", "p", "dt", "dd", "tr", "caption", "summary", "pre", "footer":
			b.WriteString("\n" + indent)
		case "li":
			indent += "  "
			b.WriteString("\n" + indent)
		case "td":
			b.WriteString(" | ")
		case "th":
			b.WriteString(" ")
		case "svg":
			b.WriteString("[" + attribute(n, "aria-label") + "]")
		}
		for c := range n.ChildNodes() {
			write(c, indent)
		}
	}
	write(root, "")
	var lines []string
	for line := range strings.Lines(b.String()) {
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		if text := strings.ReplaceAll(reflow(line), "[] ", ""); text != "" && text != "[]" {
			lines = append(lines, indent+text)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
