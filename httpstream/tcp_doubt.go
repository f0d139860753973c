package httpstream

import "bytes"

// Some senders put a decoy ahead of a request, to deceive whoever listens: a segment with
// the same sequence number whose checksum is wrong, or that does not live long enough to
// arrive. The end that it is for never takes it. Such a segment is held back until another
// one with its number comes, or until the other end acknowledges it: then it was no decoy.

// A doubt is a segment that is held back. There is one at a time of a half, for the
// next segment of that decides; its bytes count as held.
type doubt struct {
	passed     int // segments of the other end since, which do not acknowledge it
	wrongSum   bool
	shortLived bool
	segment    Segment
}

// doubt returns what is held back of half d, nil if nothing is.
func (f *flow) doubt(d direction) *doubt {
	if f.doubts == nil {
		return nil
	}
	return f.doubts[d]
}

// end returns the number behind the last byte of what is held back.
func (k *doubt) end() uint32 { return k.segment.Seq + uint32(len(k.segment.Payload)+k.segment.Missing) }

// A placement is where in what is read a segment comes.
type placement uint8

const (
	elsewhere placement = iota // in the middle of a body, or in what is not HTTP
	mayBegin                   // where one begins is not known
	across                     // from a body, or a chunk, to what follows it
	begins                     // a connection begins with it, or a message
)

// placeOf returns where the next segment of half d comes, of n bytes.
func (f *flow) placeOf(d direction, n int) placement {
	k, is := f.reader.(*aheadReader)
	waits := is && len(k.side[f.side(d)].held) > 0
	switch r := f.behindAhead().(type) {
	case nil:
		return begins
	case *http1:
		switch {
		case r.inner != nil:
			return elsewhere
		case waits: // behind what waits it may be in a head, or in a body
			return across
		}
		return r.half[f.side(d)].placeOf(int64(n))
	case *sniffer:
		switch {
		case waits:
			return across
		case f.conn.Bytes[f.side(d)] == 0:
			return begins
		}
		return mayBegin
	}
	return elsewhere
}

// placeOf returns where in its messages the next n bytes come.
func (m *http1Half) placeOf(n int64) placement {
	switch m.state {
	case inHead:
		return begins
	case resync:
		return mayBegin
	case inLine, inCRLF, inTrailer:
		return across
	case inBody, inChunk:
		if n > m.bodyLeft {
			return across
		}
	}
	return elsewhere
}

// suspects reports whether the checksum of a segment is computed with which a message begins, or follows a body.
// For a response that is done only if the segment is short, as forged ones are, if it should begin one and does not
// look like it, or if the capture had forged segments before. Otherwise the body behind
// the head would have to be read for it, which takes a twentieth of all the time. So the first
// forged response that is long is taken, and shows only as a conflict with the true one.
func (a *Assembler) suspects(f *flow, d direction, at placement, s *Segment) bool {
	return at >= across && (f.reader == nil || f.side(d) == Client || len(s.Payload) <= cheapSum ||
		a.counters.Decoys+a.counters.Conflicts > 0 || at == begins && !startsMessage(Server, s.Payload))
}

// doubtful reports whether the end that a segment is for may not have taken it.
func (f *flow) doubtful(d direction, s *Segment) bool {
	return f.refuses(d, s) || !f.half[d].noSums && s.checksum(0, 0) == sumWrong
}

// refuses reports whether a segment shows without its checksum that the end which it is for does not get it, or drops it.
func (f *flow) refuses(d direction, s *Segment) bool {
	h := &f.half[d]
	return h.shortLived(s) || f.isUnacceptable(d, s) || h.isStale(s)
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
	at := f.placeOf(d, len(s.Payload))
	wrong := at != elsewhere && h.remember(s, a.suspects(f, d, at, s))
	stale := at == begins && h.isStale(s)
	if !wrong && !stale && !h.shortLived(s) && !f.isUnacceptable(d, s) || len(s.Payload) == 0 {
		if at == begins {
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
	k := &doubt{shortLived: h.shortLived(s), segment: *s}
	k.wrongSum = !k.shortLived && !f.isUnacceptable(d, s) && !h.isStale(s)
	k.segment.Seq, k.segment.Header, k.segment.Payload, k.segment.Missing = h.next, nil, bytes.Clone(b), missing
	a.shared.held += int64(heldSegment + len(b))
	if f.doubts == nil {
		f.doubts = new([2]*doubt)
	}
	f.doubts[d] = k
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
	k := f.doubt(d)
	switch {
	case seq != k.segment.Seq:
		if !before(seq, k.segment.Seq) && !f.doubtful(d, s) {
			a.release(f, d)
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
			a.takeDoubt(f, d)
			a.hold(f, d, s, s.Payload, s.Missing)
		}
		return true
	}
	a.takeDoubt(f, d)
	if differs {
		a.noteContradiction(f, resolved, &k.segment.At)
	}
	return false
}

// acknowledged takes what an acknowledgment shows of what is held back of half d.
func (a *Assembler) acknowledged(f *flow, d direction, s *Segment) {
	h := &f.half[d]
	switch k := f.doubt(d); {
	case k == nil:
	case before(s.Ack, k.end()):
		k.passed++
	default:
		switch {
		case k.shortLived:
			h.ttl = k.segment.TTL // so it is the usual one now
		case k.wrongSum && h.rightSum:
			a.countDoubtful(f, &k.segment.At)
		case k.wrongSum:
			h.noSums = true
		}
		a.release(f, d)
	}
	if p := f.probe; p != nil && p.half == d && s.receivedAgain(p.segment.Seq) {
		a.dropProbe(f)
		h.begin(p.segment.Seq + 1)
	}
}

// countDoubtful counts a doubtful segment at this place that is read.
func (a *Assembler) countDoubtful(f *flow, at *Pos) {
	a.counters.WrongSums++
	a.counters.Places.WrongSums.orEarlier(*at)
	f.conn.Conflict = true
}

// release delivers what is held back of half d.
func (a *Assembler) release(f *flow, d direction) {
	k, h := a.takeDoubt(f, d), &f.half[d]
	if k.segment.Seq == h.next && h.begun {
		a.deliverBefore(f, d, &k.segment, k.segment.Payload, k.segment.Missing, true)
	}
	if k.segment.Flags&(FlagFIN|FlagACK) == FlagFIN|FlagACK {
		a.fin(f, d, k.segment.Seq+uint32(len(k.segment.Payload)+k.segment.Missing), &k.segment)
	}
}

// endDoubt delivers what is held back of half d where a connection ends, although nothing shows that it was taken;
// not if the other end shows that it was not.
func (a *Assembler) endDoubt(f *flow, d direction) {
	const enough = 2 // one may have been under way
	h := &f.half[d]
	for k := f.doubt(d); k != nil; k = f.doubt(d) { // what is released may have more behind it
		if !k.wrongSum || h.rightSum {
			if k.passed >= enough {
				a.dropDoubt(f, d)
				continue
			}
			a.countDoubtful(f, &k.segment.At)
		}
		a.release(f, d)
	}
}

// dropDoubt drops what is held back of half d, if anything is: its sender, or the other end, shows that it was
// not sent.
func (a *Assembler) dropDoubt(f *flow, d direction) {
	if f.doubt(d) != nil {
		k := a.takeDoubt(f, d)
		a.noteContradiction(f, resolved, &k.segment.At)
	}
}

func (a *Assembler) takeDoubt(f *flow, d direction) *doubt {
	k := f.doubts[d]
	if f.doubts[d] = nil; f.doubts[d.other()] == nil {
		f.doubts = nil
	}
	a.shared.held -= int64(heldSegment + len(k.segment.Payload))
	return k
}
