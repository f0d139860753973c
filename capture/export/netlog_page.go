package export

import "negotrace/internal/lazyregexp"

// setByPage matches the Authorization header in the headers that a page set. Old versions
// log them as one text, newer ones as a list of lines.
var setByPage = lazyregexp.New(`(?i)(?:"|\\[rn]|^)authorization: ?([A-Za-z][A-Za-z0-9-]{0,30})[ \\"]`)

// pageScheme returns the scheme of the credentials that a page set, as the event of its
// request logs it in every capture mode; empty if it set none, or the log left them out.
func pageScheme(headers []byte) string {
	if m := setByPage().FindSubmatch(headers); m != nil {
		return string(m[1])
	}
	return ""
}
