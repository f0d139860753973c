package servertext

import (
	"bytes"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"

	"negotrace/internal/lazyregexp"
)

// unsaid are the elements whose texts say nothing of a request: one can click on them, they are not shown, or they are on
// all pages of a site.
var unsaid = []string{"script", "style", "a", "button", "select", "textarea", "label", "svg", "template", "noscript", "nav", "aside", "footer"}

// folded are elements that show what is in them only if they are open.
var folded = []string{"details", "dialog"}

// hiddenClasses are the names by which style sheets in common use hide an element.
var hiddenClasses = []string{"hidden", "hide", "d-none", "invisible", "sr-only", "visually-hidden"}

// unnested are elements that end where another one of the same name begins.
var unnested = []string{"a", "button", "p"}

// whole are the elements that have all the others: what hides them is taken away by a script.
var whole = []string{"html", "body"}

// empty are elements without an end.
var empty = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// shown returns a page of the same length in which blanks stand for what does not speak to its reader of this
// request: comments, the unsaid elements, what is hidden, and the rows and lines that explain several things.
func shown(page []byte) []byte {
	out := slices.Clone(page)
	if bytes.IndexByte(page, '<') < 0 {
		leaveOutLines(out)
		return out
	}
	z := nethtml.NewTokenizer(bytes.NewReader(page))
	within, depth, isHidden := "", 0, false // the outermost element that is left out
	for begin, end := 0, 0; ; {
		kind := z.Next()
		start := end
		end += len(z.Raw())
		name, hasAttr := z.TagName()
		if kind == nethtml.StartTagToken && string(name) == within && slices.Contains(unnested, within) {
			leaveOut(out[begin:start], isHidden)
			within = ""
		}
		switch {
		case kind == nethtml.ErrorToken:
			if within != "" {
				leaveOut(out[begin:], isHidden)
			}
			leaveOutTables(out)
			leaveOutRows(out)
			leaveOutLists(out)
			return out
		case within != "":
			switch {
			case string(name) != within:
			case kind == nethtml.StartTagToken:
				depth++
			case kind == nethtml.EndTagToken:
				depth--
			}
			if depth == 0 {
				leaveOut(out[begin:end], isHidden)
				within = ""
			}
		case kind == nethtml.CommentToken:
			leaveOut(out[start:end], true)
		case kind == nethtml.StartTagToken && !slices.Contains(empty, string(name)):
			isHidden = !slices.Contains(unsaid, string(name))
			if !isHidden || !slices.Contains(whole, string(name)) && hides(z, hasAttr, slices.Contains(folded, string(name))) {
				within, depth, begin = string(name), 1, start
			}
		}
	}
}

// hides reports whether the attributes of a tag hide its element. Those of a folded one have to open it.
func hides(z *nethtml.Tokenizer, hasAttr, isFolded bool) bool {
	for hasAttr {
		var name, value []byte
		name, value, hasAttr = z.TagAttr()
		text := strings.ToLower(string(value))
		has := func(rule string) bool { return strings.Contains(strings.ReplaceAll(text, " ", ""), rule) }
		isClass := func(class string) bool { return slices.Contains(hiddenClasses, class) }
		switch string(name) {
		case "open":
			isFolded = false
		case "hidden":
			return true
		case "aria-hidden":
			isFolded = isFolded || text == "true"
		case "class":
			isFolded = isFolded || slices.ContainsFunc(strings.Fields(text), isClass)
		case "style":
			isFolded = isFolded || has("display:none") || has("visibility:hidden")
		}
	}
	return isFolded
}

// stackTrace matches a line of a stack trace of Java or .NET.
var stackTrace = lazyregexp.New(`\n\s*at [\w.$]+\(`)

// leaveOut puts blanks in place of a part of a page. An exception with its stack trace is of this request where it is
// hidden too: nobody explains with one.
func leaveOut(part []byte, isHidden bool) {
	if isHidden && stackTrace().Match(part) {
		return
	}
	for i := range part {
		if part[i] != '\n' {
			part[i] = ' '
		}
	}
}

// tableRow matches where a row of a table begins, or a table begins or ends, and tableCell where a cell begins.
var (
	tableRow  = lazyregexp.New(`(?i)</?table\b|<tr\b`)
	tableCell = lazyregexp.New(`(?i)<t[dh]\b[^>]*>`)
	markUp    = lazyregexp.New(`<[^>]*>`)
)

// leaveOutTables leaves out the rows of tables that list errors, where there are several.
func leaveOutTables(page []byte) {
	var rows [][]byte
	headed := false // columns have heads
	edges := tableRow().FindAllIndex(page, -1)
	for i, edge := range edges {
		end := len(page)
		if i+1 < len(edges) {
			end = edges[i+1][0]
		}
		if row := page[edge[0]:end]; row[2] == 'r' || row[2] == 'R' {
			lists, isHead := listsErrors(row, headed)
			headed = headed || isHead
			if lists {
				rows = append(rows, row)
			}
			if i+1 < len(edges) {
				continue
			}
		}
		if len(rows) > 1 {
			for _, row := range rows {
				leaveOut(row, false)
			}
		}
		rows, headed = nil, false
	}
}

// listsErrors reports whether a row is one of a list: it has several cells, the first of which is a code, says what is
// wrong or stands below the head of its column, and does not announce what is in the next one. isHead reports whether it has such heads.
func listsErrors(row []byte, headed bool) (lists, isHead bool) {
	cells := tableCell().FindAllIndex(row, 2)
	if len(cells) < 2 {
		return false, false
	}
	first, second := row[cells[0][1]:cells[1][0]], cells[1]
	isHead = bytes.EqualFold(row[second[0]:second[0]+len("<th")], []byte("<th"))
	text := textOf(first)
	says := saysWrong().MatchString(text) && !usualWords(text)
	return isHead || (headed || says || strings.ContainsAny(text, "0123456789")) && !labels(text), isHead
}

// textOf returns the text of a part of a page.
func textOf(part []byte) string {
	return strings.TrimSpace(nethtml.UnescapeString(string(markUp().ReplaceAll(part, nil))))
}

// labelWords are those with which pages announce what went wrong, beside the jsonKeys.
var labelWords = []string{"cause", "description", "details", "error message", "exception", "root cause"}

// labels reports whether the text of a cell announces what is in the next one.
func labels(text string) bool {
	name := strings.ToLower(strings.TrimRight(text, ":"))
	return strings.HasSuffix(text, ":") || slices.Contains(labelWords, name) || slices.Contains(jsonKeys, jsonKey(name))
}
