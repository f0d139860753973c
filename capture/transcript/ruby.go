package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// ruby is Net::HTTP with set_debug_output: what it sends has an arrow to the left.
const ruby = "Ruby's Net::HTTP"

var rubyLine = lazyregexp.New(`^(<-|->) "(.*)"$`)

// rubyLine reads a line of it.
func (r *reader) rubyLine(text string) ([]line, bool) {
	if !strings.HasPrefix(text, "<-") && !strings.HasPrefix(text, "->") && r.program == "" {
		return nil, false
	}
	m := rubyLine().FindStringSubmatch(text)
	if m == nil {
		if r.program == ruby && strings.HasPrefix(text, "opening connection to ") {
			return []line{{kind: remark, text: "Closing connection"}}, true
		}
		return nil, false
	}
	literal := strings.NewReplacer(`\r\n`, "\n", `\\`, `\`, `\"`, `"`).Replace(m[2])
	first, _, _ := strings.Cut(literal, "\n")
	switch {
	case m[1] == "<-" && isRequestLine(first):
		r.program, r.mode = ruby, inRequest
		head, _, _ := strings.Cut(literal, "\n\n")
		return append(linesOf(requestLine, head), line{kind: requestLine}), true
	case r.program != ruby:
		return nil, false
	case m[1] == "->" && isStatusLine(first):
		r.mode = inResponse
	case m[1] == "<-" || r.mode != inResponse:
		return nil, true
	}
	if first == "" {
		r.mode = inBody
	}
	return []line{{kind: responseLine, text: first}}, true
}

// linesOf returns the lines of a head.
func linesOf(k kind, head string) []line {
	var lines []line
	for l := range strings.SplitSeq(head, "\n") {
		lines = append(lines, line{kind: k, text: l})
	}
	return lines
}
