package httpstream

// An end that still has a connection does not take a SYN on its ports, but challenges it
// (RFC 5961 section 4.2): so nobody can end the connection of others by a SYN. The SYN is
// held as the beginning of a successor until it shows whether it was taken.

// mayRefuse reports whether f is in use, or about to be, so that its end may challenge a SYN.
func (f *flow) mayRefuse(s *Segment) bool {
	return f.conn != nil && !f.reset && f.conn.Ending == Open && f.half[0].seen && f.half[1].seen &&
		(f.conn.Bytes != [2]int64{} || f.half[0].start == startAcked || f.half[1].start == startAcked) && s.At.Time.Sub(f.conn.End.Time) < linger
}

func (k *successor) isSYN() bool { return k.held[0].Flags&FlagSYN != 0 }

// isOpenedBy reports whether a segment shows that the other end took the SYN that is held, or
// refused it: it acknowledges it, or the sender of the SYN goes on from there; or it comes later
// in that connection, with a number that f never had. A segment that goes on with f shows nothing:
// the SYN may have the number before the next one of f.
func (k *successor) isOpenedBy(f *flow, d direction, s *Segment) bool {
	if !k.isSYN() || s.Flags&FlagACK == 0 || s.Flags&FlagSYN == 0 && s.Seq == f.half[d].next {
		return false
	}
	syn := &k.held[0]
	at, taken := s.Seq, s.Flags&(FlagSYN|FlagRST) == 0
	if d != k.half {
		at, taken = s.Ack, true
	}
	n := at - (syn.Seq + 1)
	return taken && (n == 0 || d != k.half && n <= uint32(len(syn.Payload)) || n < openingWindow && f.neverHad(k.half, at))
}

// neverHad reports whether a number is of no byte of half d, nor of one that may follow soon.
func (f *flow) neverHad(d direction, seq uint32) bool {
	h := &f.half[d]
	return f.conn.SYN && h.begun && (before(seq, h.base) || farAway(seq, h.next))
}

// refuteSYN drops a SYN that is held, where its sender goes on with f. For Wireshark another
// stream began with it all the same.
func (a *Assembler) refuteSYN(f *flow, d direction, s *Segment) {
	k := f.successor
	if !k.isSYN() || d != k.half || s.Flags&(FlagSYN|FlagRST|FlagACK) != FlagACK {
		return
	}
	f.stream = k.stream
	s.At.Stream = f.stream
	a.dropSuccessor(f)
}

// streamOf returns the number of the stream that begins with s on the ports of f.
func (a *Assembler) streamOf(f *flow, s *Segment) int {
	if k := f.successor; k != nil && k.isSYN() && k.held[0].Seq == s.Seq {
		return k.stream
	}
	for d := range direction(2) {
		if h := &f.half[d]; h.begun && h.base == s.Seq && s.Flags&FlagSYN != 0 { // the same again, to Wireshark
			return f.stream
		}
	}
	return a.number(f.key, f.stream)
}
