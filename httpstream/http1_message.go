package httpstream

import (
	"bytes"
	"math/bits"
	"strings"
)

// head collects a head, and reads it when it is complete.
func (h *http1) head(from Side, m *http1Half, at *Pos, b []byte) []byte {
	lines := &h.shared.head
	if len(m.held) == 0 {
		b = skipEmptyLines(b)
		if n := blanks(b); n > 0 {
			m.blanks += n
			b = b[n:]
		}
		if len(b) == 0 {
			return nil
		}
		m.at, m.began = *at, h.shared.sendPoint
		if lines.read(b) && len(lines.text) <= maxHead {
			rest := b[len(lines.text):]
			h.message(from, m, at, lines, "")
			return rest
		}
	}
	had := len(m.held)
	h.hold(m, b[:min(len(b), maxHead-had)])
	switch {
	case headEnds(m.held, m.scanned) && lines.read(m.held):
		held, end := h.takeHeld(m), len(lines.text)
		rest := b[max(0, end-had):]
		if end < had { // with a CR alone, which shows only now
			rest = append(bytes.Clone(held[end:had]), b...)
		}
		h.message(from, m, at, lines, "")
		h.shared.pools.held.put(held)
		return rest
	case len(m.held) >= maxHead:
		h.shared.drop(headDropped)
		h.conn.Unread[from] = true
		h.cutHead(from, m, at, "head is longer than 128 KiB, its rest was not read")
		return nil
	}
	m.scanned = max(0, len(m.held)-3)
	if isLookedAt(had, len(m.held)) && !plausible(from, m.held) {
		h.noMessage(from, m, at, len(m.held))
	}
	return nil
}

// isLookedAt reports whether what is held of a head is looked at when it has grown: of a long line
// only where it has doubled.
func isLookedAt(from, to int) bool {
	return from < maxSniffed || bits.Len(uint(from)) < bits.Len(uint(to))
}

// plausible reports whether held may be the beginning of a head. Other bytes need not be
// held.
func plausible(from Side, held []byte) bool {
	if from == Server {
		return classifyResponse(held) != unknown
	}
	return classifyRequest(held, true) != unknown
}

// cutHead ends a head that will never be complete. If its start line is there, the
// message is delivered with the lines that were seen.
func (h *http1) cutHead(from Side, m *http1Half, at *Pos, why string) {
	lines := &h.shared.head
	held := h.takeHeld(m)
	lines.readPart(held)
	m.state = inHead
	if len(lines.ends) > 0 {
		h.message(from, m, at, lines, why)
	} else if h.ended[from] { // nothing else says that a message began
		m.noMessage = true
		h.unread(from, m, len(held), m.at)
	}
	h.shared.pools.held.put(held)
	m.state, m.afterGap = resync, true
}

// message takes the head of a message. why says why it is incomplete; empty if it is not.
func (h *http1) message(from Side, m *http1Half, at *Pos, lines *head, why string) {
	ok := false
	lines.blank = m.blanks > 0
	if from == Client {
		ok = h.request(m, at, lines, why)
	} else {
		ok = h.response(m, at, lines, why)
	}
	if !ok {
		h.noMessage(from, m, at, len(lines.text))
		return
	}
	m.blanks = 0
}

// noMessage takes n bytes that are no message.
func (h *http1) noMessage(from Side, m *http1Half, at *Pos, n int) {
	m.noMessage = true
	h.unread(from, m, n+m.blanks, m.at)
	m.blanks = 0
	h.release(m)
	h.lose(from, m, at, notHTTP)
}

func (h *http1) request(m *http1Half, at *Pos, lines *head, why string) bool {
	r := h.shared.pools.requests.take()
	malformed, ok := r.parse(lines)
	if !ok {
		return false
	}
	r.Pos, r.Done, r.HeadLen = m.at, *at, len(lines.text)
	h.shared.counters.Request(h.conn, m.at)
	m.current = h.pairRequest(m, r)
	isAnswered := m.current == h.half[Server].current
	h.holdFor(m.current, heldLines(r.HeadLen, r.Header))
	m.current.noteHead(m.at, Client, lines, malformed, why)
	m.current.noteOddities(m.at)
	n := bodyLength(r.Header, 0)
	switch {
	case why != "":
		h.conn.HeadsCut[Client]++
		h.abandon(Client, m, at)
	case r.Method == "CONNECT":
		answered := m.current.hasResponse()
		h.finish(Client, m, at)
		if !answered {
			m.state, m.bodyLeft = waiting, max(n, 0)
		}
	case n == invalid, n == untilClose:
		m.current.note(m.at, "the length of the request's body is not known")
		h.abandon(Client, m, at)
	default:
		h.beginBody(Client, m, at, n)
	}
	if isAnswered {
		h.goOn(at)
	}
	return true
}

func (h *http1) response(m *http1Half, at *Pos, lines *head, why string) bool {
	r := h.shared.pools.responses.take()
	malformed, ok := r.parse(lines)
	if !ok {
		return false
	}
	r.Pos, r.Done, r.HeadLen = m.at, *at, len(lines.text)
	if r.Status < 200 && r.Status != StatusSwitchingProtocols {
		h.interim(r)
		return true
	}
	h.shared.counters.Response(r.Status)
	m.current = h.pairResponse(m, r)
	h.holdFor(m.current, heldLines(r.HeadLen, r.Header))
	m.current.noteHead(m.at, Server, lines, malformed, why)
	x := m.current.x
	switch {
	case why != "":
		h.conn.HeadsCut[Server]++
		r.HeadCut = true
		h.abandon(Server, m, at)
	case h.switchesEarly(x):
		m.state = waiting
	default:
		h.answer(m, at)
	}
	return true
}

// answer reads what follows the head of a response.
func (h *http1) answer(m *http1Half, at *Pos) {
	x := m.current.x
	r := x.Response
	switch {
	case x.Request != nil && x.Request.Method == "CONNECT" && r.Status/100 == 2:
		h.finish(Server, m, at)
		h.enter(x, at, "")
	case r.Status == StatusSwitchingProtocols:
		h.finish(Server, m, at)
		h.enter(x, at, r.Header.Value("Upgrade"))
	default:
		if !h.hasLaterRequest(m.current) {
			h.refused(at)
		}
		h.mayWithholdBody(m.current, r.Status)
		h.beginBody(Server, m, at, h.responseLength(m, x))
	}
}

// mayWithholdBody notes that a client may not send the body that it announced, or the rest of
// it: it has its response (RFC 9110 section 10.1.1).
func (h *http1) mayWithholdBody(p *pairing, status int) {
	m := &h.half[Client]
	if m.current == p && status >= StatusMultipleChoices && (m.state == inBody || m.state == inChunk || m.state == inLine) {
		m.bodyUncertain = true
	}
}

// abandon ends a message whose body cannot be followed.
func (h *http1) abandon(from Side, m *http1Half, at *Pos) {
	h.finish(from, m, at)
	m.state, m.afterGap = resync, true
}

// responseLength returns the length of the body of a response (RFC 9112 section 6.3), or untilClose.
func (h *http1) responseLength(m *http1Half, x *Exchange) int64 {
	r := x.Response
	if r.Status == StatusNoContent || r.Status == StatusNotModified || x.Request != nil && x.Request.Method == "HEAD" {
		return 0
	}
	n := bodyLength(r.Header, untilClose)
	if n == invalid {
		m.current.note(r.Pos, "invalid Content-Length %q", strings.Join(r.Header.Values("Content-Length"), ", "))
		n = untilClose
	}
	m.bodyUncertain = x.Request == nil && n != untilClose
	return n
}
