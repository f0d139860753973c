package httpstream

// flowOf does what find does, and joins what are two sides of one connection.
func (a *Assembler) flowOf(s *Segment) (*flow, direction) {
	f, d := a.find(s)
	if f.renumbered != nil {
		f.renumber(d, s)
	}
	if !f.spoke && len(s.Payload) > 0 {
		return a.speaks(f, d, s)
	}
	return f, d
}

// find returns the flow of a segment, which may be a new one, and which half of it
// the segment belongs to.
func (a *Assembler) find(s *Segment) (*flow, direction) {
	l := &a.last
	if l.flow != nil && l.flow.conn != nil && !l.flow.reset && s.Flags&FlagSYN == 0 && (s.PlainCopy == nil || !s.PlainCopy.InPart) && s.Tunnel == l.tunnel && s.Origin == l.origin {
		switch {
		case s.Src == l.src && s.Dst == l.dst:
			return l.flow, l.half
		case s.Src == l.dst && s.Dst == l.src:
			return l.flow, l.half.other()
		}
	}
	k, own := keyOf(s)
	f, d := a.lookUp(&k), own
	switch {
	case f == nil:
		if f = a.oneConnection(k, d, s); f == nil {
			f = a.open(k, d, s, a.number(k, -1))
		}
	case f.isAlias:
		d ^= f.first
		f = f.alias
	}
	if f.renumbered != nil && f.conn == nil && s.Flags&FlagSYN == 0 {
		f.renumber(d, s) // it may be a copy of what came before the end
	}
	switch {
	case f.opening != nil:
	case f.renumbers(d, s):
		if s.Flags&FlagACK == 0 {
			f.stream = a.streamOf(f, s)
		}
	case f.reused(d, s) && f.mayRefuse(s):
	case f.reused(d, s):
		stream := a.streamOf(f, s)
		a.finish(f, Reused, &s.At)
		a.forget(f)
		f, d = a.open(k, own, s, stream), own
	case (f.conn == nil || f.reset) && f.renewed(d, s):
		if k := f.successor; k != nil && (k.isFollowedBy(d, s) || k.isAnswered(d, s) || k.isOpenedBy(f, d, s)) {
			a.beginSuccessor(f, &s.At)
			return a.find(s)
		}
		a.finish(f, RST, &s.At)
		stream := f.stream
		a.forget(f)
		f, d = a.open(k, own, s, stream), own
	}
	if s.PlainCopy != nil {
		a.noteIncompleteCopy(f, s.PlainCopy)
	}
	l.src, l.dst, l.origin, l.tunnel, l.flow, l.half = s.Src, s.Dst, s.Origin, s.Tunnel, f, d
	return f, d
}
