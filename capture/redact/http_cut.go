package redact

import "bytes"

// cutStartLine rewrites the beginning of a first line whose end is missing, as far as it says what begins:
// the version and the status, or the method and of what kind its target is. It returns the rest.
func (r *Redactor) cutStartLine(b []byte, isResponse bool) (rest []byte) {
	if isResponse {
		const pattern = "HTTP/1.1 401 "
		n := 0
		for n < min(len(b), len(pattern)) && (b[n] == pattern[n] || isDigit(b[n]) && isDigit(pattern[n])) {
			n++
		}
		return b[max(n, min(len("HTTP/"), len(b))):]
	}
	method, target, ok := bytes.Cut(b, []byte(" "))
	put(method, r.standardText(string(method)))
	if ok && len(target) > 0 && (target[0] == '/' || target[0] == '*') {
		return target[1:]
	}
	return target
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
