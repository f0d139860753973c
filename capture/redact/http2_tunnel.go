package redact

import (
	"maps"
	"slices"

	"negotrace/capture/redact/standin"
)

// What a stream of HTTP/2 carries behind a CONNECT that succeeded is a connection of its own (RFC 9113
// section 8.5). A page that is compressed is rewritten as one that ends with its connection.

// insideOf returns the direction of what goes on in a stream from frame to frame, nil if nothing does.
func (s *stream) insideOf(h *half, nothing *buffered) *half {
	isTunnel := s.isConnect && !s.hasProtocol && s.status >= 200 && s.status <= 299
	isPacked := s.isPage && s.response.compressed && s.isResponse(h)
	switch {
	case !isTunnel && !isPacked:
		return nil
	case s.inside == nil:
		s.inside = &conn{key: h.key, connState: connState{tunnels: h.tunnels + 1}}
		for i := range s.inside.sides {
			inner := &s.inside.sides[i]
			inner.conn, inner.side, inner.buffered, inner.started = s.inside, i, nothing, true
		}
		if isPacked {
			page := &s.inside.sides[h.side]
			page.state, page.left, page.bodyFill = packedUntilClose, -1, fillOf(&s.response, -1, true)
		}
	}
	return &s.inside.sides[h.side]
}

// endStream rewrites what a side of a stream that ends holds back.
func (r *Redactor) endStream(h *half, id uint32) {
	if s := h.streams[id]; s != nil && s.inside != nil {
		r.giveUpBuffered(&s.inside.sides[h.side], "incomplete messages")
	}
}

// feedTunnel feeds the beginning of a piece to what is inside, and returns the rest.
func (r *Redactor) feedTunnel(h *half, x piece) (rest piece) {
	n := int(min(h.left, int64(len(x.b))))
	x.p.pending++
	r.tunneled(h, n)
	r.feedInner(h, piece{p: x.p, b: x.b[:n]})
	r.endInner(h)
	x.at, x.b = x.at+int64(n), x.b[n:]
	return x
}

// feedTunnelBuffered feeds the beginning of what is buffered to what is inside.
func (r *Redactor) feedTunnelBuffered(h *half) {
	n := int(min(h.left, int64(len(h.buf))))
	var inside []piece
	for _, x := range h.pieces {
		from, end := max(x.at, h.done), min(x.end(), h.done+int64(n))
		if from < end {
			x.p.pending++
			inside = append(inside, piece{p: x.p, b: x.b[from-x.at : end-x.at]})
		}
	}
	r.tunneled(h, n)
	h.take(n, h.done)
	if len(h.buf) == 0 {
		r.recycleBuffer(h.buffered)
		h.buffered = r.nothing
	}
	for _, x := range inside {
		r.feedInner(h, x)
	}
	r.endInner(h)
}

// endInner rewrites what is held back inside where the stream ends with the frame that was read.
func (r *Redactor) endInner(h *half) {
	if h.left == 0 && h.innerEnds {
		r.giveUpBuffered(h.inner, "incomplete messages")
	}
}

// tunneled notes that the next n bytes are those of what is inside. Nothing of a plain copy comes
// again.
func (r *Redactor) tunneled(h *half, n int) {
	h.remember(historyRange{at: h.done, n: int64(n), kind: standin.Zeros})
	h.done += int64(n)
	if h.left -= int64(n); h.left == 0 {
		h.state = atFrame
	}
}

// feedInner feeds a piece to what is inside.
func (r *Redactor) feedInner(h *half, x piece) {
	inner := h.inner
	x.p.halves = append(x.p.halves, inner)
	x.at = inner.at
	r.feed(inner, x)
	for _, old := range inner.history {
		if old.bytes != nil {
			r.historyBytes -= len(old.bytes) + rangeCost
		}
	}
	inner.history = nil
}

// tunnelGap takes bytes of what is inside that the capture does not have.
func (r *Redactor) tunnelGap(h *half, n int64) {
	inner := h.inner
	if len(inner.buf) > 0 {
		r.giveUpBuffered(inner, "messages with lost segments")
	}
	inner.at += n
	inner.done = inner.at
	r.gap(inner, n)
}

// giveUpTunnels does for what is inside of streams what giveUpConn does.
func (r *Redactor) giveUpTunnels(c *conn) {
	for _, id := range slices.Sorted(maps.Keys(c.streams)) {
		if s := c.streams[id]; s.inside != nil {
			r.giveUpConn(s.inside)
		}
	}
}
