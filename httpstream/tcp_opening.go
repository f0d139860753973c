package httpstream

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

func (k *agedOpening) isOpen() bool {
	return k.flow.opening == k.opening && k.opening.number == k.number
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
