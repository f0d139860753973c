package redact

import (
	"bytes"
	"encoding/binary"

	"negotrace/capture/redact/message"
	"negotrace/capture/redact/standin"
)

// A multipart is how a body in parts is read (RFC 2046 section 5.1): it keeps its boundaries, which become those of the
// header line, and the header lines of its parts. What replaces a part depends on its own media type.
type multipart struct {
	boundary, becomes string // no boundary for a body of one part
	inHead            bool   // header lines of a part come next
	isLineStart       bool   // what comes next begins a line
	media             string // of the part whose head is read
}

// maxPartLine is how long a header line of a part may be, or a line with a boundary.
const maxPartLine = 8 << 10

// parts rewrites what can be read of a body in parts.
func (r *Redactor) parts(h *half) int {
	b, isEnd := h.buf, false
	if h.left >= 0 && int64(len(b)) >= h.left {
		b, isEnd = b[:h.left], true
	}
	n := r.nextOfParts(h, b, isEnd)
	if n == 0 {
		h.need = len(h.buf) + 1
		return 0
	}
	r.Counts.BodyBytes += n
	if h.left >= 0 {
		if h.left -= int64(n); h.left == 0 {
			h.bodyEnds()
		}
	}
	return n
}

// cutParts rewrites the buffered bytes of a body in parts behind which something is missing.
func (r *Redactor) cutParts(h *half) {
	for h.state == inParts && len(h.buf) > 0 {
		n := r.nextOfParts(h, h.buf, true)
		r.Counts.BodyBytes += n
		if h.left >= 0 {
			h.left -= int64(n)
		}
		r.commit(h, n)
	}
	h.multipart.inHead, h.multipart.isLineStart = false, false
}

// nextOfParts rewrites the beginning of b, which is at the end of what there is or goes on, and returns how much of it;
// 0 if more is needed.
func (r *Redactor) nextOfParts(h *half, b []byte, isEnd bool) int {
	m := &h.multipart
	if m.becomes == "" {
		m.becomes, m.isLineStart = r.Names.OpaqueText(m.boundary), true
	}
	if m.inHead {
		if n, ok := r.partLine(h, b, isEnd); ok {
			return n
		}
		h.partBegins()
		h.isSealed = true
	}
	content, lineBreak, isFound := m.find(b, isEnd, h.isSealed)
	if content > 0 {
		return r.partContent(h, b[:content], isFound || isEnd)
	}
	if !isFound {
		return 0
	}
	return m.delimiter(b, lineBreak, isEnd)
}

// partLine rewrites a header line of a part, or the empty line behind them. It returns false for what is none: WinRM has
// no empty line in front of what is encrypted.
func (r *Redactor) partLine(h *half, b []byte, isEnd bool) (n int, ok bool) {
	line, rest := cutField(b)
	n = len(b) - len(rest)
	switch isWhole := n > 0 && b[n-1] == '\n'; {
	case len(line) == 0 && isWhole:
		h.partBegins()
		return n, true
	case isWhole && !isPartField(line):
		return 0, false
	case isEnd && !isWhole:
		standin.Letters.Fill(b, 0)
		return len(b), true
	case len(rest) > 0 || isEnd: // else the line may go on
		if name, value := r.Line(line); name == "content-type" {
			f := framing{}
			f.note(name, value)
			h.multipart.media = f.media
		}
		return n, true
	}
	return 0, len(b) <= maxPartLine
}

// isPartField reports whether a line is a name and a value of text.
func isPartField(line []byte) bool {
	name, value, ok := bytes.Cut(line, []byte(":"))
	isControl := func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f }
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(c rune) bool { return !isTokenChar(c) }) && !bytes.ContainsFunc(value, isControl)
}

// partBegins has the content of a part come next.
func (h *half) partBegins() {
	m := h.multipart
	m.inHead, m.isLineStart = false, true
	h.bodyFill = fillOf(&framing{media: m.media}, -1, false)
	m.media = ""
	h.multipart = m
}

// partContent fills the content of a part, or what is in front of the first one and behind the last one, of which the
// end may be there.
func (r *Redactor) partContent(h *half, b []byte, isWhole bool) int {
	if h.isUnseen {
		if !isWhole && len(b) < h.seen() {
			return 0
		}
		if h.isSealed {
			h.isUnseen, h.multipart.isLineStart = false, false
			sealedPart(r.Values, b)
			return len(b)
		}
		left := int64(-1)
		if isWhole {
			left = int64(len(b))
		}
		h.sees(b, left)
	}
	n := copy(b, h.blank)
	h.blank = h.blank[n:]
	h.filler().Fill(b[n:], 0)
	h.multipart.isLineStart = false
	return len(b)
}

// sealedPart rewrites what WinRM encrypts (MS-WSMV section 2.2.9.1): a token behind its length, and the rest.
func sealedPart(v *standin.Values, b []byte) {
	const length, longest = 4, 256
	if len(b) <= length || binary.LittleEndian.Uint32(b) > longest {
		standin.Noise.Fill(b, 0)
		return
	}
	message.Sealed(v, b[length:])
}

// find returns how much of b is in front of a boundary, how long the line break is that belongs to that, and whether
// there is one. Without one it holds back what may be the beginning of one. What is sealed has none in front of it.
func (m *multipart) find(b []byte, isEnd, isSealed bool) (content, lineBreak int, isFound bool) {
	delimiter := []byte("--" + m.boundary)
	if at := bytes.Index(b, delimiter); isSealed && at >= 0 {
		return at, 0, true
	}
	if m.isLineStart && bytes.HasPrefix(b, delimiter) {
		return 0, 0, true
	}
	whole := append([]byte("\r\n"), delimiter...)
	if isSealed {
		whole = append([]byte("-"), delimiter...)
	}
	switch at := bytes.Index(b, whole[1:]); {
	case at > 0 && b[at-1] == '\r':
		return at - 1, len("\r\n"), true
	case at >= 0:
		return at, len("\n"), true
	case isEnd:
		return len(b), 0, false
	case m.isLineStart && bytes.HasPrefix(delimiter, b):
		return 0, 0, false
	}
	for n := min(len(b), len(whole)); n > 0; n-- {
		if end := b[len(b)-n:]; bytes.HasPrefix(whole, end) || bytes.HasPrefix(whole[1:], end) {
			return len(b) - n, 0, false
		}
	}
	return len(b), 0, false
}

// delimiter rewrites the line with a boundary that b begins with, behind a line break.
func (m *multipart) delimiter(b []byte, lineBreak int, isEnd bool) int {
	behind := b[lineBreak+len("--")+len(m.boundary):]
	end := bytes.IndexByte(behind, '\n') + 1
	switch {
	case end == 0 && !isEnd && len(behind) <= maxPartLine:
		return 0
	case end == 0:
		end = len(behind)
	}
	copy(b[lineBreak+len("--"):], m.becomes)
	line := bytes.TrimRight(behind[:end], "\r\n")
	m.inHead, m.isLineStart = !bytes.HasPrefix(line, []byte("--")), true
	if !m.inHead {
		line = line[len("--"):]
	}
	standin.Letters.Fill(bytes.TrimLeft(line, " \t"), 0)
	return len(b) - len(behind) + end
}
