package httpstream

// number returns the stream number of a new flow. Wireshark does not
// distinguish capture points and tunnels: a connection that was seen at two points, or in
// a tunnel and outside of it, has one number there. before is the number of the last flow
// on these ports.
func (a *Assembler) number(k flowKey, before int) int {
	const most = 16 // capture points that are looked at
	a.origins = max(a.origins, int(k.origin)+1)
	for origin := range min(a.origins, most) {
		for _, tunnel := range [...]uint64{k.tunnel, 0} {
			other := k
			other.origin, other.tunnel = int32(origin), tunnel
			if other == k {
				continue
			}
			if f := a.lookUp(&other); f != nil && f.stream > before {
				return f.stream
			}
		}
	}
	a.streams++
	return a.streams - 1
}

// reused reports whether a segment opens another connection on the ports of f: a SYN
// with an initial sequence number that is not the one f began with. It may come behind what
// follows it.
func (f *flow) reused(d direction, s *Segment) bool {
	h := &f.half[d]
	switch {
	case s.Flags&(FlagSYN|FlagACK) != FlagSYN:
		return false
	case h.begun:
		return h.base != s.Seq || f.conn != nil && f.conn.Bytes != [2]int64{} && s.At.Time.Sub(f.conn.End.Time) > linger
	}
	return h.seen && h.high-(s.Seq+1) >= farWindow
}

// renewed reports whether a segment after the end of f belongs to another connection on its
// ports whose SYN was not seen: it does not repeat data of f. Wireshark counts it to the same
// stream.
func (f *flow) renewed(d direction, s *Segment) bool {
	h := &f.half[d]
	if s.Flags&FlagSYN != 0 {
		if peer := &f.half[d.other()]; f.conn != nil && s.Flags&FlagACK != 0 && peer.begun && before(peer.base+1, s.Ack) && !before(peer.high, s.Ack) {
			return false // somebody made it up: it acknowledges data of f
		}
		return h.begun && (h.base != s.Seq || f.conn == nil && s.At.Time.Sub(f.closed) > linger)
	}
	n := len(s.Payload) + s.Missing
	if n == 0 || s.Flags&FlagRST != 0 {
		return false
	}
	if f.conn == nil && s.At.Time.Sub(f.closed) > linger {
		return true
	}
	ahead, away := int32(s.Seq+uint32(n)-h.next), int32(s.Seq-h.next)
	if f.reset {
		return away > reuseDistance || away < -reuseDistance
	}
	return ahead > 0 || away < -reuseDistance
}

// open begins a flow with the segment.
func (a *Assembler) open(k flowKey, d direction, s *Segment, stream int) *flow {
	a.makeRoom(s)
	f := a.shared.pools.flows.take()
	f.key, f.stream, f.client = k, stream, guessClient(s.Src, s.Dst, d)
	a.counters.Connections++
	switch {
	case s.Flags&(FlagSYN|FlagACK) == FlagSYN:
		f.client, f.clientKnown, f.sawSYN = d, true, true
	case s.Flags&FlagSYN != 0:
		f.client, f.clientKnown, f.sawReply = d.other(), true, true
	}
	a.conns++
	c := a.shared.pools.conns.take()
	*c = Conn{number: a.conns, Stream: f.stream, Client: s.Src, Server: s.Dst, SYN: f.clientKnown, Origin: s.Origin}
	if f.client != d {
		c.Client, c.Server = s.Dst, s.Src
	}
	s.At.Stream = f.stream
	c.Start, c.End = s.At, s.At
	c.joined = s.Flags&FlagSYN != 0 && s.joinsMultipath()
	f.conn = c
	a.flows.add(f)
	f.moveTo(&a.embryonic)
	a.noteTunnel(f)
	if f.sawSYN {
		a.noteSYN(f, d, s)
	}
	if s.PlainCopy != nil {
		a.attachPlainCopy(f, s)
	}
	return f
}
