package httpstream

import "bytes"

// Some senders put a decoy ahead of a request, to deceive whoever listens: a segment with
// the same sequence number whose checksum is wrong, or that does not live long enough to
// arrive. The end that it is for never takes it. Such a segment is held back until another
// one with its number comes, or until the other end acknowledges it: then it was no decoy.

// A doubt is a segment that is held back. There is one at a time on a connection, for the
// next segment of its half decides; its bytes count as held.
type doubt struct {
	half       direction
	wrongSum   bool
	shortLived bool
	segment    Segment
}

// end returns the number behind the last byte of what is held back.
func (k *doubt) end() uint32 { return k.segment.Seq + uint32(len(k.segment.Payload)+k.segment.Missing) }

// begins reports whether a connection begins with the next segment of half d, or a message; or
// whether that may be, since where one begins is not known.
func (f *flow) begins(d direction) (begins, may bool) {
	r := f.reader
	if d == f.client {
		r = f.behindAhead()
	}
	switch r := r.(type) {
	case nil:
		return true, true
	case *http1:
		state := r.half[f.side(d)].state
		return state == inHead && r.inner == nil, (state == inHead || state == resync) && r.inner == nil
	case *sniffer:
		return false, true
	}
	return false, false
}

// suspects reports whether the checksum of a segment with which a message begins is computed.
// For a response that is done only if the segment is short, as forged ones are, if it does not
// look like a response, or if the capture had forged segments before. Otherwise the body behind
// the head would have to be read for it, which takes a twentieth of all the time. So the first
// forged response that is long is taken, and shows only as a conflict with the true one.
func (a *Assembler) suspects(f *flow, d direction, s *Segment) bool {
	return f.reader == nil || f.side(d) == Client || len(s.Payload) <= cheapSum ||
		a.counters.Decoys+a.counters.Conflicts > 0 || !startsMessage(Server, s.Payload)
}

// doubtful reports whether the end that a segment is for may not have taken it.
func (f *flow) doubtful(d direction, s *Segment) bool {
	h := &f.half[d]
	return h.shortLived(s) || f.isUnacceptable(d, s) || h.isStale(s) || !h.noSums && s.checksum(0, 0) == sumWrong
}

// isUnacceptable reports whether an end drops a segment by its ACK: it has none, or is for what
// that end never sent (RFC 9293 section 3.10.7.4).
func (f *flow) isUnacceptable(d direction, s *Segment) bool {
	if s.Flags&(FlagSYN|FlagACK) != FlagACK {
		return s.Flags&FlagSYN == 0
	}
	peer := &f.half[d.other()]
	return farAway(s.Ack, peer.next) && peer.begun && (peer.start != startFromAck || f.conn.Bytes[f.side(d.other())] > 0)
}

// shortLived reports whether the TTL of a segment is far below the usual one of its half.
// Another route takes a few hops more.
func (h *half) shortLived(s *Segment) bool {
	return s.TTL != 0 && int(s.TTL) < int(h.ttl)-maxHops
}

// holdBack holds the next segment of half d back if it is doubtful, and reports whether it did.
func (a *Assembler) holdBack(f *flow, d direction, s *Segment) bool {
	h := &f.half[d]
	begins, may := f.begins(d)
	wrong := may && h.remember(s, begins && a.suspects(f, d, s))
	stale := begins && h.isStale(s)
	if !wrong && !stale && !h.shortLived(s) && !f.isUnacceptable(d, s) || len(s.Payload) == 0 {
		if begins {
			h.noteTimestamp(s)
		}
		return false
	}
	a.hold(f, d, s, s.Payload, s.Missing)
	return true
}

// hold holds b back, which is next in half d, and what is missing behind it.
func (a *Assembler) hold(f *flow, d direction, s *Segment, b []byte, missing int) {
	h := &f.half[d]
	k := &doubt{half: d, shortLived: h.shortLived(s), segment: *s}
	k.wrongSum = !k.shortLived && !f.isUnacceptable(d, s) && !h.isStale(s)
	k.segment.Seq, k.segment.Header, k.segment.Payload, k.segment.Missing = h.next, nil, bytes.Clone(b), missing
	a.shared.held += int64(heldSegment + len(b))
	f.doubt = k
}

// remember notes the beginning of a segment that is about to be delivered, for compare, and
// reports whether it is suspected and its checksum is wrong. One sum over its first bytes
// serves both.
func (h *half) remember(s *Segment, suspected bool) (wrongSum bool) {
	n, sum := h.note(s.Payload, s.Ack)
	if h.noSums || !suspected {
		return false
	}
	sums := s.checksum(n, sum)
	h.rightSum = h.rightSum || sums == sumRight
	return sums == sumWrong
}

// settleDoubt decides about the segment that is held back by the next one of its half, and
// reports whether that is done with.
func (a *Assembler) settleDoubt(f *flow, d direction, seq uint32, s *Segment) bool {
	k := f.doubt
	switch {
	case seq != k.segment.Seq:
		if !before(seq, k.segment.Seq) {
			a.release(f)
		}
		return false
	case len(s.Payload) == 0:
		return false
	}
	n := min(len(s.Payload), len(k.segment.Payload))
	differs := !bytes.Equal(s.Payload[:n], k.segment.Payload[:n])
	if f.doubtful(d, s) && (!differs || !k.shortLived || f.half[d].shortLived(s) || f.half[d].rightSum) {
		if differs {
			a.noteContradiction(f, conflict, &s.At)
		} else if len(s.Payload)+s.Missing > len(k.segment.Payload)+k.segment.Missing { // sent again together with more
			a.takeDoubt(f)
			a.hold(f, d, s, s.Payload, s.Missing)
		}
		return true
	}
	a.takeDoubt(f)
	if differs {
		a.noteContradiction(f, resolved, &s.At)
	}
	return false
}

// acknowledged takes what an acknowledgment shows of what is held back of half d.
func (a *Assembler) acknowledged(f *flow, d direction, s *Segment) {
	if k := f.doubt; k != nil && k.half == d && !before(s.Ack, k.end()) {
		h := &f.half[d]
		switch {
		case k.shortLived:
			h.ttl = k.segment.TTL // so it is the usual one now
		case k.wrongSum && h.rightSum:
			a.countDoubtful(f, &k.segment.At)
		case k.wrongSum:
			h.noSums = true
		}
		a.release(f)
	}
	if p := f.probe; p != nil && p.half == d && s.receivedAgain(p.segment.Seq) {
		a.dropProbe(f)
		f.half[d].begin(p.segment.Seq + 1)
	}
}

// countDoubtful counts a doubtful segment at this place that is read.
func (a *Assembler) countDoubtful(f *flow, at *Pos) {
	a.counters.WrongSums++
	a.counters.Places.WrongSums.orEarlier(*at)
	f.conn.Conflict = true
}

// release delivers what is held back.
func (a *Assembler) release(f *flow) {
	k := a.takeDoubt(f)
	h := &f.half[k.half]
	if k.segment.Seq == h.next && h.begun {
		a.deliverBefore(f, k.half, &k.segment, k.segment.Payload, k.segment.Missing)
	}
	if k.segment.Flags&(FlagFIN|FlagACK) == FlagFIN|FlagACK {
		a.fin(f, k.half, k.segment.Seq+uint32(len(k.segment.Payload)+k.segment.Missing), &k.segment)
	}
}

// dropDoubt drops what is held back of half d, if anything is: its sender shows that it has not
// sent it.
func (a *Assembler) dropDoubt(f *flow, d direction) {
	if f.doubt != nil && f.doubt.half == d {
		k := a.takeDoubt(f)
		a.noteContradiction(f, resolved, &k.segment.At)
	}
}

func (a *Assembler) takeDoubt(f *flow) *doubt {
	k := f.doubt
	f.doubt = nil
	a.shared.held -= int64(heldSegment + len(k.segment.Payload))
	return k
}
