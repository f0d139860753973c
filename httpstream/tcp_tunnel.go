package httpstream

import "slices"

// oneConnection returns the flow to which a segment belongs although it is in another tunnel:
// as its other direction, for some routers send what comes back another way, or in a network
// (VNI) of its own, or as a copy, where a capture has the same packets in several tunnels or outside
// of them. The numbers must fit. It is nil for all other segments.
func (a *Assembler) oneConnection(k flowKey, d direction, s *Segment) *flow {
	if k.tunnel == 0 && len(a.oneWay) == 0 {
		return nil
	}
	outside := k
	outside.tunnel = 0
	f := a.inTunnel(&outside)
	if k.tunnel != 0 && f == nil {
		f = a.lookUp(&outside)
	}
	if f == nil || f.conn == nil || f.aliases >= maxTranslations || !f.isCopied(d, s) && !f.isNear(d, s) && (f.hasSeen(d) || !f.fits(d, s)) {
		return nil
	}
	alias := a.shared.pools.flows.take()
	alias.stream, alias.key = f.stream, k
	a.flows.add(alias)
	f.takeAlias(alias, 0)
	return f
}

// hasSeen reports whether anything of half d came.
func (f *flow) hasSeen(d direction) bool {
	return f.half[d].seen || f.opening != nil && slices.ContainsFunc(f.opening.held, func(k early) bool { return k.half == d })
}

// isCopied reports whether a segment repeats the last one of half d, or its SYN.
func (f *flow) isCopied(d direction, s *Segment) bool {
	n := uint32(len(s.Payload) + s.Missing)
	if o := f.opening; o != nil {
		if own := &o.sides[d]; s.Flags&FlagSYN != 0 {
			return own.known && (s.Seq == own.start || s.Seq+1 == own.start)
		}
		for i := len(o.held) - 1; i >= 0; i-- {
			if k := &o.held[i]; k.half == d && n > 0 {
				return k.Seq == s.Seq && uint32(len(k.Payload)+k.Missing) == n
			}
		}
	}
	h := &f.half[d]
	switch {
	case !h.seen:
		return false
	case s.Flags&FlagSYN != 0:
		return h.begun && h.start != startFromAck && h.base == s.Seq
	}
	return n > 0 && h.high == s.Seq+n
}

// isNear reports whether both numbers of a segment are so near to where the two ends are that it is of no other
// connection: all of them begin at random.
func (f *flow) isNear(d direction, s *Segment) bool {
	if s.Flags&(FlagSYN|FlagACK) != FlagACK || s.Seq < leastRandom || s.Ack < leastRandom {
		return false
	}
	own, known := f.reached(d)
	peer, peerKnown := f.reached(d.other())
	if !peerKnown {
		return known && s.Seq == own
	}
	return known && distance(own, s.Seq) < tunnelWindow && distance(peer, s.Ack) < tunnelWindow
}

// reached returns up to which number half d is known to have sent, by its own segments or those of the other one.
func (f *flow) reached(d direction) (seq uint32, known bool) {
	if o := f.opening; o != nil {
		return o.sides[d].reached, o.sides[d].known
	}
	if h := &f.half[d]; !h.seen {
		return h.next, h.begun
	}
	return f.half[d].high, true
}

// tunnelWindow is how far apart the numbers are of what comes in two tunnels at one time.
const tunnelWindow = 1 << 20

// fits reports whether a segment of half d acknowledges something that the other half sent.
func (f *flow) fits(d direction, s *Segment) bool {
	if s.Flags&(FlagSYN|FlagACK) == FlagSYN && f.opening != nil { // its answer was captured first
		return slices.ContainsFunc(f.opening.held, func(k early) bool {
			return k.half != d && k.Flags&FlagSYN != 0 && k.Ack-s.Seq-1 <= uint32(len(s.Payload)+s.Missing)
		})
	}
	if s.Flags&FlagACK == 0 {
		return false
	}
	high, seen := f.half[d.other()].high, f.half[d.other()].seen
	if o := f.opening; o != nil {
		high, seen = o.sides[d.other()].reached, f.hasSeen(d.other())
	}
	return seen && !before(high, s.Ack) && high-s.Ack < tunnelWindow
}

// noteTunnel makes a new flow in a tunnel known to oneConnection.
func (a *Assembler) noteTunnel(f *flow) {
	k := f.key
	if k.tunnel == 0 {
		return
	}
	if a.oneWay == nil {
		a.oneWay = make(map[flowKey]uint64)
	}
	k.tunnel = 0
	a.oneWay[k] = f.key.tunnel
}

// inTunnel returns the flow of oneWay with a key that is without its tunnel, nil if there is none.
func (a *Assembler) inTunnel(outside *flowKey) *flow {
	k := *outside
	if k.tunnel = a.oneWay[k]; k.tunnel == 0 {
		return nil
	}
	return a.lookUp(&k)
}

// forgetTunnel removes what oneConnection knows of a flow.
func (a *Assembler) forgetTunnel(f *flow) {
	k := f.key
	k.tunnel = 0
	if f.key.tunnel != 0 && a.oneWay[k] == f.key.tunnel {
		delete(a.oneWay, k)
	}
}
