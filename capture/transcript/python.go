package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// python is http.client of Python, with debuglevel 1.
const python = "Python's http.client"

// pythonLine is what it prints: a head that was sent as a literal, a status line, a header line.
var pythonLine = lazyregexp.New(`^(send|reply|header): (?:b?(['"])(.*)['"]$|(.*))`)

// pythonLine reads a line of it.
func (r *reader) pythonLine(text string) ([]line, bool) {
	if !strings.HasPrefix(text, "send: ") && !strings.HasPrefix(text, "reply: ") && !strings.HasPrefix(text, "header: ") {
		return nil, false
	}
	m := pythonLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	literal := strings.NewReplacer(`\r\n`, "\n", `\\`, `\`, `\'`, `'`, `\"`, `"`).Replace(m[3])
	first, _, _ := strings.Cut(literal, "\n")
	switch {
	case m[1] == "send" && m[2] != "" && isRequestLine(first):
		r.program = python
		head, _, _ := strings.Cut(literal, "\n\n")
		return append(linesOf(requestLine, head), line{kind: requestLine}), true
	case r.program != python:
		return nil, false
	case m[1] == "reply" && isStatusLine(first):
		return []line{{kind: responseLine, text: first}}, true
	case m[1] == "header" && m[2] == "":
		return []line{{kind: responseLine, text: m[4]}}, true
	}
	return nil, true
}
