package httpstream

import "time"

// oneConnection returns the flow of which a segment is a part, although it is in another
// tunnel. It may be the other direction: some routers send what comes back another way, or in
// a network (VNI) of its own. The numbers must fit then, and nothing of this direction be there
// yet. Or it is a copy: a machine that puts packets into a tunnel, or takes them out, captures
// them on both sides of it. It is nil for all other segments.
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
	switch {
	case f == nil, f.conn == nil:
		return nil
	case f.isCopy(d, s):
	case f.alias != nil, f.half[d].seen, !f.half[d^1].fits(s):
		return nil
	}
	alias := a.shared.pools.flows.take()
	alias.stream, alias.key, alias.isAlias, alias.alias = f.stream, k, true, f
	alias.next, f.alias = f.alias, alias
	a.flows.add(alias)
	return f
}

// fits reports whether a segment of the other side acknowledges something that h sent.
func (h *half) fits(s *Segment) bool {
	const window = 1 << 20
	return h.seen && s.Flags&FlagACK != 0 && !before(h.high, s.Ack) && h.high-s.Ack < window
}

// isCopy reports whether a segment is one that f has had just now: one of another connection
// that has the same addresses has other numbers.
func (f *flow) isCopy(d int, s *Segment) bool {
	const (
		near = 256 << 10
		soon = time.Second
	)
	h, peer := &f.half[d], &f.half[d^1]
	if age := s.At.Time.Sub(f.conn.End.Time); !h.seen || age >= soon || age <= -soon {
		return false
	}
	if s.Flags&FlagSYN != 0 {
		return h.begun && h.base == s.Seq
	}
	end := s.Seq + uint32(len(s.Payload)+s.Missing)
	return h.high-end < near && s.Flags&FlagACK != 0 && peer.hasAck && peer.acked-s.Ack < near
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
	for alias := f.alias; alias != nil; {
		next := alias.next
		a.flows.remove(alias)
		*alias = flow{}
		a.shared.pools.flows.put(alias)
		alias = next
	}
	k := f.key
	k.tunnel = 0
	if f.key.tunnel != 0 && a.oneWay[k] == f {
		delete(a.oneWay, k)
	}
}
