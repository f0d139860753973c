package httpstream

import "strings"

// startsMessage reports whether a segment starts like a message of that side; of a server,
// perhaps behind empty lines, which no client sends.
func startsMessage(from Side, b []byte) bool {
	if from == Client {
		return classify(b, false) == httpRequest
	}
	return classifyResponse(skipEmptyLines(b)) == httpResponse
}

// mayStartMessage reports whether b is too short to show whether a message starts with it. Of
// a client only what it sent first counts: behind a loss that may have held a request nothing
// shows which of them a response is for.
func (h *http1) mayStartMessage(from Side, b []byte) bool {
	if from == Server {
		return classifyResponse(b) == undecided
	}
	if h.conn.Bytes[Client] != int64(len(b)) {
		return false
	}
	for _, m := range methods {
		if strings.HasPrefix(m, string(b)) {
			return true
		}
	}
	return false
}

// foundMessage looks for the next message at the start of a segment, where it is not known where
// that begins, and reports whether it found one. What is too short to show it is held, and
// looked at with what follows.
func (h *http1) foundMessage(from Side, m *http1Half, at *Pos, b []byte) bool {
	if len(m.held) > 0 {
		begun := append(m.held[:len(m.held):len(m.held)], b...)
		switch {
		case startsMessage(from, begun):
			m.state, m.noMessage = inHead, false
			return true
		case h.mayStartMessage(from, begun):
			h.hold(m, b)
			return false
		}
		h.dropBeginning(from, m)
	}
	switch {
	case startsMessage(from, b):
		m.state, m.noMessage = inHead, false
		return true
	case h.mayStartMessage(from, b):
		m.at, m.began = *at, h.shared.sendPoint
		h.hold(m, b)
	default:
		h.unread(from, m, len(b), *at)
	}
	return false
}

// dropBeginning drops what foundMessage held.
func (h *http1) dropBeginning(from Side, m *http1Half) {
	h.unread(from, m, len(m.held), m.at)
	h.release(m)
}

// isAwaited reports whether a server should send a response now: on a connection that began
// before the capture, it has received the first request that was seen.
func (h *http1) isAwaited(from Side) bool {
	if from == Client || h.conn.SYN || h.conn.Lost[Server] > 0 {
		return false
	}
	p := h.firstUnanswered()
	return p != nil && p.x.Request != nil && p.mayAnswer(h.shared.sendPoint)
}

// unread counts bytes in place of a message, unless the message they belong to is lost.
func (h *http1) unread(from Side, m *http1Half, n int, at Pos) {
	if m.noMessage || h.isAwaited(from) {
		h.shared.unread(h.conn, from, int64(n), at)
	}
}
