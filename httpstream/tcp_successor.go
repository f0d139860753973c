package httpstream

import "bytes"

// A successor is what may be the beginning of another connection on the ports of one whose
// end is not in the capture: a SYN, or, where that is not in the capture, segments of one half
// with both numbers far from those of the connection. It is one if the other end goes on from
// there: a segment that somebody made up nobody answers, and an end that still has the
// connection challenges a SYN (RFC 5961 section 4.2).
type successor struct {
	half   direction
	held   []Segment // in the order of the capture; their bytes count as held
	end    uint32    // of the highest byte of them
	stream int       // the number that a SYN takes, see number
}

// farAway reports whether a sequence number is so far from the one expected that no window
// reaches from one to the other.
func farAway(seq, expected uint32) bool { return seq-expected+farWindow >= 2*farWindow }

// isForeign reports whether a segment is of another connection than f.
func (f *flow) isForeign(d direction, s *Segment) bool {
	if s.Flags&(FlagSYN|FlagACK) == FlagSYN {
		return f.reused(d, s) && (f.renumbered == nil || !f.renumbered[d].has(s.Seq))
	}
	h, peer := &f.half[d], &f.half[d.other()]
	return h.begun && farAway(s.Seq, h.next) && peer.begun && farAway(s.Ack, peer.next) && s.Flags&(FlagSYN|FlagRST|FlagACK) == FlagACK
}

// succeed holds a foreign segment, or begins another connection with what is held once it is
// certain that there is one. Where only one direction was captured nobody can answer: what
// comes after a long silence is another connection.
func (a *Assembler) succeed(f *flow, d direction, s *Segment) {
	k := f.successor
	answered := k != nil && (k.isAnswered(d, s) || k.isOpenedBy(f, d, s))
	if !answered && (f.half[d.other()].seen || s.At.Time.Sub(f.conn.End.Time) < linger) {
		a.holdForeign(f, d, s)
		return
	}
	if answered {
		a.beginSuccessor(f, &s.At)
	} else {
		a.finish(f, Reused, &s.At)
		a.forget(f)
	}
	a.Segment(s)
}

// beginSuccessor ends f, and begins the connection that is held.
func (a *Assembler) beginSuccessor(f *flow, at *Pos) {
	k, key := f.successor, f.key
	f.successor = nil
	a.finish(f, Reused, at)
	a.forget(f)
	if k.isSYN() {
		a.open(key, k.half, &k.held[0], k.stream)
	}
	for i := range k.held {
		a.shared.held -= int64(heldSegment + len(k.held[i].Payload))
		a.Segment(&k.held[i])
	}
}

// isAnswered reports whether the other end answers what is held.
func (k *successor) isAnswered(d direction, s *Segment) bool {
	first := &k.held[0]
	return d != k.half && !farAway(s.Seq, first.Ack) && !before(s.Ack, first.Seq) && !before(k.end, s.Ack)
}

// isFollowedBy reports whether a foreign segment is of the same connection as what is held.
func (k *successor) isFollowedBy(d direction, s *Segment) bool {
	first := &k.held[0]
	switch {
	case d != k.half, first.Flags&FlagSYN != s.Flags&FlagSYN:
		return false
	case k.isSYN():
		return s.Seq == first.Seq
	}
	return !farAway(s.Seq, first.Seq) && !farAway(s.Ack, first.Ack)
}

// holdForeign holds a foreign segment, in place of those that it does not follow.
func (a *Assembler) holdForeign(f *flow, d direction, s *Segment) {
	k := f.successor
	switch {
	case k == nil || !k.isFollowedBy(d, s) || len(k.held) == maxForeign && !k.isSYN():
		a.dropSuccessor(f)
		k = &successor{half: d, end: s.Seq}
		f.successor = k
		if s.Flags&FlagSYN != 0 {
			k.stream = a.number(f.key, f.stream)
		}
	case len(k.held) == maxForeign:
		return // the same SYN again and again
	}
	if end := s.Seq + uint32(len(s.Payload)+s.Missing); before(k.end, end) {
		k.end = end
	}
	own := *s
	own.Header, own.Payload = nil, bytes.Clone(s.Payload)
	k.held = append(k.held, own)
	a.shared.held += int64(heldSegment + len(own.Payload))
}

// dropSuccessor drops what is held of a connection that is none.
func (a *Assembler) dropSuccessor(f *flow) {
	if f.successor == nil {
		return
	}
	for i := range f.successor.held {
		k := &f.successor.held[i]
		n := len(k.Payload)
		a.shared.held -= int64(heldSegment + n)
		if n > 0 || !f.successor.isSYN() {
			a.drop(staleDropped, &k.At)
		}
	}
	f.successor = nil
}
