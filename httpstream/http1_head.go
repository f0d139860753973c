package httpstream

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// skipEmptyLines passes over the empty lines that may come before a message (RFC 9112
// section 2.2).
func skipEmptyLines(b []byte) []byte {
	for len(b) > 0 && (b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// blanks returns how many bytes in front of a start line b begins with that lenient readers pass over:
// white space, NUL and the bytes of a byte order mark, none of which begins a message.
func blanks(b []byte) int {
	const all = " \t\r\n\x00\xef\xbb\xbf"
	for i, c := range b {
		if c > ' ' && c < 0x80 || strings.IndexByte(all, c) < 0 {
			return i
		}
	}
	return len(b)
}

// A head is the lines of the head of a message: their text, and where each of them ends.
// Lines that were matched as one block have a single end, that of the block.
type head struct {
	text   []byte // valid as long as what it was read from
	ends   []int
	block  *headerBlock // of the lines after the start line; nil if no block matched
	bareCR bool         // a line ends with CR alone, or with several CRs and an LF
	// oddLine is set if only lenient readers take the start line, blank if there is something else
	// than empty lines in front of it.
	oddLine, blank bool
	lines          lineCache
	blocks         blockCache
}

// read makes h the head that b begins with, if the whole of it is there, the empty line
// included. Lines may end in LF alone (RFC 9112 section 2.2).
func (h *head) read(b []byte) (whole bool) {
	h.ends, h.block, h.bareCR = h.ends[:0], nil, false
	bare, rest := false, 0 // the rest may have a CR alone
	for begin := 0; ; {
		n := bytes.IndexByte(b[begin:], '\n')
		if n < 0 {
			return bareHeadEnds(b, 0) && h.readBareCR(b)
		}
		end := begin + n + 1
		h.ends = append(h.ends, end)
		if n == 0 || n == 1 && b[begin] == '\r' {
			h.text = b[:end]
			return !bare && !hasBareCR(b[rest:end]) || h.readBareCR(b)
		}
		begin = end
		if len(h.ends) == 1 {
			bare = hasBareCR(b[:end])
			if h.block = h.blocks.match(b[begin:]); h.block != nil {
				begin += len(h.block.text)
				h.ends = append(h.ends, begin)
			}
			rest = begin
		}
	}
}

// readPart makes h the lines that b holds of a head that is not whole.
func (h *head) readPart(b []byte) {
	b = bytes.TrimSuffix(b, []byte("\r")) // an LF may follow
	if h.read(b); !h.bareCR && hasBareCR(b) {
		h.readBareCR(b)
	}
	h.text = b
	if n := len(h.ends); n > 0 {
		h.text = b[:h.ends[n-1]]
	}
}

// line returns line i without its line end.
func (h *head) line(i int) []byte {
	begin := 0
	if i > 0 {
		begin = h.ends[i-1]
	}
	end := h.ends[i] - 1
	for end > begin && h.text[end-1] == '\r' {
		end--
	}
	return h.text[begin:end]
}

// headEnds reports whether the head that b begins with ends in it. Bytes before from were
// searched already.
func headEnds(b []byte, from int) bool {
	return bytes.Contains(b[from:], []byte("\n\n")) || bytes.Contains(b[from:], []byte("\n\r\n")) || bareHeadEnds(b, from)
}

// trim returns s without the white space around it.
func trim(s string) string {
	s = trimStart(s)
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

func trimStart(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// parse reads a request head (RFC 9112 section 3), if it is one.
func (r *Request) parse(h *head) (malformed int, ok bool) {
	l, ok := cutRequestLine(h.line(0))
	if !ok {
		return 0, false
	}
	r.Method, r.Target, r.Proto = h.lines.intern(l.method), string(l.target), h.lines.intern(l.proto)
	h.oddLine = l.odd
	r.Header, malformed = appendFields(r.Header[:0], h)
	r.Host = r.Header.Value("Host")
	return malformed, true
}

// parse reads a response head (RFC 9112 section 4), if it is one.
func (r *Response) parse(h *head) (malformed int, ok bool) {
	proto, status, end := cutStatusLine(h.line(0))
	if status == 0 {
		return 0, false
	}
	r.Proto, r.Status = h.lines.intern(proto), status
	if status >= StatusBadRequest {
		r.Reason = UnusualReason(status, string(h.line(0)[end:]))
	}
	r.Header, malformed = appendFields(r.Header[:0], h)
	return malformed, true
}

// tokenChars are the characters of a token (RFC 9110 section 5.6.2).
var tokenChars = func() (is [256]bool) {
	const chars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for i := range len(chars) {
		is[chars[i]] = true
	}
	return is
}()

// tokenLen returns how many characters of a token s begins with.
func tokenLen(s string) int {
	for i := range len(s) {
		if !tokenChars[s[i]] {
			return i
		}
	}
	return len(s)
}

func isToken(s string) bool { return s != "" && tokenLen(s) == len(s) }

// appendFields reads the lines after the start line and adds them to fields. A line that
// begins with white space continues the one before (obs-fold, RFC 9112 section 5.2).
func appendFields(fields Header, h *head) (_ Header, malformed int) {
	first, folded := 1, false
	if h.block != nil {
		fields = slices.Grow(fields, len(h.block.fields)+len(h.ends)-3)
		fields, first = append(fields, h.block.fields...), 2
	} else {
		fields = slices.Grow(fields, len(h.ends)-1)
	}
	for i := first; i < len(h.ends); i++ {
		line := h.line(i)
		if len(line) == 0 {
			continue
		}
		if isFolded(line) && len(fields) > 0 {
			i = h.unfold(&fields[len(fields)-1], i)
			folded = true
			continue
		}
		if l := h.lines.find(line); l.Name != "" {
			fields = append(fields, l.Field)
		} else {
			malformed++
		}
	}
	if h.block == nil && !folded && !h.bareCR && malformed == 0 {
		h.blocks.remember(h, fields)
	}
	return fields, malformed
}

// isFolded reports whether a line continues the one before.
func isFolded(line []byte) bool { return line[0] == ' ' || line[0] == '\t' }

// unfold adds line i, and those like it that follow, to the value of f, and returns the number
// of the last of them. All are added at once: a value has tens of thousands of lines where
// somebody wants it to take long.
func (h *head) unfold(f *Field, i int) (last int) {
	value := []byte(f.Value)
	for ; i < len(h.ends); i++ {
		line := h.line(i)
		if len(line) > 0 && !isFolded(line) {
			break
		}
		if line = bytes.Trim(line, " \t"); len(line) > 0 {
			value = append(append(value, ' '), line...)
		}
	}
	f.Value = strings.Trim(string(value), " ")
	return i - 1
}

// The ways in which a header gives the length of a body (RFC 9112 section 6.3), besides a
// number of bytes.
const (
	chunked    = -1
	untilClose = -2
	invalid    = -3
	noLength   = -4
)

// bodyLength returns what a header says about the length of the body; or otherwise if
// it says nothing.
func bodyLength(h Header, otherwise int64) int64 {
	coded, coding, length := false, "", int64(noLength)
	for i := range h {
		switch f := &h[i]; {
		case f.is("Transfer-Encoding"):
			coding = trim(f.Value[strings.LastIndexByte(f.Value, ',')+1:])
			coded = !strings.EqualFold(coding, "identity") // none (RFC 2616 section 3.6)
		case f.is("Content-Length"):
			length = contentLength(length, f.Value)
		}
	}
	switch {
	case coded && strings.EqualFold(coding, "chunked"):
		return chunked
	case coded:
		return untilClose
	case length == noLength:
		return otherwise
	}
	return length
}

// contentLength reads one more Content-Length, which may be a list: all must say the same.
func contentLength(length int64, list string) int64 {
	for more := true; more; {
		var v string
		v, list, more = strings.Cut(list, ",")
		n, err := strconv.ParseUint(trim(v), 10, 62)
		if err != nil || length != noLength && length != int64(n) {
			return invalid
		}
		length = int64(n)
	}
	return length
}
