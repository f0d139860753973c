package httpstream

import (
	"bytes"
	"strconv"
	"strings"
)

// beginBody takes the message whose head has just been read to its body.
func (h *http1) beginBody(from Side, m *http1Half, at *Pos, n int64) {
	m.bodyLeft, m.bodyLen, m.keepBody = 0, 0, 0
	switch {
	case from == Server && m.current.x.WantsBody() > 0:
		m.keepBody = m.current.x.WantsBody()
	case m.current.x.hasKDCMessage(from), from == Server && m.current.x.hasEarlyKDCReply():
		m.keepBody, m.kdc = maxRecord, &kdcContent{}
	}
	switch {
	case n == chunked:
		m.state = inLine
	case n == untilClose:
		m.state = toClose
		m.bodyUncertain = false
	case n == 0:
		h.finish(from, m, at)
	default:
		m.state, m.bodyLeft = inBody, n
	}
}

// body takes bytes of a body or chunk.
func (h *http1) body(from Side, m *http1Half, at *Pos, b []byte) []byte {
	if m.bodyUncertain {
		m.bodyUncertain = false
		if startsMessage(from, b) { // no body after all: it answered a HEAD, or was withheld
			h.finishWithout(from, m, at)
			return b
		}
	}
	if m.state == inBody && from == Server && h.answersNext(b) {
		m.current.note(*at, "the body of the %s ends early: its Content-Length is more than was sent", from)
		h.finish(from, m, at)
		return b
	}
	n := int(min(m.bodyLeft, int64(len(b))))
	h.keepBytes(m, b[:n])
	m.bodyLeft -= int64(n)
	m.bodyLen += int64(n)
	m.current.extend(from, at)
	if m.bodyLeft == 0 {
		h.bodyEnd(from, m, at)
	}
	return b[n:]
}

// answersNext reports whether b, inside of a body, is the answer to the next request: the client sent that when it
// had received all that came of the body, so that the body was over for both ends.
func (h *http1) answersNext(b []byte) bool {
	if len(h.queue) < 2 {
		return false
	}
	now, next := h.shared.sendPoint, h.queue[1]
	return next.isReceived(now) && next.requestSent.peerOffset == now.offset && startsMessage(Server, b)
}

// bodyToClose takes bytes of a body that ends with the connection, unless the server did not close
// it and answers the next request. What may be the beginning of an answer is held.
func (h *http1) bodyToClose(from Side, m *http1Half, at *Pos, b []byte) (rest []byte) {
	if len(h.queue) > 1 {
		first, all := *at, b
		if len(m.held) > 0 {
			first, all = m.at, append(m.held[:len(m.held):len(m.held)], b...)
		}
		switch p := classifyResponse(skipEmptyLines(all)); {
		case p == httpResponse:
			h.release(m)
			h.finish(from, m, at)
			h.data(from, &first, all)
			return nil
		case p == undecided && len(all) <= maxStatusLine:
			if len(m.held) == 0 {
				m.at = *at
			}
			h.hold(m, b)
			return nil
		}
	}
	held := h.takeHeld(m)
	for _, part := range [...][]byte{held, b} {
		h.keepBytes(m, part)
		m.bodyLen += int64(len(part))
	}
	h.shared.pools.held.put(held)
	m.current.extend(from, at)
	return nil
}

// bodyEnd is called where the bytes of a body or chunk are complete.
func (h *http1) bodyEnd(from Side, m *http1Half, at *Pos) {
	if m.state == inChunk {
		m.state = inCRLF
		return
	}
	h.finish(from, m, at)
}

// chunkLine takes the lines between the chunks (RFC 9112 section 7.1): their sizes,
// the line end after each, and the trailer.
func (h *http1) chunkLine(from Side, m *http1Half, at *Pos, b []byte) []byte {
	if m.bodyUncertain {
		m.bodyUncertain = false
		if startsMessage(from, b) {
			h.finishWithout(from, m, at)
			return b
		}
	}
	if (m.state == inTrailer && len(m.held) == 0 || m.state == inLine) && b[0] > '\r' && startsMessage(from, b) { // no field, and no size
		m.current.note(*at, "%s side: the line that ends a chunked body is missing", from)
		h.release(m)
		h.finish(from, m, at)
		return b
	}
	i := bytes.IndexByte(b, '\n')
	rest := b[i+1:]
	if i < 0 {
		i, rest = len(b), nil
	} else {
		i++
	}
	if len(m.held)+i > maxChunkLine {
		h.shared.drop(lineDropped)
		h.lose(from, m, at, "a line between chunks is longer than 4 KiB")
		return nil
	}
	if rest == nil && b[len(b)-1] != '\n' {
		h.hold(m, b)
		return nil
	}
	l := b[:i]
	if len(m.held) > 0 {
		h.hold(m, l)
		l = h.takeHeld(m)
	}
	m.current.extend(from, at)
	if !h.chunkStep(from, m, at, strings.TrimRight(string(l), "\r\n")) {
		h.lose(from, m, at, "malformed chunk")
		return nil
	}
	return rest
}

// chunkStep takes one whole line between chunks, and reports whether it is valid.
func (h *http1) chunkStep(from Side, m *http1Half, at *Pos, l string) bool {
	switch {
	case m.state == inCRLF:
		m.state = inLine
		return l == ""
	case m.state == inTrailer:
		if l == "" {
			h.finish(from, m, at)
		}
		return true
	}
	size, _, _ := strings.Cut(l, ";")
	n, err := strconv.ParseUint(strings.Trim(size, " \t"), 16, 62)
	if err != nil {
		return false
	}
	m.state, m.bodyLeft = inChunk, int64(n)
	if n == 0 {
		m.state = inTrailer
	}
	return true
}

// finishWithout ends a message whose body was announced and is not there.
func (h *http1) finishWithout(from Side, m *http1Half, at *Pos) {
	if from == Client {
		done := m.current.x.Request.Done
		if m.bodyLen == 0 {
			m.current.note(done, "the body that the request announces was not sent")
		} else {
			m.current.note(done, "the body that the request announces was not sent to its end")
		}
		at = &done
	}
	h.finish(from, m, at)
}

// keepBytes adds b to the body, up to keepBody bytes.
func (h *http1) keepBytes(m *http1Half, b []byte) {
	if m.keepBody == 0 {
		return
	}
	if m.kdc != nil {
		h.shared.held += int64(m.kdc.add(b))
		return
	}
	b = b[:min(len(b), m.keepBody)]
	p := m.current
	if p.body == nil {
		size := min(max(m.bodyLeft, int64(len(b))), int64(m.keepBody))
		p.body = h.shared.pools.bodies.take(int(size))
		h.holdFor(p, int(size))
	}
	p.body = append(p.body, b...)
	m.keepBody -= len(b)
}

// finish ends the message of a side.
func (h *http1) finish(from Side, m *http1Half, at *Pos) {
	p := m.current
	if from == Client {
		p.x.Request.BodyLen = m.bodyLen
		p.requestOver = true
	} else {
		p.x.Response.BodyLen = m.bodyLen
		p.responseOver = true
	}
	p.extend(from, at)
	h.endKDCMessage(from, m)
	m.state, m.bodyLeft, m.bodyLen, m.keepBody, m.bodyUncertain, m.current = inHead, 0, 0, 0, false, nil
	h.flush()
}
