package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// dotNet is HttpClient of .NET. Its messages print themselves so in logs and exceptions: a line, and the
// header lines in braces.
const dotNet = ".NET's HttpClient"

var (
	dotNetRequest  = lazyregexp.New(`\bMethod: ([A-Z]+), RequestUri: '([^']+)', Version: ([\d.]+), Content: .*Headers:$`)
	dotNetResponse = lazyregexp.New(`\bStatusCode: (\d{3}), ReasonPhrase: '([^']*)', Version: ([\d.]+), Content: .*Headers:$`)
)

// dotNetLine reads a line of such a message.
func (r *reader) dotNetLine(text string) ([]line, bool) {
	text = strings.TrimSpace(text)
	if strings.HasSuffix(text, "Headers:") {
		if m := dotNetRequest().FindStringSubmatch(text); m != nil {
			r.program, r.mode = dotNet, inRequest
			return []line{{kind: requestLine, text: m[1] + " " + m[2] + " HTTP/" + m[3]}}, true
		}
		if m := dotNetResponse().FindStringSubmatch(text); m != nil {
			r.program, r.mode = dotNet, inResponse
			return []line{{kind: responseLine, text: "HTTP/" + m[3] + " " + m[1] + " " + m[2]}}, true
		}
	}
	if r.program != dotNet || r.mode != inRequest && r.mode != inResponse {
		return nil, false
	}
	switch text {
	case "{":
		return nil, true
	case "}":
		ends := r.unmarked("")
		return []line{ends}, true
	}
	return nil, false
}
