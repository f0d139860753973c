package httpstream

// oneConnection returns the flow to which a segment belongs although it is in another tunnel:
// as its other direction, for some routers send what comes back another way, or in a network
// (VNI) of its own, or as a copy, where a capture has the same packets in a tunnel and outside
// of it. The numbers must fit. It is nil for all other segments.
func (a *Assembler) oneConnection(k flowKey, d int, s *Segment) *flow {
	if k.tunnel == 0 && len(a.oneWay) == 0 {
		return nil
	}
	outside := k
	outside.tunnel = 0
	f := a.oneWay[outside]
	if k.tunnel != 0 && f == nil {
		f = a.flows.find(&outside)
	}
	if f == nil || f.conn == nil || f.alias != nil || !f.half[d].isCopied(s) && (f.half[d].seen || !f.half[d^1].fits(s)) {
		return nil
	}
	alias := a.shared.pools.flows.take()
	alias.stream, alias.key, alias.isAlias, alias.alias, f.alias = f.stream, k, true, f, alias
	a.flows.add(alias)
	return f
}

// isCopied reports whether a segment repeats the last one of h, or its SYN.
func (h *half) isCopied(s *Segment) bool {
	n := uint32(len(s.Payload) + s.Missing)
	switch {
	case !h.seen:
		return false
	case s.Flags&FlagSYN != 0:
		return h.begun && !h.startFromAck && h.base == s.Seq
	}
	return n > 0 && h.high == s.Seq+n
}

// fits reports whether a segment of the other side acknowledges something that h sent.
func (h *half) fits(s *Segment) bool {
	const window = 1 << 20
	return h.seen && s.Flags&FlagACK != 0 && !before(h.high, s.Ack) && h.high-s.Ack < window
}

// noteTunnel makes a new flow in a tunnel known to oneConnection.
func (a *Assembler) noteTunnel(f *flow) {
	k := f.key
	if k.tunnel == 0 {
		return
	}
	if a.oneWay == nil {
		a.oneWay = make(map[flowKey]*flow)
	}
	k.tunnel = 0
	a.oneWay[k] = f
}

// forgetTunnel removes what oneConnection knows of a flow.
func (a *Assembler) forgetTunnel(f *flow) {
	if alias := f.alias; alias != nil {
		a.flows.remove(alias)
		*alias = flow{}
		a.shared.pools.flows.put(alias)
	}
	k := f.key
	k.tunnel = 0
	if f.key.tunnel != 0 && a.oneWay[k] == f {
		delete(a.oneWay, k)
	}
}
