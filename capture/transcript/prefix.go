package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

var (
	// stamp is what logs and programs put before each line: a time, the stream of a container, the
	// numbers of curl --trace-ids.
	stamp = lazyregexp.New(`^(?:(?:\d{4}[/-]\d\d[/-]\d\d[T ])?\d\d:\d\d:\d\d(?:\.\d{1,9})?Z? +(?:(?:stdout|stderr) [FP] )?){0,2}(?:\[[0-9x]+-[0-9x]+\] )?`)
	// meter is curl's progress meter. What follows it is in the same line.
	meter = lazyregexp.New(`^[ \d.kMGTP:-]{70,}([*<>](?: .*)?)$`)
	// quote is the beginning of a mail's line that quotes the output of curl -v.
	quote = lazyregexp.New(`^> ?(?:[<>*] |[<>*]$)`)
	// escape is a sequence that colours text at a terminal: curl writes the names of header lines so.
	escape = lazyregexp.New(`\x1b\[[0-9;?]*[A-Za-z]`)
	// indentation is the beginning of the first line of a text that is indented as a whole.
	indentation = lazyregexp.New(`^( {4,}|\t)\S`)
	// indented is the beginning of a line of curl -v in a block of Markdown, or in a list.
	indented = lazyregexp.New(`^( {2,8}|\t)(?:[<>*] |[<>*]$)`)
)

// withoutPrefix returns a line without what others put before it.
func (r *reader) withoutPrefix(text string) string {
	if strings.Contains(text, "\x1b[") {
		text = escape().ReplaceAllString(text, "")
	}
	if m := indentation().FindStringSubmatch(text); m != nil && !r.started {
		r.indent = m[1]
	}
	r.started = r.started || strings.TrimSpace(text) != ""
	if m := indented().FindStringSubmatch(text); m != nil && r.program == "" {
		r.indent = m[1]
	}
	text = strings.TrimPrefix(text, r.indent)
	if r.program == "" && quote().MatchString(text) {
		r.quoted = true
	}
	if r.quoted {
		text = strings.TrimPrefix(strings.TrimPrefix(text, ">"), " ")
	}
	text = text[len(stamp().FindString(text)):]
	if m := meter().FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}
