package redact

import "bytes"

// feed takes the piece that comes next.
func (r *Redactor) feed(h *half, x piece) {
	if !x.isRest && (h.state == sniffing || h.state == inHead || h.state == resync) {
		h.begun = r.beginningOf(&x)
		h.begun.isInside = len(h.buf) > 0 && (beginsHTTP(h.buf) || !beginsHTTP(x.b))
	}
	h.at, h.next = x.end(), h.next+uint32(len(x.b))
	if h.left < 0 && len(h.requests) > 0 && isResponse(x.b) { // the connection stays open behind a body of no length
		r.giveUpBuffered(h, "")
		h.setResync()
	}
	for h.state == inTunnel && len(h.buf) == 0 && len(x.b) > 0 {
		x = r.feedTunnel(h, x)
	}
	if len(h.buf) == 0 {
		n, kind := r.rewriteInPlace(h, x.b)
		h.remember(historyRange{at: h.done, n: int64(n), kind: kind})
		h.done += int64(n)
		x.at, x.b = x.at+int64(n), x.b[n:]
	}
	if len(x.b) == 0 {
		x.rewrote()
		return
	}
	if h.buffered == r.nothing {
		h.buffered = r.emptyBuffer()
	}
	h.add(x)
	if h.worthParsing(h.buf, len(x.b)) {
		r.rewriteBuffered(h)
	}
}

// rewriteBuffered rewrites as many of the buffered bytes as possible.
func (r *Redactor) rewriteBuffered(h *half) {
	for len(h.buf) > 0 {
		if h.need = 0; h.state == inTunnel {
			r.feedTunnelBuffered(h)
			continue
		}
		n := r.parse(h)
		if n == 0 {
			if len(h.buf) > maxHead {
				r.giveUpBuffered(h, "messages that are too long")
			}
			return
		}
		r.commit(h, n)
	}
}

// commit puts the first bytes of buf, which are rewritten, into their packets.
func (r *Redactor) commit(h *half, n int) {
	b := h.buf[:n]
	h.remember(historyRange{at: h.done, n: int64(n), bytes: bytes.Clone(b)})
	if r.historyBytes += n + rangeCost; r.historyBytes > maxTotalHistory {
		r.trimHistory()
	}
	h.done += int64(n)
	h.take(n, h.done)
	h.scanned = 0
	if len(h.buf) == 0 {
		r.recycleBuffer(h.buffered)
		h.buffered = r.nothing
	}
	kept := h.retransmitted[:0]
	for _, x := range h.retransmitted {
		if x.end() > h.done {
			kept = append(kept, x)
			continue
		}
		r.rewriteAgain(h, x)
	}
	clear(h.retransmitted[len(kept):])
	h.retransmitted = kept
}
