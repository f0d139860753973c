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

// cutHead rewrites the lines of a head whose end is missing. An incomplete last line becomes
// letters.
func (r *Redactor) cutHead(b []byte) {
	isResponse := isResponse(b)
	if !isResponse && !isStartLine(b) {
		if bytes.HasPrefix([]byte("HTTP/"), b) {
			return
		}
		r.unknown("incomplete messages", len(b))
		clear(b)
		return
	}
	for first := true; len(b) > 0; first = false {
		end := bytes.IndexByte(b, '\n') + 1
		line, _ := cutLine(b[:end])
		if field, rest := cutField(b); !first && bytes.HasSuffix(b[:len(b)-len(rest)], []byte("\n")) {
			line, end = field, len(b)-len(rest)
		}
		switch {
		case end == 0:
			if first {
				b = r.cutStartLine(b, isResponse)
			}
			letters.fill(b, 0)
			return
		case first && isResponse:
			r.Counts.Responses++
			r.statusLine(line)
		case first:
			r.Counts.Requests++
			r.requestLine(line, &framing{})
		default:
			r.headerLine(line, &framing{})
		}
		b = b[end:]
	}
}
