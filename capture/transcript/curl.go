package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

var (
	// unended is a remark of an old curl that has no line end, before the header line that follows it.
	unended = lazyregexp.New(`^\* ((?:gss_|InitializeSecurityContext|GSSAPI).*?)(< (?:[A-Za-z-]+: .*)?)$`)
	gitLine = lazyregexp.New(`^http\.c:\d+ +(=>|<=|==) (Send header|Recv header|Info)[^:]*: ?(.*)$`)
)

// curlLine reads a line of curl -v, --trace or --trace-ascii.
func (r *reader) curlLine(text string) ([]line, bool) {
	if m := blockStart().FindStringSubmatch(text); m != nil {
		r.begin(m[1], m[2])
		return nil, true
	}
	if said, ok := strings.CutPrefix(text, "== Info: "); ok {
		return []line{{kind: remark, text: strings.TrimSpace(said)}}, true
	}
	if strings.HasPrefix(text, "* ") {
		if m := unended().FindStringSubmatch(text); m != nil {
			head, _ := r.marked(curl, m[2], "> ", "< ")
			return append([]line{{kind: remark, text: m[1]}}, head...), true
		}
		return []line{{kind: remark, text: strings.TrimSpace(text[2:])}}, true
	}
	return r.marked(curl, text, "> ", "< ")
}

// httrLine reads a line of httr, which is curl for R.
func (r *reader) httrLine(text string) ([]line, bool) { return r.marked(httr, text, "-> ", "<- ") }

// marked reads a line of a head that a program has marked as sent or received.
func (r *reader) marked(program, text, sent, received string) ([]line, bool) {
	k := requestLine
	said, ok := cutMark(text, sent)
	if !ok {
		k = responseLine
		if said, ok = cutMark(text, received); !ok {
			return nil, false
		}
	}
	if r.program == "" && !isRequestLine(said) && !isStatusLine(said) {
		return nil, false
	}
	r.program, r.mode = program, unmarked
	if k == requestLine && isRequestLine(said) { // libcurl marks only this line of a head
		r.mode = inRequest
	}
	return []line{{kind: k, text: strings.TrimSpace(said)}}, true
}

// cutMark returns what is behind a mark. Editors take away the blank of a mark that ends its line.
func cutMark(text, mark string) (string, bool) {
	if text == mark[:len(mark)-1] {
		return "", true
	}
	return strings.CutPrefix(text, mark)
}

// gitLine reads a line of Git with GIT_TRACE_CURL.
func (r *reader) gitLine(text string) ([]line, bool) {
	if !strings.HasPrefix(text, "http.c:") {
		return nil, false
	}
	m := gitLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	r.program = git
	return []line{{kind: map[string]kind{"=>": requestLine, "<=": responseLine, "==": remark}[m[1]], text: strings.TrimSpace(m[3])}}, true
}
