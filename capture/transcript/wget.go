package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

var (
	wgetMark = lazyregexp.New(`^---(request|response) (begin|end)---$`)
	// wgetConnected is Wget's line about a connection.
	wgetConnected = lazyregexp.New(`^Connecting to (\S+) .*?\|([0-9a-fA-F.:]+)\|:(\d+)\.\.\. connected\.`)
	// wgetBegins is Wget's line about a URL, in any language. What it prints next of HTTP is a response,
	// with -S.
	wgetBegins = lazyregexp.New(`^--(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d--  \S+$`)
	// wget2Head is the line of Wget2 before a head. With -d, day and time are before it.
	wget2Head = lazyregexp.New(`^(?:\d\d\.\d{6}\.\d{3} )?# (sent|got header) \d+ bytes:$`)
)

// knowsNoScheme is what Wget says of a challenge that names no scheme it can answer, where it was
// given a user.
const knowsNoScheme = "Unknown authentication scheme."

// wgetLine reads a line of Wget or Wget2, with -d or -S.
func (r *reader) wgetLine(text string) ([]line, bool) {
	switch {
	case strings.HasPrefix(text, "---"):
		if m := wgetMark().FindStringSubmatch(text); m != nil {
			r.program, r.mode = wget, unmarked
			if m[2] == "begin" {
				r.mode = map[string]mode{"request": inRequest, "response": inResponse}[m[1]]
			}
			return []line{{kind: other}}, true
		}
	case strings.HasPrefix(text, "Connecting to "):
		if m := wgetConnected().FindStringSubmatch(text); m != nil {
			return []line{{kind: remark, text: "Connected to " + m[1] + " (" + m[2] + ") port " + m[3]}}, true
		}
	case strings.HasPrefix(text, "--"):
		if wgetBegins().MatchString(text) {
			r.program, r.mode = wget, inBody
			return []line{{kind: other}}, true
		}
	case text == knowsNoScheme:
		return []line{{kind: remark, text: text}}, true
	case strings.HasSuffix(text, " bytes:"):
		if m := wget2Head().FindStringSubmatch(text); m != nil {
			r.program, r.mode = wget, map[string]mode{"sent": inRequest, "got header": inResponse}[m[1]]
			return []line{{kind: other}}, true
		}
	}
	return nil, false
}
