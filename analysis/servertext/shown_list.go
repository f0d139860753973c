package servertext

import (
	"bytes"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"

	"negotrace/internal/lazyregexp"
)

// A part is an element of a page, or a text in it, with what is in it.
type part struct {
	tag        string // empty for a text
	begin, end int    // in the page
	parts      []*part
}

// rowTags are the elements in which pages show a row of what they list.
var rowTags = []string{"div", "p", "section", "article"}

// rowsSay is how many rows of one cell that say that something is wrong are a list: a page that says what
// happened has a heading and a sentence.
const rowsSay = 3

// maxParts is how many parts of a page are looked at, and maxOpen how many of them may be open.
const maxParts, maxOpen = 2048, 64

var (
	// codedText is a text that begins with the number of an error and goes on in words.
	codedText = lazyregexp.New(`(?i)^(?:(?:error|code|fehler|erreur)[\s\x{a0}]+(?:code[\s\x{a0}]+)?)?[#(\[]?((?:[a-z]{1,4}-?)?\d[\da-fx.]{0,9})[.:)\]]{0,2}[\s\x{a0}]+(?:[-=:\x{2013}\x{2014}\x{2192}|][\s\x{a0}]*)?["'\x{201c}\x{201e}]?\pL{2}`)
	// noCode is a date, or a status of HTTP, with which a page may begin a line about this request.
	noCode = lazyregexp.New(`^(?:\d{1,2}\.\d{1,2}\.(?:\d{2,4})?|(?:HTTP )?[45]\d\d)$`)
	// helps matches the heading of a part of a page that is there for everybody.
	helps = lazyregexp.New(`(?i)\b(?:troubleshooting|faqs?|frequently asked|help|hilfe|aide|(?:error|fehler)[ -]?(?:codes?|messages?|liste?)|fehlermeldungen|` +
		`(?:common|known|frequent|typical|usual|likely|possible|potential) (?:causes?|problems?|errors?|reasons?|issues?)|(?:h\x{e4}ufige|bekannte|typische|m\x{f6}gliche) (?:fehler|ursachen|gr\x{fc}nde|probleme)|` +
		`one of (?:these|the following))\b`)
)

// headings are the elements above the parts of a page.
var headings = []string{"h1", "h2", "h3", "h4", "h5", "h6"}

// leaveOutLists leaves out what lists errors without being a list of HTML: rows, or lines, of which several begin with
// the number of an error, or with words for one that the row goes on to explain.
func leaveOutLists(page []byte) {
	left := 2 * maxRows
	for _, of := range partsOf(page) {
		leaveOutHelp(page, of.parts)
		for _, rows := range rowsIn(of.parts) {
			leaveOutListed(page, rows, &left)
		}
	}
}

// partsOf leaves out the lines of texts that list errors, and returns the elements of a page that have several parts.
func partsOf(page []byte) (several []*part) {
	z := nethtml.NewTokenizer(bytes.NewReader(page))
	open := []*part{{}}
	end := 0
	for range maxParts {
		kind := z.Next()
		start := end
		end += len(z.Raw())
		in := open[len(open)-1]
		if kind == nethtml.ErrorToken {
			break
		}
		switch kind {
		case nethtml.TextToken:
			if text := page[start:end]; len(bytes.TrimSpace(text)) > 0 {
				in.parts = append(in.parts, &part{begin: start, end: end})
				leaveOutLines(text)
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			p := &part{tag: string(name), begin: start, end: end}
			if in.tag == "p" && slices.Contains(rowTags, p.tag) {
				in.end = start
				open = open[:len(open)-1]
				in = open[len(open)-1]
			}
			in.parts = append(in.parts, p)
			if kind == nethtml.StartTagToken && !slices.Contains(empty, p.tag) && len(open) < maxOpen {
				open = append(open, p)
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			if at := slices.IndexFunc(open[1:], func(p *part) bool { return p.tag == string(name) }); at >= 0 {
				open = closed(open, string(name), end)
			}
		}
	}
	for _, p := range open {
		p.end = end
	}
	return severalOf(open[0], several)
}

// closed ends the innermost open element of a name, and those in it.
func closed(open []*part, name string, end int) []*part {
	for {
		last := open[len(open)-1]
		last.end = end
		open = open[:len(open)-1]
		if last.tag == name {
			return open
		}
	}
}

func severalOf(p *part, several []*part) []*part {
	if len(p.parts) > 1 {
		several = append(several, p)
	}
	for _, in := range p.parts {
		several = severalOf(in, several)
	}
	return several
}

// leaveOutHelp leaves out what follows a heading that announces help for everybody, up to the next heading of its kind, and
// the equal parts behind a text that announces them with a colon.
func leaveOutHelp(page []byte, parts []*part) {
	below, equals := "", "" // the heading whose part is left out, or the name of the parts that are
	announced := false
	for i, p := range parts {
		isHeading := slices.Contains(headings, p.tag)
		switch {
		case isHeading && (below == "" || p.tag <= below):
			below, equals, announced = "", "", false
		case announced && p.tag != "":
			equals, announced = p.tag, false
		case equals != p.tag:
			equals = ""
		}
		if below != "" || equals != "" {
			leaveOut(page[p.begin:p.end], true)
			continue
		}
		if p.end-p.begin > maxHeadingPart {
			continue
		}
		text := strings.Join(textsOf(page, parts[i:i+1], nil), " ")
		isAnnouncement := strings.HasSuffix(text, ":")
		if len(text) > maxHeading || !isHeading && !isAnnouncement || !helps().MatchString(text) {
			continue
		}
		if announced = !isHeading; isHeading {
			below = p.tag
			leaveOut(page[p.begin:p.end], false)
		}
	}
}

// maxHeading is how long a heading is at most, and maxHeadingPart with its mark-up, in bytes.
const maxHeading, maxHeadingPart = 80, 400

// leaveOutLines leaves out the lines of a text that list errors by their numbers, where there are several.
func leaveOutLines(text []byte) {
	var lines []row
	at := 0
	for line := range bytes.Lines(text) {
		end := at + len(line)
		lines = append(lines, row{at, end, []*part{{begin: at, end: end}}, true})
		if at = end; len(lines) == maxParts {
			break
		}
	}
	leaveOutListed(text, lines, new(int))
}

// A row is one of several parts, or lines, that follow each other.
type row struct {
	begin, end int
	parts      []*part
	isLine     bool
}

// rowsIn returns what follows each other: elements of one name, or the lines between ends of lines.
func rowsIn(parts []*part) (groups [][]row) {
	var rows, lines []row
	line := row{isLine: true}
	endLine := func() {
		if len(line.parts) > 0 {
			line.begin, line.end = line.parts[0].begin, line.parts[len(line.parts)-1].end
			lines = append(lines, line)
		}
		line = row{isLine: true}
	}
	for i, p := range parts {
		switch isRow := slices.Contains(rowTags, p.tag); {
		case isRow && i > 0 && parts[i-1].tag == p.tag:
			rows = append(rows, row{p.begin, p.end, p.parts, false})
			continue
		case p.tag == "br":
			endLine()
			continue
		case isRow:
			endLine()
			groups = append(groups, rows, lines)
			rows, lines = []row{{p.begin, p.end, p.parts, false}}, nil
			continue
		case p.tag == "hr":
			continue
		}
		line.parts = append(line.parts, p)
	}
	endLine()
	return append(groups, rows, lines)
}

// leaveOutListed leaves out those of the rows that list errors. left is how many may still be looked at for what they say
// is wrong.
func leaveOutListed(page []byte, rows []row, left *int) {
	if len(rows) < 2 {
		return
	}
	var coded, named, single []row
	codes := map[string]bool{}
	for i, r := range rows {
		cells := textsOf(page, r.parts, nil)
		if len(cells) == 0 {
			continue
		}
		code := codeOf(cells)
		if code == "" && len(cells) == 1 && rowCode().MatchString(cells[0]) && i+1 < len(rows) && i == 2*len(coded) {
			code = cells[0] // the text is the next one
			r.end = rows[i+1].end
		}
		switch {
		case code != "" && !noCode().MatchString(strings.TrimRight(code, ".:)")):
			coded = append(coded, r)
			codes[code] = true
		case r.isLine || *left == 0 || !looksWrong(cells[0], left):
		case len(cells) > 1:
			named = append(named, r)
		default:
			single = append(single, r)
		}
	}
	for _, list := range []struct {
		rows    []row
		several bool
	}{{coded, len(codes) > 1}, {named, len(named) > 1}, {single, len(single) >= rowsSay}} {
		for _, r := range list.rows {
			if list.several {
				leaveOut(page[r.begin:r.end], false)
			}
		}
	}
}

func looksWrong(text string, left *int) bool {
	*left--
	return !strings.HasSuffix(text, ":") && !usualWords(text) && saysWrong().MatchString(text)
}

// codeOf returns the number with which the texts of a row begin, if words follow it.
func codeOf(cells []string) string {
	if m := codedText().FindStringSubmatch(cells[0]); m != nil {
		return m[1]
	}
	if len(cells) > 1 && rowCode().MatchString(cells[0]) {
		return cells[0]
	}
	return ""
}

// maxCells is how many texts of a row are looked at.
const maxCells = 8

// textsOf appends the first texts in parts of a page.
func textsOf(page []byte, parts []*part, texts []string) []string {
	for _, p := range parts {
		if len(texts) >= maxCells {
			break
		}
		if p.tag != "" {
			texts = textsOf(page, p.parts, texts)
		} else if text := strings.TrimSpace(nethtml.UnescapeString(string(page[p.begin:p.end]))); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
