package httpstream

// A firewall that gives connections other initial sequence numbers, in one direction or in both, and
// leaves addresses and ports as they are, shows each segment twice where a capture has both of its sides.
// So does one that answers a client's SYN itself (a SYN proxy, RFC 4987 section 3.6), and then opens a
// connection to the server. Both are one connection here, in the numbers of one side: what has the others
// is translated, and then comes twice, as what is sent again does.

// A renumbering is the numbers with which each direction of a flow began.
type renumbering [2]numbering

// A numbering is two numbers with which a direction began. Somebody may have made up a SYN: it has the
// numbers of two sides of a firewall when the other end has acknowledged both.
type numbering struct {
	known bool
	base  [2]uint32 // of the SYNs
	acked [2]bool
}

// renumbers takes a SYN whose number is not that of the first one of its direction, but may be that of
// the other side of a firewall: it comes at the same time, and before its sender sent data, and the server.
func (f *flow) renumbers(d direction, s *Segment) bool {
	h, answers := &f.half[d], s.Flags&FlagACK != 0
	if s.Flags&FlagSYN == 0 || f.conn == nil || !f.sawSYN || f.reset || f.challenged || !h.begun || s.Seq == h.base || s.PlainCopy != nil || len(s.Payload) > 0 ||
		f.conn.Bytes[Server]+f.conn.Bytes[f.side(d)] > 0 || f.conn.Ending != Open || s.At.Time.Sub(f.conn.Start.Time) >= synRetry || answers != (d != f.client) {
		return false
	}
	r := f.renumbered
	if answers && (h.start == startFromAck || !f.answersSYN(d, s) && (r == nil || !r[f.client].has(s.Ack-1))) {
		return false
	}
	if r == nil {
		r = &renumbering{}
		f.renumbered = r
	}
	if n := &r[d]; !n.known {
		*n = numbering{true, [2]uint32{h.base, s.Seq}, [2]bool{h.start == startAcked}}
	}
	return r[d].has(s.Seq)
}

// has reports whether one of the two numbers is base.
func (n *numbering) has(base uint32) bool { return n.known && (n.base[0] == base || n.base[1] == base) }

// renumber gives a segment the numbers that its flow has.
func (f *flow) renumber(d direction, s *Segment) {
	seq, ack := f.renumbered[d].translate(&f.half[d], s.Seq), s.Ack
	if s.Flags&FlagACK != 0 {
		n, peer := &f.renumbered[d.other()], &f.half[d.other()]
		n.acknowledge(peer, s)
		ack = n.translate(peer, s.Ack)
	}
	if seq != s.Seq || ack != s.Ack {
		s.Seq, s.Ack, s.Header = seq, ack, nil // whose checksum and blocks of SACK are for the others
	}
}

// acknowledge takes what a SYN of the other end acknowledges, or a segment before there are data.
func (n *numbering) acknowledge(h *half, s *Segment) {
	if s.Flags&FlagSYN == 0 && h.next != h.base+1 {
		return
	}
	for i, base := range n.base {
		n.acked[i] = n.acked[i] || s.Ack == base+1
	}
}

// translate returns a number of a direction as its half has it, if it is one of the other side: nearer to
// where that is.
func (n *numbering) translate(h *half, seq uint32) uint32 {
	if !n.known || n.acked != [2]bool{true, true} || !n.has(h.base) {
		return seq
	}
	other := n.base[0]
	if other == h.base {
		other = n.base[1]
	}
	moved := seq - other + h.base
	if distance(seq, h.next) <= distance(moved, h.next) {
		return seq
	}
	return moved
}

func distance(a, b uint32) uint32 { return min(a-b, b-a) }
