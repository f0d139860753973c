package redact

import (
	"slices"

	"negotrace/capture/redact/message"
	"negotrace/capture/redact/standin"
)

// Messages of protocols that are not read, of which the heads stay: see package message.

// notRead names connections that are counted and not understood.
const notRead = "connections of protocols that are not read"

// zerosAreMessages are ports of protocols in which a message of length 0 is malformed, or is one: Wireshark takes zeros
// there for malformed, and noise for nothing.
var zerosAreMessages = []uint16{
	42, 210, 547, 1153, 1194, 2234, 2240, 2571, 3002, 3003, 3006, 3014, 3016, 3017, 3018, 3019, portMySQL, 3369, 3724, 4222, 4249, 4250, 5000, 5353,
	5534, 7171, 7172, 7871, 8023, 8567, portKafka, 14001, 24800,
}

// unreadFiller returns the filler for a connection that is not read.
func (c *conn) unreadFiller() standin.Filler {
	if c.lengthPrefix() > 0 || slices.ContainsFunc(zerosAreMessages, c.isOf) {
		return standin.Noise
	}
	return standin.Zeros
}

// longestHeaded is how much of a message is looked at. What is behind it becomes zeros.
const longestHeaded = 64 << 10

// isHeaded reports whether b begins with a message of such a protocol.
func (c *conn) isHeaded(b []byte) bool {
	if c.headed != nil {
		return c.headed.Size(b) > 0
	}
	return message.ByContent(b) != nil
}

// beginsHeaded reports whether such a protocol begins in a direction.
func (h *half) beginsHeaded(b []byte) bool {
	if h.headed == nil {
		h.headed = message.ByContent(b)
	}
	return h.headed != nil && h.headed.Size(b) >= 0
}

// headedMessage rewrites a message, or as much of it as is looked at.
func (r *Redactor) headedMessage(h *half) int {
	b := h.buf
	size := h.headed.Size(b)
	if size < 0 {
		h.setResync()
		return r.parse(h)
	}
	here := min(size, longestHeaded)
	if size == 0 || len(b) < here {
		h.need = here
		return 0
	}
	r.Unknown(notRead, here)
	h.headed.Rewrite(r.Values, b[:here])
	if size > here {
		h.state, h.left = inHeaded, int64(size-here)
	}
	return here
}

// cutHeaded rewrites what there is of a message, and returns how many of its bytes are missing.
func (r *Redactor) cutHeaded(h *half) (missing int) {
	r.Unknown(notRead, len(h.buf))
	size := h.headed.Size(h.buf)
	if size <= 0 {
		clear(h.buf)
		return 0
	}
	h.headed.Rewrite(r.Values, h.buf)
	return size - len(h.buf)
}

// switches has another protocol come next in both directions.
func (h *half) switches(isWebSocket bool) {
	next := unsupported
	if isWebSocket {
		h.headed, next = message.WebSocket(), atHeaded
		h.need, h.other().need = 0, 0 // that of a head
	}
	h.state, h.other().state = next, next
}
