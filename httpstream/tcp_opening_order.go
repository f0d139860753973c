package httpstream

import "slices"

// sorted returns what is held in the order in which it was sent, and the segments with a payload
// that it left out because nobody took them: their numbers are far from those of all others.
// Where the order of the capture shows no fault it stays, and where there are two connections.
func (o *opening) sorted(f *flow) (all, foreign []*early) {
	all = make([]*early, 0, len(o.held))
	for i := range o.held {
		all = append(all, &o.held[i])
	}
	if !o.disordered {
		return all, nil
	}
	own := o.together(f)
	if own == nil {
		return all, nil
	}
	for _, k := range all {
		if len(k.Payload) > 0 && !slices.Contains(own, k) {
			foreign = append(foreign, k)
		}
	}
	return merged(own), foreign
}

// position returns the numbers at which a segment stands in both halves.
func (k *early) position(d direction) uint32 {
	if k.half == d {
		return k.Seq
	}
	return k.Ack
}

// near reports whether two segments may be of one connection, by how far apart its numbers go.
func (k *early) near(o *early, window uint32) bool {
	for d := range direction(2) {
		if k.knows(d) && o.knows(d) && k.position(d)-o.position(d)+window >= 2*window {
			return false
		}
	}
	return true
}

// together returns the segments that are of one connection with most others; nil if those that
// are not may be of another connection. A SYN that is answered says where it begins.
func (o *opening) together(f *flow) []*early {
	best, n := o.fitting(f, FlagSYN|FlagACK, FlagSYN|FlagACK, openingWindow)
	window := uint32(openingWindow)
	if n < 2 || !o.isTaken(best) {
		if best, n = o.fitting(f, FlagACK, FlagACK, farWindow); n < 2 && len(o.held) > 1 {
			return nil
		}
		window = farWindow
	}
	anchor := &o.held[best]
	own := make([]*early, 0, len(o.held))
	var others [2]int
	first, last := len(o.held), -1
	for i := range o.held {
		if k := &o.held[i]; anchor.near(k, window) {
			own = append(own, k)
			first, last = min(first, i), i
		}
	}
	if f.half[0].seen || f.half[1].seen {
		first = 0 // the SYN
	}
	for i := range o.held {
		if k := &o.held[i]; !anchor.near(k, window) {
			others[k.half]++
			if i < first || i > last {
				return nil
			}
		}
	}
	if others[0] > 0 && others[1] > 0 || window == farWindow && spread(own) {
		return nil
	}
	return own
}

// fitting returns the segment with these flags that is near most others, and how many these are.
// It tries the first ones: somebody who makes segments up sends few.
func (o *opening) fitting(f *flow, mask, flags uint8, window uint32) (best, most int) {
	const enough = 16
	for i, tried := 0, 0; i < len(o.held) && tried < enough; i++ {
		k := &o.held[i]
		if k.Flags&mask != flags || flags&FlagSYN != 0 && f.sawSYN && !f.answersSYN(k.half, &k.Segment) {
			continue
		}
		tried++
		n := 0
		for j := range o.held {
			if k.near(&o.held[j], window) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
		if n == len(o.held) {
			break
		}
	}
	return best, most
}

// isTaken reports whether the other side goes on from the SYN at index i.
func (o *opening) isTaken(i int) bool {
	syn := &o.held[i]
	for j := range o.held {
		if k := &o.held[j]; k.half != syn.half && k.Flags&FlagACK != 0 && k.Ack-syn.Seq-1 < openingWindow {
			return true
		}
	}
	return false
}

// spread reports whether segments go too far from a SYN among them to follow it.
func spread(all []*early) bool {
	for _, syn := range all {
		if syn.Flags&FlagSYN == 0 {
			continue
		}
		d, start := syn.half, syn.Seq
		for _, k := range all {
			if (k.half == d || k.Flags&FlagACK != 0) && k.position(d)-start > openingWindow {
				return true
			}
		}
	}
	return false
}

// length is how many numbers a segment takes.
func (k *early) length() uint32 {
	n := uint32(len(k.Payload) + k.Missing)
	if k.Flags&FlagSYN != 0 {
		n++
	}
	if k.Flags&FlagFIN != 0 {
		n++
	}
	return n
}

// A sent is what is known of the numbers of a side.
type sent struct {
	known, held    bool // held if by a segment of its own
	start, reached uint32
}

// takes notes that numbers up to end are in use, from start on if none are known.
func (n *sent) takes(start, end uint32) {
	if !n.known {
		n.known, n.start, n.reached = true, start, end
	} else if before(n.reached, end) {
		n.reached = end
	}
}

// note notes what a segment shows. It is out of order if it begins below the first one of its
// side, or above what its side has reached, or acknowledges more than the other side has.
func (o *opening) note(k *early) {
	own, peer, n := &o.sides[k.half], &o.sides[k.half.other()], k.length()
	if own.known && (before(own.reached, k.Seq) || before(k.Seq, own.start) && n > 1) {
		o.disordered = true
	}
	own.takes(k.Seq, k.Seq+n)
	own.held = true
	if k.Flags&FlagACK != 0 {
		if peer.known && before(peer.reached, k.Ack) {
			o.disordered = true
		}
		o.confirmed = o.confirmed || peer.held && before(peer.start, k.Ack)
		peer.takes(k.Ack, k.Ack)
	}
}

// merged puts segments in the order in which they were sent: those of a side by their numbers, and
// each behind what it acknowledges.
func merged(all []*early) []*early {
	var sides [2][]*early
	for _, k := range all {
		sides[k.half] = append(sides[k.half], k)
	}
	for d := range sides {
		slices.SortStableFunc(sides[d], func(a, b *early) int {
			if n := int32(a.Seq - b.Seq); n != 0 {
				return int(n)
			}
			if a.Flags&b.Flags&FlagACK != 0 {
				return int(int32(a.Ack - b.Ack))
			}
			return 0
		})
	}
	out := make([]*early, 0, len(all))
	for len(sides[0]) > 0 && len(sides[1]) > 0 {
		x, y := sides[0][0], sides[1][0]
		d := 0
		switch xFirst, yFirst := y.follows(x), x.follows(y); {
		case xFirst != yFirst:
			if yFirst {
				d = 1
			}
		case y.At.Compare(x.At) < 0:
			d = 1
		}
		out = append(out, sides[d][0])
		sides[d] = sides[d][1:]
	}
	return append(append(out, sides[0]...), sides[1]...)
}

// follows reports whether k was sent when o, of the other side, had been received.
func (k *early) follows(o *early) bool {
	return k.Flags&FlagACK != 0 && before(o.Seq, k.Ack)
}
