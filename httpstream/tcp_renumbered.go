package httpstream

// A firewall that gives connections other initial sequence numbers, and leaves addresses and ports as
// they are, shows each segment twice where a capture has both of its sides. Both are one connection
// here, in the numbers of the SYN that came first: what has the others is translated, and then comes
// twice, as what is sent again does.

// A renumbering is the numbers that each direction of a flow has on the other side of a firewall.
type renumbering struct {
	base  [2]uint32 // of the SYN there
	known [2]bool
}

// renumbers takes a SYN whose number is that of the other side of a firewall: the first one came at the
// same time, and neither was answered when the client's came. The server's follows.
func (f *flow) renumbers(d direction, s *Segment) bool {
	h := &f.half[d]
	switch {
	case s.Flags&FlagSYN == 0 || f.conn == nil || !f.sawSYN || f.reset || f.challenged || !h.begun || s.Seq == h.base || s.PlainCopy != nil ||
		f.conn.Bytes != [2]int64{} || len(s.Payload) > 0 || s.At.Time.Sub(f.conn.Start.Time) >= synRetry:
		return false
	case s.Flags&FlagACK == 0 && d == f.client && !f.sawReply && f.renumbered == nil:
		f.renumbered = &renumbering{}
	case s.Flags&FlagACK == 0 || f.renumbered == nil || d == f.client || h.start == startFromAck || f.renumbered.known[d]:
		return false
	}
	f.renumbered.base[d], f.renumbered.known[d] = s.Seq, true
	return true
}

// renumber gives a segment the numbers that its flow has on the side of the firewall that was seen first.
func (f *flow) renumber(d direction, s *Segment) {
	seq, isOther := f.renumbered.translate(d, &f.half[d], s.Seq)
	ack, acksOther := s.Ack, false
	if s.Flags&FlagACK != 0 {
		ack, acksOther = f.renumbered.translate(d.other(), &f.half[d.other()], s.Ack)
	}
	if isOther || acksOther {
		s.Seq, s.Ack, s.Header = seq, ack, nil // whose checksum and blocks of SACK are for the others
	}
}

// translate returns a number of a direction as the side has it that was seen first, if it is one of the
// other side: nearer to where that is.
func (r *renumbering) translate(d direction, h *half, n uint32) (_ uint32, isOther bool) {
	if !r.known[d] {
		return n, false
	}
	other := n - r.base[d] + h.base
	if distance(n, h.next) <= distance(other, h.next) {
		return n, false
	}
	return other, true
}

func distance(a, b uint32) uint32 { return min(a-b, b-a) }
