package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// httpURLConnection is the client that Java brings along. Its logger prints each head as one line of pairs.
const httpURLConnection = "Java's HttpURLConnection"

var javaHead = lazyregexp.New(`sun\.net\.www\.MessageHeader@[0-9a-f]+ pairs: \{(.*?)\}?$`)

// httpURLConnectionLine reads such a line.
func (r *reader) httpURLConnectionLine(text string) ([]line, bool) {
	if !strings.Contains(text, "sun.net.www.MessageHeader@") {
		return nil, false
	}
	m := javaHead().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	pairs := strings.SplitN(m[1], "}{", maxHeaderLines)
	k := requestLine
	first, isRequest := strings.CutSuffix(pairs[0], ": null")
	if status, ok := strings.CutPrefix(pairs[0], "null: "); ok && isStatusLine(status) {
		first, k = status, responseLine
	} else if !isRequest || !isRequestLine(first) {
		return nil, false
	}
	r.program = httpURLConnection
	lines := []line{{kind: k, text: first}}
	for _, pair := range pairs[1:] {
		lines = append(lines, line{kind: k, text: pair})
	}
	return append(lines, line{kind: k}), true
}
