package redact

// Segments that come late, or whose predecessors did not come.

// addBeforeStart takes late bytes that lie before the first byte seen so far. isLast says that
// they reach up to it.
func (r *Redactor) addBeforeStart(h *half, p *packet, seq uint32, b []byte, isLast bool) {
	if h.early == nil {
		h.early = &half{conn: h.conn, side: h.side, buffered: r.nothing}
	}
	r.addPayload(h.early, seq, piece{p: p, b: b})
	if isLast {
		r.giveUpBuffered(h.early, "incomplete messages")
	}
}

// start takes a SYN.
func (r *Redactor) start(h *half, isn uint32) {
	switch {
	case !h.started:
		h.isn, h.hasISN, h.next, h.started = isn, true, isn+1, true
	case !h.hasISN && h.at == 0 && h.early == nil: // it was captured late, and what came so far waits
		h.shift(int64(int32(h.next - isn - 1)))
		h.isn, h.hasISN, h.unsure = isn, true, 0
		r.feedWaiting(h)
	}
}

// shift moves where a direction begins so many bytes back.
func (h *half) shift(n int64) {
	for i := range h.waiting {
		h.waiting[i].at += n
	}
	h.next -= uint32(n)
}

// addFirst keeps the first bytes of a direction whose SYN was not seen if they are not the beginning
// of anything: what is in front of them may come late. It begins when that has come, or a few
// segments later.
func (r *Redactor) addFirst(h *half, x piece) {
	if x.at < 0 {
		h.shift(-x.at)
		x.at = 0
		if mayBegin(h, x.b) {
			h.unsure = 0
		}
	}
	r.addOutOfOrder(h, x)
	if h.unsure == 0 {
		r.feedWaiting(h)
	}
}

// isEarly reports whether a piece was sent in answer to something that comes late in the capture: its
// sender had received more than what is there of the other side.
func (h *half) isEarly(x *piece) bool {
	o := h.other()
	if !x.isAcking || !o.started || o.at == 0 && len(o.waiting) == 0 && !o.hasISN || o.hasFIN && x.ack == o.fin+1 {
		return false
	}
	ahead := int32(x.ack - o.next)
	return ahead > 0 && ahead < maxSequenceJump && (!h.hasPassed || int32(x.ack-h.passed) > 0)
}

// settle lets the directions of a connection go on with what waits: since what is in front of it has
// come, or has not come for long enough.
func (r *Redactor) settle(c *conn) {
	for i := range c.sides {
		h := &c.sides[i]
		if len(h.waiting) == 0 {
			continue
		}
		if h.unsure > 0 {
			h.unsure--
		}
		first := &h.waiting[0]
		switch {
		case h.unsure > 0 || first.at > h.at || !h.isEarly(first):
			h.answers = 0
		case h.answers == 0:
			h.answers = maxUnsure
		default:
			if h.answers--; h.answers == 0 {
				h.passed, h.hasPassed = first.ack, true
			}
		}
	}
	for range 2 { // one may wait for the other
		for i := range c.sides {
			if h := &c.sides[i]; h.unsure == 0 {
				r.feedWaiting(h)
			}
		}
	}
}

// maxUnsure is how many segments of a connection what came early waits for what is in front of it.
const maxUnsure = 24

// maxLateSYN is how far a SYN that is captured late may be in front of what was captured before.
const maxLateSYN = 64 << 10

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
	for len(h.waiting) > 0 && h.waiting[0].at <= h.at && !h.isEarly(&h.waiting[0]) {
		x := h.waiting[0]
		h.waiting = h.waiting[1:]
		h.waitingBytes -= len(x.b)
		if old := min(int64(len(x.b)), h.at-x.at); old > 0 {
			first := piece{p: x.p, at: x.at, b: x.b[:old]}
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
	if h.unsure = 0; h.waiting[0].at <= h.at {
		h.passed, h.hasPassed = h.waiting[0].ack, true
		r.feedWaiting(h)
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

// skipTruncated skips the bytes that are missing where the capture cut a segment.
func (r *Redactor) skipTruncated(h *half, n int64) {
	if len(h.waiting) > 0 {
		return
	}
	r.giveUpBuffered(h, "messages that are cut")
	h.next += uint32(n)
	h.at += n
	h.done = h.at
	r.gap(h, n)
}
