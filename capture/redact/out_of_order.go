package redact

// Segments that come late, or whose predecessors did not come.

// addBeforeStart takes late bytes that lie before the first byte seen so far. isLast says that
// they reach up to it.
func (r *Redactor) addBeforeStart(h *half, p *packet, seq uint32, b []byte, isLast bool) {
	if h.early == nil {
		h.early = &half{conn: h.conn, side: h.side, buffered: r.nothing}
	}
	r.addPayload(p, h.early, seq, b)
	if isLast {
		r.giveUpBuffered(h.early, "incomplete messages")
	}
}

// addOutOfOrder keeps a piece until what is missing in front of it has come.
func (r *Redactor) addOutOfOrder(h *half, x piece) {
	i := len(h.waiting)
	for i > 0 && h.waiting[i-1].at > x.at {
		i--
	}
	x.p.pending++
	h.waiting = append(h.waiting, piece{})
	copy(h.waiting[i+1:], h.waiting[i:])
	h.waiting[i] = x
	if h.waitingBytes += len(x.b); h.waitingBytes > maxWaiting || len(h.waiting) > maxPieces {
		r.skipGap(h)
	}
}

// feedWaiting feeds the pieces that waited for the one before them.
func (r *Redactor) feedWaiting(h *half) {
	for len(h.waiting) > 0 && h.waiting[0].at <= h.at {
		x := h.waiting[0]
		h.waiting = h.waiting[1:]
		h.waitingBytes -= len(x.b)
		if old := min(int64(len(x.b)), h.at-x.at); old > 0 {
			first := piece{x.p, x.at, x.b[:old]}
			if first.end() <= h.done {
				r.rewriteRetransmission(h, first.at, first.b)
			} else {
				h.retransmitted = append(h.retransmitted, first)
				x.p.pending++
			}
			x.at, x.b = x.at+old, x.b[old:]
		}
		if len(x.b) == 0 {
			x.rewrote()
			continue
		}
		r.feed(h, x)
	}
}

// skipGap skips the missing bytes before the first piece that waits.
func (r *Redactor) skipGap(h *half) {
	if len(h.waiting) == 0 {
		return
	}
	lost := h.waiting[0].at - h.at
	r.giveUpBuffered(h, "messages with lost segments")
	h.next += uint32(lost)
	h.at += lost
	h.done = h.at
	r.gap(h, lost)
	r.feedWaiting(h)
}
