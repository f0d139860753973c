package httpstream

import "slices"

// An opening is the first segments of a connection that does not begin with a SYN and its answer:
// the capture began later, or is out of order, since it was put together of several queues or
// interfaces, or has one direction later than the other. They are held for a moment, until it
// shows in which order they were sent.
type opening struct {
	number     int // of all openings
	held       []early
	copied     int    // of them: those with their bytes in data
	data       []byte // what was full before is not here any more
	bytes      int    // that count as held
	sides      [2]sent
	disordered bool
	confirmed  bool // a side acknowledged what is held of the other one
}

// An agedOpening is an opening with its age. It was ended before if its flow has another one.
type agedOpening struct {
	flow    *flow
	opening *opening
	number  int
	since   Time
}

// An early is a segment of a half that is held.
type early struct {
	Segment
	half direction
}

// copy copies the bytes of the segments that came since the last copy.
func (o *opening) copy() {
	n := 0
	for i := o.copied; i < len(o.held); i++ {
		n += len(o.held[i].Header) + len(o.held[i].Payload)
	}
	if len(o.data)+n > cap(o.data) {
		o.data = make([]byte, 0, max(n, minOpeningBytes))
	}
	for ; o.copied < len(o.held); o.copied++ {
		k := &o.held[o.copied]
		k.Header, k.Payload = o.keep(k.Header), o.keep(k.Payload)
	}
}

// keep returns a copy of b that stays while the opening does.
func (o *opening) keep(b []byte) []byte {
	at := len(o.data)
	o.data = append(o.data, b...)
	return o.data[at:len(o.data):len(o.data)]
}

// Keep ends how long the bytes of the segments so far are valid: it copies those that the Assembler
// still needs. Most of what is held is taken before.
func (a *Assembler) Keep() {
	for _, k := range a.uncopied {
		if k.isOpen() {
			o := k.opening
			had := cap(o.data)
			o.copy()
			n := max(0, cap(o.data)-had)
			o.bytes += n
			a.openingBytes += n
			a.shared.held += int64(n)
		}
	}
	for _, e := range a.ends {
		e.of.copy()
	}
	clear(a.uncopied)
	a.uncopied = a.uncopied[:0]
}

// opens holds a segment of a connection whose beginning is not certain, and reports whether it
// does.
func (a *Assembler) opens(f *flow, d direction, s *Segment) bool {
	client := &f.half[f.client]
	isSYN := s.Flags&(FlagSYN|FlagACK) == FlagSYN
	switch {
	case f.opening != nil:
	case s.Flags&FlagRST != 0, isSYN && (!client.seen || d == f.client && client.base == s.Seq):
		return false // it is the first, or the same again
	case f.isPlainCopy(), a.openingBytes > maxAllOpenings, f.sawSYN && s.Flags&FlagSYN != 0 && f.answersSYN(d, s):
		f.settled = true
		return false
	case f.sawSYN && d != f.client && s.Flags&FlagSYN == 0 && s.Ack-client.base-1 >= openingWindow:
		return false // of an earlier connection, see isOlder
	default:
		a.begins(f, s)
		f.opening.disordered = f.sawSYN && d != f.client // a server answers with a SYN first
	}
	a.holdOpening(f, d, s)
	return true
}

// answersSYN reports whether a segment acknowledges the SYN of the client, which was seen.
func (f *flow) answersSYN(d direction, s *Segment) bool {
	client := &f.half[f.client]
	return d != f.client && before(client.base, s.Ack) && !before(client.high, s.Ack)
}

// begins makes an opening that begins with a segment.
func (a *Assembler) begins(f *flow, s *Segment) {
	o := a.shared.pools.openings.take()
	a.opened++
	o.number = a.opened
	f.opening = o
	for d := range direction(2) {
		if h := &f.half[d]; h.seen { // its SYN
			o.sides[d].takes(h.base, h.high)
			o.sides[d].held = true
		}
	}
	for len(a.openings) >= maxOpenings {
		a.endFirstOpening()
	}
	a.openings = append(a.openings, agedOpening{f, o, o.number, s.At.Time})
}

// holdOpening holds one more segment. Where many came in order, no more are held.
func (a *Assembler) holdOpening(f *flow, d direction, s *Segment) {
	o := f.opening
	if o.copied == len(o.held) {
		a.uncopied = append(a.uncopied, agedOpening{f, o, o.number, s.At.Time})
	}
	o.held = append(o.held, early{*s, d})
	n := heldSegment + len(s.Header) + len(s.Payload)
	o.bytes += n
	a.openingBytes += n
	a.shared.held += int64(n)
	o.note(&o.held[len(o.held)-1])
	f.conn.End = s.At
	a.clock++
	f.lastUsed = a.clock
	if len(s.Payload) > 0 && len(o.held) > 1 && f.list == &a.embryonic {
		f.moveTo(&a.live)
	}
	enough := maxOpening
	if !o.disordered {
		enough = oneWayOpening
		if o.confirmed {
			enough = minOpening
		}
	}
	if len(o.held) >= enough || o.bytes >= maxOpeningBytes {
		a.endOpening(f)
	}
}

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

// LetGo takes what is held of beginnings, where nothing more comes for now.
func (a *Assembler) LetGo() {
	for len(a.openings) > 0 {
		a.endFirstOpening()
	}
}

// endOpenings takes all that is held, also of connections that begin behind an end that is.
func (a *Assembler) endOpenings() {
	for len(a.openings)+len(a.ends) > 0 {
		a.LetGo()
		a.takeEnds()
	}
}

func (k *agedOpening) isOpen() bool {
	return k.flow.opening == k.opening && k.opening.number == k.number
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

// lookAtFirst takes what the first bytes of a connection show where its SYN does not.
func (a *Assembler) lookAtFirst(f *flow, d direction, ack uint32, b []byte) {
	if !f.clientKnown || classify(b, false) == httpRequest {
		f.findClient(d, b, &a.shared)
		return
	}
	if side, known := likelySide(b); known && side == Server && f.conn.SYN && !f.sawSYN && f.half[d.other()].next == ack {
		// It answers what the client's SYN held (RFC 7413), which is not in the capture.
		f.conn.SYN = false
	}
}
