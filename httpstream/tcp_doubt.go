package httpstream

import "bytes"

// Some senders put a decoy ahead of a request, to deceive whoever listens: a segment with
// the same sequence number whose checksum is wrong, or that does not live long enough to
// arrive. The end that it is for never takes it. Such a segment is held back until another
// one with its number comes, or until the other end acknowledges it: then it was no decoy.

// A doubt is a segment that is held back. There is one at a time on a connection, for the
// next segment of its half decides; its bytes count as held.
type doubt struct {
	half     int
	wrongSum bool
	segment  Segment
}

// begins reports whether a connection begins with the next segment of half d, or a message.
func (f *flow) begins(d int) bool {
	if f.reader == nil {
		return true
	}
	h, ok := f.reader.(*http1)
	return ok && h.half[f.side(d)].state == inHead && h.inner == nil
}

// suspects reports whether the checksum of a segment with which a message begins is computed.
// Where a response begins it is done only if the segment is short, as forged ones are, if it
// does not look like a response, or if there were forged segments before in the capture: a
// body follows it, and only to read that would take a twentieth of the time of all. So the
// first forged response that is long is taken, and shows only as a conflict with the true one.
func (a *Assembler) suspects(f *flow, d int, s *Segment) bool {
	return f.reader == nil || f.side(d) == Client || len(s.Payload) <= cheapSum ||
		a.counters.Decoys+a.counters.Conflicts > 0 || !startsMessage(Server, s.Payload)
}

// doubtful reports whether the end that a segment is for may not have taken it.
func (h *half) doubtful(s *Segment) bool {
	return h.shortLived(s) || !h.noSums && s.checksum(0, 0) == sumWrong
}

// shortLived reports whether the TTL of a segment is far below the usual one of its half.
// Another route takes a few hops more.
func (h *half) shortLived(s *Segment) bool {
	return s.TTL != 0 && int(s.TTL) < int(h.ttl)-maxHops
}

// holdBack holds the next segment of half d back if it is doubtful.
func (a *Assembler) holdBack(f *flow, d int, s *Segment) bool {
	h := &f.half[d]
	wrong := f.begins(d) && h.remember(s, a.suspects(f, d, s))
	if !wrong && !h.shortLived(s) || len(s.Payload) == 0 {
		return false
	}
	k := &doubt{d, wrong, *s}
	k.segment.Seq, k.segment.Header, k.segment.Payload = h.next, nil, bytes.Clone(s.Payload)
	a.shared.held += int64(len(s.Payload))
	f.doubt = k
	return true
}

// remember notes the beginning of a segment that is about to be delivered, for compare, and
// reports whether it is suspected and its checksum is wrong. One sum over its first bytes
// serves both.
func (h *half) remember(s *Segment, suspected bool) (wrongSum bool) {
	n, sum := prefixSum(s.Payload)
	h.last = delivered{h.next, uint8(n), short(sum)}
	if h.noSums || !suspected {
		return false
	}
	sums := s.checksum(n, sum)
	h.rightSum = h.rightSum || sums == sumRight
	return sums == sumWrong
}

// settleDoubt decides about the segment that is held back by the next one of its half, and
// reports whether that is done with.
func (a *Assembler) settleDoubt(f *flow, d int, seq uint32, s *Segment) bool {
	k, h := f.doubt, &f.half[d]
	switch {
	case seq != k.segment.Seq:
		if !before(seq, k.segment.Seq) {
			a.release(f)
		}
		return false
	case len(s.Payload) == 0:
		return false
	case h.doubtful(s):
		return true
	}
	a.takeDoubt(f)
	if n := min(len(s.Payload), len(k.segment.Payload)); !bytes.Equal(s.Payload[:n], k.segment.Payload[:n]) {
		a.contradicted(f, resolved)
	}
	return false
}

// acknowledged takes what an acknowledgment shows of what is held back of half d.
func (a *Assembler) acknowledged(f *flow, d int, s *Segment) {
	if k := f.doubt; k != nil && k.half == d && before(k.segment.Seq, s.Ack) {
		h := &f.half[d]
		switch {
		case !k.wrongSum:
			h.ttl = k.segment.TTL // so it is the usual one now
		case h.rightSum:
			a.counters.WrongSums++
			f.conn.Conflict = true
		default:
			h.noSums = true
		}
		a.release(f)
	}
	if p := f.probe; p != nil && p.half == d && s.receivedAgain(p.segment.Seq) {
		f.probe = nil
		f.half[d].begin(p.segment.Seq + 1)
	}
}

// release delivers what is held back.
func (a *Assembler) release(f *flow) {
	k := a.takeDoubt(f)
	h := &f.half[k.half]
	if k.segment.Seq == h.next && h.begun {
		a.deliverBefore(f, k.half, &k.segment, k.segment.Payload, k.segment.Missing)
	}
}

func (a *Assembler) takeDoubt(f *flow) *doubt {
	k := f.doubt
	f.doubt = nil
	a.shared.held -= int64(len(k.segment.Payload))
	return k
}
