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
	if f.doubt != nil && f.doubt.half == d && a.settleDoubt(f, d, seq, s) {
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
		if f.doubt == nil && a.holdBack(f, d, s) {
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
			if f.doubt == nil && h.queue == nil && !h.atFIN() && len(b) > 0 && f.doubtful(d, s) {
				a.hold(f, d, s, b, missing)
				return true
			}
		}
		if seq == h.next && !h.atFIN() {
			a.deliverBefore(f, d, s, b, missing)
			return false
		}
	}
	a.enqueue(f, d, seq, s, b, missing)
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
		if r, ok := f.reader.(*http1); ok {
			r.beginsEarlier(f.side(d), int64(h.next-seq))
		}
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
	if !is || !f.clientKnown || f.doubt != nil || s.Missing > 0 || f.half[d].shortLived(s) || f.isUnacceptable(d, s) {
		return false
	}
	side, n := f.side(d), len(s.Payload)
	if !r.continuesBody(side, &s.At, int64(n)) {
		return false
	}
	f.half[d].next += uint32(n)
	f.conn.Bytes[side] += int64(n)
	return true
}

// deliverBefore delivers what is in order while a queue waits behind it.
func (a *Assembler) deliverBefore(f *flow, d direction, s *Segment, b []byte, missing int) {
	if h := &f.half[d]; h.queue != nil {
		a.enqueue(f, d, h.next, s, b, missing)
		a.drain(f, d)
		return
	}
	a.deliver(f, d, &s.At, s.Ack, b)
	a.lose(f, d, &s.At, missing)
}

// enqueue keeps a segment that came before those in front of it: its bytes only if they may be
// looked at.
func (a *Assembler) enqueue(f *flow, d direction, seq uint32, s *Segment, b []byte, missing int) {
	h := &f.half[d]
	if h.queue == nil {
		h.queue = new(queue)
		a.shared.held += heldQueue
	}
	p := piece{seq: seq, n: len(b), data: b, ack: s.Ack, at: s.At}
	if h.begun && int64(seq-h.next)+int64(len(b)) <= f.read(&a.shared).skippable(f.side(d)) {
		p.data = nil
	}
	if len(b) > 0 {
		p.doubtful = p.data != nil && f.doubtful(d, s)
		held, contradicted := h.queue.add(p)
		a.shared.held += int64(held)
		a.noteContradiction(f, contradicted, &s.At)
	}
	if missing > 0 {
		held, _ := h.queue.add(piece{seq: seq + uint32(len(b)), n: missing, lost: true, at: s.At})
		a.shared.held += int64(held)
	}
	for h.queue != nil && (h.queue.held > maxQueued || len(h.queue.pieces) > maxPieces) {
		a.drop(queueDropped, &s.At)
		a.skip(f, d)
	}
}

// endQueue ends a queue in which nothing is left.
func (a *Assembler) endQueue(h *half) {
	h.queue = nil
	a.shared.held -= heldQueue
}

// drain delivers the pieces of the queue that follow what was delivered.
func (a *Assembler) drain(f *flow, d direction) {
	h := &f.half[d]
	for h.queue != nil && !h.atFIN() && !before(h.next, h.queue.pieces[0].seq) {
		p := h.queue.shift()
		a.shared.held -= int64(p.held())
		a.comesLate(f, d, p.at)
		if len(h.queue.pieces) == 0 {
			a.endQueue(h)
		}
		switch {
		case p.lost:
			a.lose(f, d, &p.at, p.n)
		case p.data == nil:
			h.next += uint32(p.n)
			f.conn.Bytes[f.side(d)] += int64(p.n)
			f.read(&a.shared).gap(f.side(d), &p.at, int64(p.n))
		default:
			if _, may := f.begins(d); may {
				h.note(p.data)
			}
			a.deliver(f, d, &p.at, p.ack, p.data)
		}
	}
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
	f.read(&a.shared).data(side, at, b)
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

// skip gives up what is missing in front of the queue, and delivers the queue.
func (a *Assembler) skip(f *flow, d direction) {
	h := &f.half[d]
	if h.queue == nil {
		return
	}
	if h.atFIN() {
		a.refuteFIN(f, d)
	}
	h.startQueued(true)
	first := &h.queue.pieces[0]
	if before(h.next, first.seq) { // as drain asks: at half the number space neither is first
		at := first.at
		a.gap(f, &at)
		a.lose(f, d, &at, int(first.seq-h.next))
	}
	a.drain(f, d)
}

// finish delivers what is left of a flow, and the connection.
func (a *Assembler) finish(f *flow, how Ending, at *Pos) {
	if f.conn == nil {
		return
	}
	a.endedAt = *at
	at = &a.endedAt
	a.shared.at = at
	if k := f.doubt; k != nil {
		if !k.wrongSum || f.half[k.half].rightSum {
			a.countDoubtful(f, &k.segment.At) // nothing shows that it was taken
		}
		a.release(f)
	}
	if f.opening != nil {
		a.forgetOpening(f)
	}
	a.dropSuccessor(f)
	a.dropProbe(f)
	a.noteEnding(f, how, Client, at)
	a.deliverRest(f, at)
	c := f.conn
	c.SYNOnly = f.sawSYN && !f.sawReply
	if !c.SYN {
		a.counters.MidStream++
		a.counters.Places.MidStream.orEarlier(c.Start)
	}
	if a.shared.sink.Conn != nil && reportable(c) && !f.isPlainCopy() {
		a.shared.sink.Conn(c)
	}
	a.counters.unread(c, f.reader)
	if h, ok := f.reader.(*http1); ok {
		h.recycle()
	}
	f.conn, f.reader, f.closed, f.reset = nil, nil, at.Time, false
	f.moveTo(&a.closed)
}

// deliverRest delivers what is queued in a flow that ends, says what is missing, and ends both halves.
func (a *Assembler) deliverRest(f *flow, at *Pos) {
	// What there is comes before what is missing: by what a response acknowledges it
	// shows which requests were sent before it.
	for _, d := range [...]direction{f.client, f.client.other()} { // what is read may show that the client is the other one
		for f.half[d].queue != nil {
			if f.half[d].atFIN() {
				a.dropQueue(&f.half[d])
				break
			}
			a.skip(f, d)
		}
	}
	for _, d := range [...]direction{f.client, f.client.other()} {
		if n := f.half[d].unseen(); n > 0 {
			a.gap(f, at)
			a.lose(f, d, at, n)
		}
	}
	for side := range Side(2) {
		if h := &f.half[f.from(side)]; !h.ended {
			h.ended = true
			if f.reader != nil {
				f.reader.end(side, at)
			}
		}
	}
}
