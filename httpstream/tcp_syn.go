package httpstream

// Where a half begins is certain once the other end has acknowledged its SYN. Until then the start
// may be wrong: somebody may have made up the SYN, or a capture that begins later may show only an
// acknowledgment or a FIN. Then the data themselves count more.

// syn takes a SYN, whose data begin at seq.
func (a *Assembler) syn(f *flow, d direction, seq uint32, s *Segment) {
	h := &f.half[d]
	if s.Flags&FlagACK == 0 && f.clientKnown && d != f.client && f.conn.Bytes == [2]int64{} {
		f.clientKnown = false // both ends opened it (RFC 9293 section 3.5), or one SYN is made up: data will show
	}
	if f.conn.Bytes == [2]int64{} && !f.conn.SYN && (!h.begun || h.next == seq) {
		f.conn.SYN = true // it comes late
	}
	if h.queue != nil && !h.begun && !before(h.queue.pieces[0].seq, seq) {
		h.begin(seq)
	}
	if h.queue != nil || h.start == startAcked {
		return
	}
	if !h.begun || f.conn.Bytes == [2]int64{} || f.startsEarlier(d, seq, nil) {
		h.contested = h.contested || h.begun && h.start != startFromAck && h.next != seq
		a.begin(f, d, seq)
	}
}

// skipTo skips the bytes in front of seq, where the half was first thought to begin: if they
// were sent at all, it was before the capture.
func (a *Assembler) skipTo(f *flow, d direction, seq uint32, at *Pos) {
	h := &f.half[d]
	h.lowered = false
	if before(h.next, seq) {
		a.gap(f, at)
		a.lose(f, d, at, int(seq-h.next))
	}
}

// begin sets where a half begins by its SYN. What came before was of another connection.
func (a *Assembler) begin(f *flow, d direction, seq uint32) {
	h := &f.half[d]
	h.begin(seq)
	h.seen = false
	if h.hasFIN && !h.ended {
		a.refuteFIN(f, d)
	}
}

// startsEarlier reports whether the start of half d was set too high, of which nothing has been
// delivered: by an acknowledgment that was captured before the data that it acknowledges, where
// the opening of the connection was seen; or by anything but an acknowledged SYN, if b, which
// begins at seq, begins a message.
func (f *flow) startsEarlier(d direction, seq uint32, b []byte) bool {
	h := &f.half[d]
	if h.start == startAcked || h.queue != nil || !h.begun || !before(seq, h.next) || f.conn.Bytes[f.side(d)] != 0 {
		return false
	}
	if h.start == startFromAck && f.sawSYN {
		return len(b) != 1 || seq+1 != h.next // a keep-alive stands before what is acknowledged
	}
	_, known := likelySide(b)
	return known
}
