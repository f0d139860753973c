package httpstream

import (
	"bytes"
	"slices"
)

// A firewall that gives connections other initial sequence numbers, in one direction or in both, and
// leaves addresses and ports as they are, shows each segment twice where a capture has both of its sides.
// So does one that answers a client's SYN itself (a SYN proxy, RFC 4987 section 3.6), and then opens a
// connection to the server. Both are one connection here, in the numbers of one side: what has the others
// is translated, and then comes twice, as what is sent again does.

// A renumbering is the numbers with which each direction of a flow began.
type renumbering [2]numbering

// A numbering is the numbers with which a direction may have begun. Somebody may have made up SYNs: those that
// the other end has acknowledged are of the sides of a firewall.
type numbering struct {
	n     int
	base  [maxNumbers]uint32 // of the SYNs
	acked [maxNumbers]bool
}

// maxNumbers is more than the sides of a firewall, for SYNs that are made up.
const maxNumbers = 4

// renumbers takes a SYN whose number is not that of the first one of its direction, but may be that of
// the other side of a firewall: it comes at the same time, and before its sender sent data, and the server.
// An answer to a SYN may come later than those data, and also shows the number of a SYN that is not in the capture.
func (f *flow) renumbers(d direction, s *Segment) bool {
	h := &f.half[d]
	if s.Flags&FlagSYN == 0 || f.conn == nil || !f.sawSYN || f.reset || f.challenged || !h.begun || s.PlainCopy != nil || len(s.Payload) > 0 ||
		f.conn.Ending != Open || s.At.Time.Sub(f.conn.Start.Time) >= synRetry || s.Flags&FlagACK != 0 != (d != f.client) {
		return false
	}
	early := f.conn.Bytes[Server]+f.conn.Bytes[f.side(d)] == 0 || isForwarded(s.TTL, h.ttl)
	if d == f.client {
		return early && f.numbers(d, s.Seq)
	}
	client := &f.half[f.client]
	if h.start == startFromAck || !early && s.Ack != client.base+1 {
		return false
	}
	answers := f.answersSYN(d, s) || f.renumbered != nil && f.renumbered[f.client].has(s.Ack-1)
	if !answers && f.conn.Bytes == [2]int64{} && f.successor == nil {
		answers = f.numbers(f.client, s.Ack-1)
	}
	return answers && f.numbers(d, s.Seq)
}

// numbers notes the number of a SYN of half d, and reports whether it is not that with which this begins.
func (f *flow) numbers(d direction, base uint32) bool {
	h := &f.half[d]
	if base == h.base {
		return false
	}
	if f.renumbered == nil {
		f.renumbered = &renumbering{}
	}
	n := &f.renumbered[d]
	if n.n == 0 {
		n.add(h.base, h.start == startAcked)
	}
	n.add(base, false)
	return true
}

// isElsewhere reports whether a number of a segment is not near to where f is.
func (f *flow) isElsewhere(d direction, s *Segment) bool {
	return s.Seq-f.half[d].next+tunnelWindow >= 2*tunnelWindow || s.Ack-f.half[d.other()].next+tunnelWindow >= 2*tunnelWindow
}

// renumberMidway takes a segment that repeats the one before it with other numbers, where the capture has
// not all SYNs of the connection, or not in their order: the two show how far apart the numbers of both sides of
// a firewall are. What is held of another connection may be of this one, then. It reports whether that was not known.
func (a *Assembler) renumberMidway(f *flow, d direction, s *Segment) bool {
	h, peer := &f.half[d], &f.half[d.other()]
	if s.Flags&(FlagSYN|FlagRST|FlagACK) != FlagACK || !h.begun || !peer.begun || !h.isRepeated(s) || s.At.Time.Sub(f.conn.End.Time) >= synRetry {
		return false
	}
	seq, ack := s.Seq-h.last.seq, s.Ack-h.last.acknowledged(peer.next)
	answered := h.hasAck && before(h.last.seq, h.acked) || f.successor != nil && f.successor.half != d
	if seq != 0 && ack != 0 && answered && !isForwarded(s.TTL, h.ttl) {
		return false // it may be the same again on another connection
	}
	return a.apart(f, d, seq, ack)
}

// isForwarded reports whether the TTLs of two copies of a segment show that a router lies between them.
func isForwarded(a, b uint8) bool { return a != b && max(a, b)-min(a, b) <= maxHops }

// renumberHeld takes a segment that has the same bytes as one that is held of another connection: both are
// of this one. It reports whether that was not known.
func (a *Assembler) renumberHeld(f *flow, d direction, s *Segment) bool {
	k := f.successor
	if k.isSYN() || k.half != d || len(s.Payload) < fewBytes || s.Missing > 0 || f.isForeign(d, s) {
		return false
	}
	for i := range k.held {
		o := &k.held[i]
		if bytes.Equal(o.Payload, s.Payload) && o.Missing == 0 && (d == f.client || isForwarded(o.TTL, s.TTL)) && s.At.Time.Sub(o.At.Time).Abs() < synRetry {
			return a.apart(f, d, o.Seq-s.Seq, o.Ack-s.Ack)
		}
	}
	return false
}

// apart notes how far apart the numbers of both sides of a firewall are, those of half d by seq and those of
// the other one by ack, and reports whether that was not known.
func (a *Assembler) apart(f *flow, d direction, seq, ack uint32) bool {
	r := f.renumbered
	if r == nil {
		r = &renumbering{}
	}
	known := r[0].n + r[1].n
	r[d].addApart(&f.half[d], seq)
	r[d.other()].addApart(&f.half[d.other()], ack)
	if r[0].n+r[1].n == known {
		return false
	}
	f.renumbered = r
	a.renumberHalf(f, d)
	a.renumberHalf(f, d.other())
	if k := f.successor; k != nil && !k.isSYN() {
		f.successor = nil
		for i := range k.held {
			a.shared.held -= int64(heldSegment + len(k.held[i].Payload))
			a.segment(&k.held[i])
		}
	}
	return true
}

// isRepeated reports whether the last segment of a half began a message, and a segment has the same bytes.
func (h *half) isRepeated(s *Segment) bool {
	n := len(s.Payload)
	return s.Missing == 0 && h.last.n >= fewBytes && n >= int(h.last.n) && h.last.seq+uint32(n) == h.next && h.last.agrees(s.Payload)
}

// renumberHalf gives what is known of a half the numbers that it has, where it was taken for more of it.
func (a *Assembler) renumberHalf(f *flow, d direction) {
	h, n := &f.half[d], &f.renumbered[d]
	h.high, h.acked, h.fin = n.translate(h, h.high), n.translate(h, h.acked), n.translate(h, h.fin)
	if h.queue == nil {
		return
	}
	var moved []piece
	for i := 0; h.queue != nil && i < len(h.queue.pieces); {
		p := h.queue.pieces[i]
		seq := n.translate(h, p.seq)
		if seq == p.seq {
			i++
			continue
		}
		a.shared.held -= int64(h.queue.remove(i))
		if len(h.queue.pieces) == 0 {
			a.endQueue(h)
		}
		p.seq = seq
		moved = append(moved, p)
	}
	for i := range moved {
		p := &moved[i]
		s := Segment{At: p.at, Seq: p.seq, Ack: f.renumbered[d.other()].translate(&f.half[d.other()], p.ack), Flags: FlagACK, Payload: p.data}
		if p.lost {
			s.Missing = p.n
		}
		a.take(f, d, s.Seq, &s)
	}
}

// addApart adds the numbers of both sides of a firewall that are so far apart.
func (n *numbering) addApart(h *half, by uint32) {
	if n.add(h.base, true); by != 0 {
		n.add(h.base+by, true)
	}
}

// add adds a number, if it is new.
func (n *numbering) add(base uint32, acked bool) {
	switch i := slices.Index(n.base[:n.n], base); {
	case i >= 0:
		n.acked[i] = n.acked[i] || acked
	case n.n < maxNumbers:
		n.base[n.n], n.acked[n.n] = base, acked
		n.n++
	}
}

// has reports whether one of the numbers is base.
func (n *numbering) has(base uint32) bool { return slices.Contains(n.base[:n.n], base) }

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

// acknowledge takes what a SYN of the other end acknowledges, or a segment: where there are data already, it may
// be one of them if it is near.
func (n *numbering) acknowledge(h *half, s *Segment) {
	beginning := s.Flags&FlagSYN != 0 || h.next == h.base+1
	for i, base := range n.base[:n.n] {
		n.acked[i] = n.acked[i] || s.Ack == base+1 && (beginning || distance(base, h.next) >= tunnelWindow)
	}
}

// translate returns a number of a direction as its half has it, if it is one of another side: nearer to
// where that is.
func (n *numbering) translate(h *half, seq uint32) uint32 {
	if own := slices.Index(n.base[:n.n], h.base); own < 0 || !n.acked[own] {
		return seq
	}
	nearest := seq
	for i, base := range n.base[:n.n] {
		if moved := seq - base + h.base; n.acked[i] && distance(moved, h.next) < distance(nearest, h.next) {
			nearest = moved
		}
	}
	return nearest
}

func distance(a, b uint32) uint32 { return min(a-b, b-a) }
