package redact

// Segments that come late, or whose predecessors did not come.

// before takes bytes that come late: in front of those that were taken for the first. isLast
// says that nothing is missing between them.
func (r *Redactor) before(h *half, p *packet, seq uint32, b []byte, isLast bool) {
	if h.early == nil {
		h.early = &half{conn: h.conn, side: h.side}
	}
	r.place(p, h.early, seq, b)
	if isLast {
		r.undecided(h.early, "incomplete messages")
	}
}

// wait keeps a piece until what is missing in front of it has come.
func (r *Redactor) wait(h *half, x piece) {
	i := len(h.waiting)
	for i > 0 && h.waiting[i-1].at > x.at {
		i--
	}
	x.p.open++
	h.waiting = append(h.waiting, piece{})
	copy(h.waiting[i+1:], h.waiting[i:])
	h.waiting[i] = x
	if h.waits += len(x.b); h.waits > maxWaiting || len(h.waiting) > maxPieces {
		r.jump(h)
	}
}

// proceed feeds what waited for the piece that has come.
func (r *Redactor) proceed(h *half) {
	for len(h.waiting) > 0 && h.waiting[0].at <= h.at {
		x := h.waiting[0]
		h.waiting = h.waiting[1:]
		h.waits -= len(x.b)
		if old := min(int64(len(x.b)), h.at-x.at); old > 0 {
			first := piece{x.p, x.at, x.b[:old]}
			if first.end() <= h.done {
				r.repeat(h, first.at, first.b)
			} else {
				h.again = append(h.again, first)
				x.p.open++
			}
			x.at, x.b = x.at+old, x.b[old:]
		}
		if len(x.b) == 0 {
			x.settle()
			continue
		}
		r.feed(h, x)
	}
}

// jump takes what is missing in front of the first piece that waits for lost.
func (r *Redactor) jump(h *half) {
	if len(h.waiting) == 0 {
		return
	}
	lost := h.waiting[0].at - h.at
	r.undecided(h, "messages with lost segments")
	h.next += uint32(lost)
	h.at += lost
	h.done = h.at
	r.gap(h, lost)
	r.proceed(h)
}
