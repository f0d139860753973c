package transcript

import (
	"strings"

	"negotrace/internal/lazyregexp"
)

// httpClient is Apache's HttpClient.
const httpClient = "Apache HttpClient"

// httpClientLine is a line of its logs of header lines, or of bytes.
var httpClientLine = lazyregexp.New(`(?:(http-outgoing-\d+) |wire\.header(?: +-|\]) )(>>|<<) (.*)$`)

// httpClientLine reads a line of a log that may have each message twice, as header lines and as
// bytes in quotes. It uses the form that comes first.
func (r *reader) httpClientLine(text string) ([]line, bool) {
	if !strings.Contains(text, ">> ") && !strings.Contains(text, "<< ") {
		return nil, false
	}
	m := httpClientLine().FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	kind := map[string]kind{">>": requestLine, "<<": responseLine}[m[2]]
	said := m[3]
	bytes, quoted := strings.CutPrefix(said, `"`)
	if quoted {
		said = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(bytes, `"`), `[\n]`), `[\r]`)
	}
	if r.program == "" {
		if kind != requestLine || !isRequestLine(said) {
			return nil, false
		}
		r.program, r.bytes = httpClient, quoted
	}
	if quoted != r.bytes {
		return nil, true
	}
	return []line{{kind, m[1], strings.TrimSpace(said)}}, true
}
