package redact

import "negotrace/httpstream"

// segment takes a segment: new bytes go to the parser; bytes that came before are rewritten as
// they were then.
func (r *Redactor) segment(p *packet, s *httpstream.Segment) {
	const fin, syn, rst, ack = 1, 2, 4, 16
	made := p.PlainCopy != nil
	h := r.halfOf(s, made)
	seq := s.Seq
	switch {
	case s.Flags&syn != 0:
		r.start(h, seq)
		if s.Flags&ack != 0 && !h.other().started {
			r.start(h.other(), s.Ack-1)
		}
		seq++
	case !h.started && s.Flags&(fin|rst|ack) == ack && len(s.Payload) == 0:
		h.next, h.started = seq, true
	}
	if o := h.other(); !o.started && s.Flags&ack != 0 && len(s.Payload) > 0 { // who asks has got all before
		o.next, o.started = s.Ack, true
	}
	if s.Flags&fin != 0 {
		h.fin, h.hasFIN = seq+uint32(len(s.Payload)+s.Missing), true
	}
	r.addPayload(h, seq, piece{p: p, b: s.Payload, ack: s.Ack, isAcking: s.Flags&ack != 0 && s.Missing == 0})
	if s.Missing > 0 && (h.at > 0 || made) {
		r.skipTruncated(h, int64(s.Missing))
	}
	r.settle(h.conn)
	if h.state == packedUntilClose && h.hasFIN && h.next == h.fin {
		r.giveUpBuffered(h, "")
	}
}

// addPayload takes the payload of a segment. seq is the sequence number of its first byte.
func (r *Redactor) addPayload(h *half, seq uint32, x piece) {
	if len(x.b) == 0 || x.p.offset(x.b) < 0 {
		return
	}
	x.p.halves = append(x.p.halves, h)
	x.at = r.placeOf(h, seq, x.b)
	if h.unsure > 0 {
		r.addFirst(h, x)
		return
	}
	if x.at == 1 && h.at == 0 && !h.hasISN && len(h.waiting) == 0 { // behind a keep-alive
		x.at, h.next = 0, seq
	}
	if x.at < 0 && !h.hasISN && h != h.conn.sides[h.side].early {
		before := x.takeUpTo(0)
		r.addBeforeStart(h, x.p, seq, before.b, before.end() == 0)
	}
	x = r.contradicting(h, x)
	r.addRetransmitted(h, &x)
	switch {
	case len(x.b) == 0:
	case x.at > h.at || h.isEarly(&x):
		r.addOutOfOrder(h, x)
	default:
		x.p.pending++
		r.feed(h, x)
		r.feedWaiting(h)
	}
}

// placeOf returns the place of bytes with the sequence number. The first of a direction are its beginning; those far
// from all before are of a connection of which nothing is known.
func (r *Redactor) placeOf(h *half, seq uint32, b []byte) int64 {
	if !h.started {
		h.next, h.started = seq, true
		if !mayBegin(h, b) {
			h.unsure = maxUnsure
		}
	}
	ahead := int64(int32(seq - h.next))
	if ahead > maxSequenceJump || ahead < -maxSequenceJump {
		r.giveUpBuffered(h, "connections that were lost")
		h.next, ahead = seq, 0
		h.parser = parser{}
	}
	return h.at + ahead
}

// addRetransmitted takes from a piece what came before: what of it is rewritten becomes the same again, and what is not
// waits.
func (r *Redactor) addRetransmitted(h *half, x *piece) {
	if x.at < h.done {
		again := x.takeUpTo(h.done)
		r.rewriteRetransmission(h, again.at, again.b)
	}
	if x.at >= h.at || len(x.b) == 0 {
		return
	}
	again := x.takeUpTo(h.at)
	if len(h.retransmitted) < maxPieces {
		h.retransmitted = append(h.retransmitted, piece{p: x.p, at: again.at, b: again.b})
		x.p.pending++
		return
	}
	r.Unknown("segments that came again too often", len(again.b))
	clear(again.b)
}

// maxSequenceJump is how far a segment may be from the last one for both to be of one connection.
const maxSequenceJump = 64 << 20
