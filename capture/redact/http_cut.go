package redact

import (
	"bytes"

	"negotrace/capture/redact/standin"
)

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
	standin.Put(method, r.StandardText(string(method)))
	if ok && len(target) > 0 && (target[0] == '/' || target[0] == '*') {
		return target[1:]
	}
	return target
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cutHead rewrites a head whose end is missing. A request still waits for its response, and a response answers one.
func (r *Redactor) cutHead(h *half) {
	b := h.buf
	isResponse := isResponse(b)
	if !isResponse && !isStartLine(b) {
		if bytes.HasPrefix([]byte("HTTP/"), b) {
			return
		}
		r.Unknown("incomplete messages", len(b))
		clearMessage(b)
		return
	}
	f := framing{}
	switch status := r.cutLines(b, isResponse, &f); {
	case !isResponse && len(h.requests) < maxRequests:
		h.requests = append(h.requests, f.pendingRequest)
	case isResponse && len(h.requests) > 0 && (status < 100 || status >= 200):
		h.requests = h.requests[1:]
	}
}

// cutLines rewrites the lines of such a head, and returns the status of a response, 0 if it is not there. An incomplete
// last line becomes letters.
func (r *Redactor) cutLines(b []byte, isResponse bool, f *framing) (status int) {
	for first := true; len(b) > 0; first = false {
		end := bytes.IndexByte(b, '\n') + 1
		line, _ := cutLine(b[:end])
		if field, rest := cutField(b); !first && bytes.HasSuffix(b[:len(b)-len(rest)], []byte("\n")) {
			line, end = field, len(b)-len(rest)
		}
		switch {
		case end == 0:
			if first {
				f.isHead, f.isConnect = bytes.HasPrefix(b, []byte("HEAD ")), bytes.HasPrefix(b, []byte("CONNECT "))
				b = r.cutStartLine(b, isResponse)
			}
			standin.Letters.Fill(b, 0)
			return status
		case first && isResponse:
			r.Counts.Responses++
			status = r.statusLine(line)
		case first:
			r.Counts.Requests++
			r.requestLine(line, f)
		default:
			f.note(r.Line(line))
		}
		b = b[end:]
	}
	return status
}
