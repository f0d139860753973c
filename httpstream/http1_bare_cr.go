package httpstream

import "bytes"

// A CR that no LF follows is invalid in a head, or stands for a space (RFC 9112 section 2.2). Some
// readers take it for the end of a line. So is a head read here that has one, and noted; but where
// the start line ends with CR CR LF, that is one end.

// hasBareCR reports whether b holds a CR that no LF follows.
func hasBareCR(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			return false
		}
		if i+1 == len(b) || b[i+1] != '\n' {
			return true
		}
		b = b[i+2:]
	}
}

// bareStartLine returns the length of the start line that b begins with, if it does not end with
// LF or CR LF; 0 otherwise. doubled is set if it ends with several CRs and an LF.
func bareStartLine(b []byte) (end int, doubled bool) {
	line := bytes.IndexByte(b[:min(len(b), maxEvident)], '\r')
	if line <= 0 || line+1 == len(b) || b[line+1] == '\n' || !isStartLine(b[:line]) {
		return 0, false
	}
	for end = line + 1; end < len(b) && b[end] == '\r'; {
		end++
	}
	switch {
	case end == len(b) && end > line+1:
		return 0, false // an LF may follow
	case end < len(b) && b[end] == '\n':
		return end + 1, true
	}
	return line + 1, false
}

// isStartLine reports whether a line without its end begins a request or a response.
func isStartLine(line []byte) bool {
	_, ok := cutRequestLine(line)
	return ok || classifyResponse(line) == httpResponse
}

// bareHeadEnds does what headEnds does, for a head with a CR that no LF follows.
func bareHeadEnds(b []byte, from int) bool {
	if !bytes.Contains(b[from:], []byte("\r\r")) {
		return false
	}
	_, doubled := bareStartLine(b)
	return !doubled || bytes.Contains(b[from:], []byte("\n\r\r\n"))
}

// readBareCR does what read does, for a head with a CR that no LF follows.
func (h *head) readBareCR(b []byte) (whole bool) {
	end, doubled := bareStartLine(b)
	bare := end > 0
	if !bare { // a CR in front of the LF is a part of it
		end = bytes.IndexByte(b, '\n') + 1
	}
	h.ends, h.block, h.bareCR = h.ends[:0], nil, false
	for begin := 0; end > 0; {
		h.ends = append(h.ends, begin+end)
		h.bareCR = h.bareCR || bare
		empty := b[begin] == '\r' || b[begin] == '\n'
		if begin += end; empty {
			h.text = b[:begin]
			return true
		}
		end, bare = bareLine(b[begin:], doubled)
	}
	return false
}

// bareLine returns the length of the line that b begins with, 0 if its end is not there, and
// whether it ends with something else than LF or CR LF.
func bareLine(b []byte, doubled bool) (end int, bare bool) {
	text := bytes.IndexAny(b, "\r\n")
	if text < 0 {
		return 0, false
	}
	for end = text; doubled && end+1 < len(b) && b[end] == '\r' && b[end+1] == '\r'; {
		end++
	}
	switch next := b[end+1:]; {
	case b[end] == '\n':
		return end + 1, false
	case len(next) > 0 && next[0] == '\n':
		return end + 2, end > text
	case len(next) == 0 && (text > 0 || doubled):
		return 0, false // an LF may follow
	}
	return text + 1, true
}
