package redact

import "bytes"

// cutStartLine rewrites the beginning of a first line whose end is missing, as far as it says what begins:
// the version and the status, or the method and of what kind its target is. It returns the rest.
func (r *Redactor) cutStartLine(b []byte, isResponse bool) (rest []byte) {
	const status = len("HTTP/1.1 401")
	if isResponse {
		if len(b) >= status && parseStatus(string(b[status-3:status])) > 0 {
			return b[status:]
		}
		return b[min(len("HTTP/"), len(b)):]
	}
	method, target, ok := bytes.Cut(b, []byte(" "))
	put(method, r.standardText(string(method)))
	if ok && len(target) > 0 && (target[0] == '/' || target[0] == '*') {
		return target[1:]
	}
	return target
}
