package httpstream

// oneConnection returns the flow of which a segment is the other direction, although it is
// in another tunnel: some routers send what comes back another way, or in a network (VNI)
// of its own. The numbers must fit, and nothing of this direction be there yet. It is nil
// for all other segments.
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
	if f == nil || f.conn == nil || f.alias != nil || f.half[d].seen || !f.half[d^1].fits(s) {
		return nil
	}
	alias := a.shared.pools.flows.take()
	alias.stream, alias.key, alias.isAlias, alias.alias, f.alias = f.stream, k, true, f, alias
	a.flows.add(alias)
	return f
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
