package redactproof

import (
	"fmt"
	"strings"

	"negotrace/analysis"
)

// sentence says how the report of OUT would differ from the original in a value: x of the original and
// y of OUT, which are at the same place of both.
func sentence(original *analysis.Report, x, y leaf) string {
	of := "the report"
	switch at := x; {
	case x.isListed(handshakes) || y.isListed(handshakes):
		if !x.isListed(handshakes) {
			at = y
		}
		if at.element > len(original.Handshakes) {
			return "OUT would have one more handshake"
		}
		h := original.Handshakes[at.element-1]
		of = fmt.Sprintf("handshake %d (%s)", at.element, h.Start)
		if x.isEnd() && y.path == handshakes || !y.isListed(handshakes) {
			return of + " would be missing"
		}
	case x.isListed(findings) || y.isListed(findings):
		if !x.isListed(findings) {
			at = y
		}
		if at.element > len(original.Findings) {
			return "OUT would have one more finding"
		}
		f := original.Findings[at.element-1]
		of = fmt.Sprintf("finding %s (%s)", f.Check, f.Pos())
		if !y.isListed(findings) {
			return of + " would be missing"
		}
	}
	switch {
	case x.path == y.path && !x.isEnd() && !y.isEnd():
		return fmt.Sprintf("%s: %s is %s and would be %s", of, wordsOf(x.path), quoted(x.value), quoted(y.value))
	case x.isEnd():
		return fmt.Sprintf("%s: %s would be new", of, wordsOf(y.path))
	}
	return fmt.Sprintf("%s: %s is %s and would be missing", of, wordsOf(x.path), quoted(x.value))
}

// Lists of a report of which each element has a place in the capture.
const handshakes, findings = "handshakes", "findings"

// isListed reports whether a value is one of an element of a list.
func (x leaf) isListed(list string) bool { return x.element > 0 && strings.HasPrefix(x.path, list+"/") }

// isEnd reports whether it is no value, but the end of an object or a list.
func (x leaf) isEnd() bool { return x.value == ends || x.path == "" }

// quoted returns a value for a sentence, not longer than a part of a line.
func quoted(value string) string {
	const longest = 30
	if r := []rune(value); len(r) > longest {
		value = string(r[:longest]) + "..."
	}
	return fmt.Sprintf("%q", value)
}

// wordsOf returns words for a member of a report.
func wordsOf(path string) string {
	names := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	last := names[len(names)-1]
	words := strings.ReplaceAll(last, "_", " ")
	if is, ok := memberWords[last]; ok {
		words = is
	}
	switch {
	case names[0] == "summary" && len(names) > 1 && (names[1] == "first" || names[1] == "last"):
		return "the place of the " + names[1] + " request"
	case names[0] == "summary":
		words = "the number of " + strings.ReplaceAll(strings.Join(names[1:], " "), "_", " ")
	}
	for i := len(names) - 2; i >= 0; i-- {
		if whole, ok := wholeWords[names[i]]; ok {
			return words + " of " + whole
		}
	}
	return words
}

// memberWords are words for members of which the name is none.
var memberWords = map[string]string{
	"verdict": "its first line", "message": "the sentence", "len": "the length", "id": "its number", "proto": "the version of HTTP",
	"spn": "the SPN", "url": "the URL", "user": "the user", "host": "the host", "outcome": "the outcome", "scheme": "the scheme",
	"mechanism": "the mechanism", "sub_status": "the substatus", "head_len": "the length of the head", "body_len": "the length of the body",
	"outcome_reason": "the reason of the outcome", "outcome_evidence": "how the outcome is known", "user_evidence": "how the user is known",
}

// wholeWords are words for what members are of.
var wholeWords = map[string]string{
	"request": "a request", "response": "a response", "sent": "credentials", "got": "a challenge", "kdc": "an exchange with a KDC",
	"dns": "an answer of DNS", "candidates": "a possible cause", "compared": "the comparison with one that worked", "clocks": "a clock",
}
