package report

import (
	"fmt"
	"strings"
)

// Editors of Confluence and Jira double every backslash of pasted text, except in fenced code: a
// backslash before a mark would be visible, and the mark would still be markup. They know
// entities, as all dialects do. So nothing is escaped by a backslash here.

// prose escapes text that a document quotes: markup, links and mentions in it stay text.
// It is one line.
func prose(s string) string {
	words := strings.Split(Printable(reflow(s)), " ")
	for i, word := range words {
		if address, ok := asAddress(word); ok {
			words[i] = address
		} else {
			words[i] = escaped(word)
		}
	}
	return strings.Join(words, " ")
}

// asAddress writes a word as code if programs would make a link of it.
func asAddress(word string) (string, bool) {
	if !strings.Contains(word, "://") && !strings.Contains(word, "www.") {
		return "", false
	}
	const brackets = `"'()<>[]{},;:.!?`
	core := strings.Trim(word, brackets)
	if core == "" || strings.ContainsAny(core, "`|\\") {
		return strings.NewReplacer("://", ":&#47;&#47;", "www.", "www&#46;").Replace(escaped(word)), true
	}
	before, after, _ := strings.Cut(word, core)
	return escaped(before) + "`" + core + "`" + escaped(after), true
}

// escaped writes the characters of a word that may be markup as entities.
func escaped(word string) string {
	var b strings.Builder
	runes := []rune(word)
	beside := func(i int) bool { return i >= 0 && i < len(runes) && wordRune(runes[i]) }
	for i, r := range runes {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("`*[]#|~$!", r),
			r == '_' && !(beside(i-1) && beside(i+1)), // in a word it is none
			r == '@' && !beside(i-1),                  // a mention
			r == '\\' && !beside(i+1):                 // it would escape what follows
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func wordRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r > 0x7F
}

// code writes a name or a command between backticks, where nothing is markup. A text with a bar,
// which would end the cell of a table, or with a backslash is written as prose.
func code(s string) string {
	s = Printable(reflow(s))
	switch {
	case s == "":
		return "-"
	case strings.Contains(s, "|"), strings.Contains(s, `\`) && !strings.Contains(s, " "):
		return prose(s)
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
