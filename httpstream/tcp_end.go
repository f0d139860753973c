package httpstream

// fin takes a FIN that follows the byte before seq.
func (a *Assembler) fin(f *flow, d direction, seq uint32, s *Segment) {
	h := &f.half[d]
	if h.hasFIN && !before(seq, h.fin) || h.ended || h.begun && before(seq, h.next) || h.beyondWindow(seq) {
		return
	}
	if !h.begun && h.queue == nil {
		h.begin(seq)
		h.start = startFromAck
	}
	if k := f.doubt(d); k != nil && k.segment.Seq == seq {
		a.dropDoubt(f, d)
	}
	h.fin, h.hasFIN = seq, true
	a.noteEnding(f, FIN, f.side(d), &s.At)
}

// noteEnding notes how a connection ends, if it is the first to say so.
func (a *Assembler) noteEnding(f *flow, how Ending, by Side, at *Pos) {
	if f.conn.Ending == Open && how != Open {
		f.conn.Ending, f.conn.EndedBy, f.conn.EndedAt = how, by, *at
	}
}

// withdrawEnding takes back what ending noted.
func (a *Assembler) withdrawEnding(f *flow, how Ending, by Side) {
	if c := f.conn; c.Ending == how && c.EndedBy == by {
		c.Ending, c.EndedBy, c.EndedAt = Open, Client, Pos{}
	}
}

// settle gives up holes that nothing will fill, and ends the halves and the connection that have
// come to their end.
func (a *Assembler) settle(f *flow, at *Pos) {
	for d := range direction(2) {
		h := &f.half[d]
		h.startQueued(false)
		if h.begun {
			a.drain(f, d)
		}
		for h.begun && h.queue != nil && !h.atFIN() && h.holeExpired(at.Time, f.half[d.other()].seen) {
			a.skip(f, d)
		}
	}
	first := f.from(f.conn.EndedBy)
	a.settleFIN(f, first, at)
	a.settleFIN(f, first.other(), at)
	if f.half[0].ended && f.half[1].ended {
		a.finish(f, FIN, at)
	}
}

// settleFIN ends a half whose FIN was reached and believed by the other end: it
// acknowledged the FIN, or ended itself where no data stand in its place, or is not in the capture at all. If it
// acknowledged data in place of the FIN instead, it never got the FIN.
func (a *Assembler) settleFIN(f *flow, d direction, at *Pos) {
	h, peer := &f.half[d], &f.half[d.other()]
	acked := int32(0) // numbers from the FIN on
	if h.hasAck {
		acked = int32(h.acked - h.fin)
	}
	switch {
	case h.ended || !h.atFIN():
	case acked > 1 && (h.queue != nil || before(h.fin, h.next)):
		a.refuteFIN(f, d)
		a.drain(f, d)
	case acked > 0 || peer.atFIN() && !before(h.fin, h.next) || !peer.seen && f.conn.Bytes[f.side(d)] > 0:
		a.dropQueue(h)
		h.ended = true
		if c := f.conn; c.Ending == FIN && c.EndedBy == f.side(d) {
			at = &c.EndedAt
		}
		a.shared.at = at // the last bytes may be those of another connection
		f.read(&a.shared).end(f.side(d), at)
	}
}

// atFIN reports whether everything before the FIN was delivered.
func (h *half) atFIN() bool { return h.hasFIN && h.begun && !before(h.next, h.fin) }

// refuteFIN continues behind a FIN that the other end did not get.
func (a *Assembler) refuteFIN(f *flow, d direction) {
	f.half[d].hasFIN = false
	a.withdrawEnding(f, FIN, f.side(d))
}

// dropQueue drops what came behind a FIN.
func (a *Assembler) dropQueue(h *half) {
	if h.queue == nil {
		return
	}
	a.shared.held -= int64(h.queue.held + heldPiece*len(h.queue.pieces))
	a.readNoMore(h.queue.wire, &h.queue.pieces[0].at)
	a.endQueue(h)
}

// afterEnd counts bytes that a side sends after its end, up to end.
func (a *Assembler) afterEnd(h *half, end uint32, at *Pos) {
	if h.hasFIN && h.next == h.fin { // which has a number too
		h.next = h.fin + 1
	}
	if before(h.next, end) {
		a.readNoMore(int(end-h.next), at)
		h.next = end
	}
}

// readNoMore counts n bytes that came with or after an end.
func (a *Assembler) readNoMore(n int, at *Pos) {
	if n > 0 {
		a.counters.BytesAfterEnd += int64(n)
		a.counters.Places.BytesAfterEnd.orEarlier(*at)
	}
}

// finish delivers what is left of a flow, and the connection.
func (a *Assembler) finish(f *flow, how Ending, at *Pos) {
	if f.conn == nil {
		return
	}
	a.endedAt = *at
	at = &a.endedAt
	a.shared.at = at
	for d := range direction(2) {
		a.endDoubt(f, d)
	}
	if f.opening != nil {
		a.forgetOpening(f)
	}
	a.dropSuccessor(f)
	a.dropProbe(f)
	a.noteEnding(f, how, Client, at)
	a.deliverRest(f, at)
	f.endAhead()
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
			a.endDoubt(f, d)
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
