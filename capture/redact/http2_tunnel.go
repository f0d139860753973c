package redact

import (
	"maps"
	"slices"
)

// What a stream of HTTP/2 carries behind a CONNECT that succeeded is a connection of its own (RFC 9113
// section 8.5).

// tunnelOf returns the direction of the connection inside a stream, nil if there is none.
func (s *stream) tunnelOf(h *half, nothing *buffered) *half {
	if !s.isConnect || s.hasProtocol || s.status < 200 || s.status > 299 {
		return nil
	}
	if s.tunnel == nil {
		s.tunnel = &conn{key: h.key, connState: connState{tunnels: h.tunnels + 1}}
		for i := range s.tunnel.sides {
			inner := &s.tunnel.sides[i]
			inner.conn, inner.side, inner.buffered, inner.started = s.tunnel, i, nothing, true
		}
	}
	return &s.tunnel.sides[h.side]
}

// feedTunnel feeds the beginning of a piece to the connection inside, and returns the rest.
func (r *Redactor) feedTunnel(h *half, x piece) (rest piece) {
	n := int(min(h.left, int64(len(x.b))))
	x.p.pending++
	r.tunneled(h, n)
	r.feedInner(h.inner, piece{p: x.p, b: x.b[:n]})
	x.at, x.b = x.at+int64(n), x.b[n:]
	return x
}

// feedTunnelBuffered feeds the beginning of what is buffered to the connection inside.
func (r *Redactor) feedTunnelBuffered(h *half) {
	n, inner := int(min(h.left, int64(len(h.buf)))), h.inner
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
		r.feedInner(inner, x)
	}
}

// tunneled notes that the next n bytes are those of the connection inside. Nothing of a plain copy comes
// again.
func (r *Redactor) tunneled(h *half, n int) {
	h.remember(historyRange{at: h.done, n: int64(n), kind: zeros})
	h.done += int64(n)
	if h.left -= int64(n); h.left == 0 {
		h.state = atFrame
	}
}

// feedInner feeds a piece to a connection inside of another.
func (r *Redactor) feedInner(inner *half, x piece) {
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

// tunnelGap takes bytes of the connection inside that the capture does not have.
func (r *Redactor) tunnelGap(h *half, n int64) {
	inner := h.inner
	if len(inner.buf) > 0 {
		r.giveUpBuffered(inner, "messages with lost segments")
	}
	inner.at += n
	inner.done = inner.at
	r.gap(inner, n)
}

// giveUpTunnels does for the connections inside of streams what giveUpConn does.
func (r *Redactor) giveUpTunnels(c *conn) {
	for _, id := range slices.Sorted(maps.Keys(c.streams)) {
		if s := c.streams[id]; s.tunnel != nil {
			r.giveUpConn(s.tunnel)
		}
	}
}
