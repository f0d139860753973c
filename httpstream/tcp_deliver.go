package httpstream

// payload delivers the payload of a segment whose first byte is seq, or queues it. It reports
// whether the segment is held back, or left out, because the end that it is for may not have
// taken it.
func (a *Assembler) payload(f *flow, d direction, seq uint32, s *Segment) (heldBack bool) {
	h := &f.half[d]
	if h.ended {
		a.afterEnd(h, seq+uint32(len(s.Payload)+s.Missing), &s.At)
		return false
	}
	if f.probe != nil || f.mayBeProbe(d, s) {
		if s = a.settleProbe(f, d, s); s == nil {
			return false
		}
	}
	if f.doubt(d) != nil && a.settleDoubt(f, d, seq, s) {
		return true
	}
	return a.take(f, d, seq, s)
}

// take delivers the payload of a segment, or queues it, or holds it back. It reports whether it
// holds it back, or leaves it out.
func (a *Assembler) take(f *flow, d direction, seq uint32, s *Segment) (heldBack bool) {
	h := &f.half[d]
	if !h.begun && h.queue == nil {
		if _, likely := likelySide(s.Payload); likely {
			h.begin(seq)
		}
	}
	if h.begun && h.queue == nil && seq == h.next && !h.hasFIN {
		if f.continuesBody(d, s) {
			return false
		}
		if f.doubt(d) == nil && a.holdBack(f, d, s) {
			return true
		}
		a.deliver(f, d, &s.At, s.Ack, s.Payload)
		a.lose(f, d, &s.At, s.Missing)
		return false
	}
	a.correctStart(f, d, seq, s)
	if h.beyondWindow(seq) {
		a.drop(staleDropped, &s.At)
		return false
	}
	b, missing := s.Payload, s.Missing
	if h.begun {
		if old := int(int32(h.next - seq)); old > 0 {
			if b, missing = a.cutDelivered(f, d, seq, s, old); len(b)+missing == 0 {
				return false
			}
			seq = h.next
			if f.doubt(d) == nil && h.queue == nil && !h.atFIN() && len(b) > 0 && f.doubtful(d, s) {
				a.hold(f, d, s, b, missing)
				return true
			}
		}
		if seq == h.next && !h.atFIN() {
			if seq == s.Seq && f.doubt(d) == nil && a.holdBack(f, d, s) {
				return true
			}
			a.deliverBefore(f, d, s, b, missing, false)
			return false
		}
	}
	a.enqueue(f, d, seq, s, b, missing, false)
	return false
}

// correctStart has a half begin earlier if a segment shows that it did, and go on where it began
// before when what lies between has come.
func (a *Assembler) correctStart(f *flow, d direction, seq uint32, s *Segment) {
	h := &f.half[d]
	switch {
	case !h.begun:
	case before(seq, h.next) && f.startsEarlier(d, seq, s.Payload):
		a.dropDoubt(f, d)
		f.beginsEarlier(f.side(d), int64(h.next-seq))
		h.later, h.lowered = h.next, true
		h.begin(seq)
	case h.lowered && seq == h.later && h.queue == nil:
		a.skipTo(f, d, seq, &s.At)
	}
}

// cutDelivered returns what of a segment is behind its first old bytes, whose places were delivered:
// nothing if that settles a contradiction.
func (a *Assembler) cutDelivered(f *flow, d direction, seq uint32, s *Segment, old int) (b []byte, missing int) {
	n := len(s.Payload) + s.Missing
	if a.compare(f, d, seq, s) == resolved || old >= n {
		if f.neverHad(d, seq+uint32(n)) {
			a.drop(staleDropped, &s.At) // of another connection
		}
		return nil, 0
	}
	return s.Payload[min(old, len(s.Payload)):], s.Missing - max(0, old-len(s.Payload))
}

// continuesBody takes a segment if it is in the middle of a body, at which nobody looks, as most are.
// deliver does the same in twice the time.
func (f *flow) continuesBody(d direction, s *Segment) bool {
	r, is := f.reader.(*http1)
	if k, ahead := f.reader.(*aheadReader); ahead && k.isEmpty() {
		r, is = k.reader.(*http1)
	}
	if !is || !f.clientKnown || f.doubts != nil || s.Missing > 0 || f.half[d].shortLived(s) || f.isUnacceptable(d, s) {
		return false
	}
	if before(f.half[d.other()].next, s.Ack) && classifyResponse(s.Payload) != unknown {
		return false // it may be the answer to a request that comes later
	}
	side, n := f.side(d), len(s.Payload)
	if !r.continuesBody(side, &s.At, int64(n)) {
		return false
	}
	f.half[d].next += uint32(n)
	f.conn.Bytes[side] += int64(n)
	return true
}

// deliver hands the next bytes of a half to its reader. ack is what their sender had received by
// then.
func (a *Assembler) deliver(f *flow, d direction, at *Pos, ack uint32, b []byte) {
	if len(b) == 0 {
		return
	}
	if !f.clientKnown || f.side(d) == Server && f.conn.Bytes == [2]int64{} {
		a.lookAtFirst(f, d, ack, b)
	}
	f.half[d].next += uint32(len(b))
	side := f.side(d)
	peer := &f.half[d.other()]
	a.shared.sendPoint = sendPoint{peer.begun, side, f.conn.Bytes[side], f.conn.Bytes[side.Other()] + int64(int32(ack-peer.next))}
	f.conn.Bytes[side] += int64(len(b))
	a.shared.at, a.shared.peerUnread = at, 0
	if peer.hasAck && peer.begun {
		a.shared.peerUnread = max(0, int64(int32(ack-peer.next)))
	}
	if side == Client && f.conn.Bytes[side] == int64(len(b)) {
		b = f.behindHeader(&a.shared, b)
	}
	if k := a.ahead(f, side, b); k != nil {
		k.wait(side, at, b)
	} else {
		f.read(&a.shared).data(side, at, b)
	}
	f.settleReader(&a.shared)
}

// lose skips the next n bytes, which are not in the capture.
func (a *Assembler) lose(f *flow, d direction, at *Pos, n int) {
	if n == 0 {
		return
	}
	f.half[d].next += uint32(n)
	side := f.side(d)
	f.conn.Bytes[side] += int64(n)
	f.conn.Lost[side] += int64(n)
	if !f.isPlainCopy() {
		a.counters.lose(n, at)
	}
	a.shared.sendPoint, a.shared.at = sendPoint{}, at
	f.read(&a.shared).gap(side, at, int64(n))
}

// gap counts a hole in a connection, at the packet behind it.
func (a *Assembler) gap(f *flow, at *Pos) {
	if !f.isPlainCopy() {
		a.counters.Gaps++
		a.counters.Places.Gaps.orEarlier(*at)
	}
}
