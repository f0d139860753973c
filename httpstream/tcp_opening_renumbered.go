package httpstream

import "bytes"

// renumber gives all that is held the numbers of one side of a firewall, if a segment shows that both sides
// are there: it comes twice, with other numbers. It returns how far apart these are.
func (o *opening) renumber(f *flow) (by [2]uint32, found bool) {
	first, again := o.twice()
	if first == nil {
		return by, false
	}
	for d := range direction(2) {
		if h := &f.half[d]; h.seen && distance(again.position(d), h.high) < distance(first.position(d), h.high) {
			first, again = again, first
			break
		}
	}
	o.disordered = true // two sides are never in step
	at := [2]uint32{first.position(0), first.position(1)}
	by = [2]uint32{again.position(0) - at[0], again.position(1) - at[1]}
	for i := range o.held {
		k := &o.held[i]
		seq, ack := k.Seq, k.Ack
		for d := range direction(2) {
			p := &k.Ack
			if k.half == d {
				p = &k.Seq
			}
			if k.knows(d) && distance(*p-by[d], at[d]) < distance(*p, at[d]) {
				*p -= by[d]
			}
		}
		if k.Seq != seq || k.Ack != ack {
			k.Header = nil // see flow.renumber
		}
	}
	return by, true
}

// knows reports whether a segment has a number of half d.
func (k *early) knows(d direction) bool { return k.half == d || k.Flags&FlagACK != 0 }

// twice returns two segments that are the same but for numbers that are far apart, of one half or of both; nil
// if there are none.
func (o *opening) twice() (first, again *early) {
	for j := range o.held {
		again = &o.held[j]
		if len(again.Payload) < fewBytes || again.Missing > 0 {
			continue
		}
		for i := range j {
			if first = &o.held[i]; first.isAlso(again) && !o.isOver(i, j) {
				return first, again
			}
		}
	}
	return nil, nil
}

// isAlso reports whether two segments are the same but for numbers that are far apart.
func (k *early) isAlso(o *early) bool {
	seq, ack := distance(k.Seq, o.Seq), distance(k.Ack, o.Ack)
	return k.half == o.half && len(k.Payload) == len(o.Payload) && k.Missing == 0 && k.Flags == o.Flags && (seq >= tunnelWindow || ack >= tunnelWindow) &&
		(seq == 0 || seq >= tunnelWindow) && (ack == 0 || ack >= tunnelWindow) && bytes.Equal(k.Payload, o.Payload)
}

// isOver reports whether the segment at index j may be the same again on another connection: the one at i was
// answered before, or its connection ended.
func (o *opening) isOver(i, j int) bool {
	first, again := &o.held[i], &o.held[j]
	mayBeOther := !isForwarded(first.TTL, again.TTL) && first.Seq != again.Seq && first.Ack != again.Ack
	for n := range j {
		k := &o.held[n]
		answers := mayBeOther && n > i && k.half != first.half && before(first.Seq, k.Ack)
		if (answers || k.Flags&(FlagFIN|FlagRST) != 0) && k.near(first, tunnelWindow) {
			return true
		}
	}
	return false
}
