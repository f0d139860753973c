package httpstream

import "slices"

// expireOpenings ends what was held for long enough.
func (a *Assembler) expireOpenings(now Time) {
	for len(a.openings) > 0 {
		if k := &a.openings[0]; k.isOpen() && now.Sub(k.since) < openingAge {
			return
		}
		a.endFirstOpening()
	}
	a.openings = nil
}

// Reached takes the time that a capture has reached, also by what is no TCP: what is held of
// beginnings for long enough is taken.
func (a *Assembler) Reached(now Time) {
	if len(a.openings) > 0 {
		a.expireOpenings(now)
	}
}

// endOpenings takes all that is held, also of connections that begin behind an end that is.
func (a *Assembler) endOpenings() {
	for len(a.openings)+len(a.ends) > 0 {
		a.LetGo()
		a.takeEnds()
	}
}

// LetGo takes what is held of beginnings, where nothing more comes for now.
func (a *Assembler) LetGo() {
	for len(a.openings) > 0 {
		a.endFirstOpening()
	}
}

// endFirstOpening ends what was held first.
func (a *Assembler) endFirstOpening() {
	k := a.openings[0]
	a.openings = a.openings[1:]
	if k.isOpen() {
		a.endOpening(k.flow)
	}
}

// endOpening takes the segments that are held, in the order in which they were sent.
func (a *Assembler) endOpening(f *flow) {
	o, key, conn := f.opening, f.key, f.conn.number
	a.forgetOpening(f)
	by, renumbered := o.renumber(f)
	all, foreign := o.sorted(f)
	if len(foreign) > 0 {
		a.counters.Decoys += len(foreign)
		a.counters.Places.Decoys.orEarlier(foreign[0].At)
	}
	a.reopen(f, all[0])
	n := slices.IndexFunc(all, func(k *early) bool { return k.Flags&(FlagFIN|FlagRST) != 0 })
	if n < 0 {
		n = len(all)
	}
	for _, k := range all[:n] {
		a.takeHeld(f, k)
	}
	if renumbered && f.conn != nil && f.conn.number == conn && f.half[0].begun && f.half[1].begun {
		a.apart(f, 0, by[0], by[1])
	}
	if n < len(all) {
		a.ends = append(a.ends, heldEnd{key, f, o, all[n:]})
		return
	}
	a.recycleOpening(o)
}

// takeHeld takes a segment that was held.
func (a *Assembler) takeHeld(f *flow, k *early) {
	a.comesLate(f, k.half, k.At)
	a.segment(&k.Segment)
}

// recycleOpening keeps an opening for another flow. Its segments are not valid any more.
func (a *Assembler) recycleOpening(o *opening) {
	clear(o.held)
	*o = opening{held: o.held[:0], data: o.data[:0]}
	a.shared.pools.openings.put(o)
}

// forgetOpening holds nothing of a flow any more.
func (a *Assembler) forgetOpening(f *flow) {
	a.openingBytes -= f.opening.bytes
	a.shared.held -= int64(f.opening.bytes)
	f.opening, f.settled = nil, true
}

// reopen lets a flow that began with another segment begin with the first one that was sent.
func (a *Assembler) reopen(f *flow, first *early) {
	c := f.conn
	if c.SYN || first.Flags&FlagSYN == 0 {
		return
	}
	was := f.client
	f.client, f.clientKnown, f.sawSYN, f.sawReply = first.half, true, true, false
	if first.Flags&FlagACK != 0 {
		f.client, f.sawSYN, f.sawReply = first.half.other(), false, true
	}
	c.SYN = true
	if f.client != was {
		c.swapEnds()
	}
}

// A heldEnd is the last segments of an opening, from the first one on that ends a side. They stay
// until the next segment, since a plain copy of what comes before them may stand in between: what
// it holds belongs to a connection that has not ended.
type heldEnd struct {
	key  flowKey
	flow *flow // which may be another one by now
	of   *opening
	rest []*early
}

// takeEnds takes the ends that are held.
func (a *Assembler) takeEnds() {
	ends := a.ends
	a.ends = nil
	for _, e := range ends {
		for _, k := range e.rest {
			a.takeHeld(e.flow, k)
		}
		a.recycleOpening(e.of)
	}
}

// takeEndsOf takes the ends that are held if one is of a connection on the ports of a segment, which may
// be of the next one there.
func (a *Assembler) takeEndsOf(s *Segment) {
	k, _ := keyOf(s)
	f := a.lookUp(&k)
	if f != nil && f.isAlias {
		k = f.alias.key
	}
	if slices.ContainsFunc(a.ends, func(e heldEnd) bool { return e.key == k }) {
		a.takeEnds()
	}
}
