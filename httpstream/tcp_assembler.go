package httpstream

import "net/netip"

// TCP flags of a Segment.
const (
	FlagFIN = 0x01
	FlagSYN = 0x02
	FlagRST = 0x04
	FlagACK = 0x10
)

// A Segment is one TCP segment as decoded from a packet. Payload is only valid
// during the call it is passed to.
type Segment struct {
	At       Pos // Stream is filled in by the Assembler
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    uint8
	Payload  []byte
	Missing  int    // payload bytes that were on the wire but are not in the capture (snap length)
	Origin   int    // capture point, where captures of several hosts are read together
	Tunnel   uint64 // distinguishes equal addresses in different encapsulations (VNI, VLAN ...); 0 if none
}

// A Sink takes what an Assembler finds. A nil function is not called.
type Sink struct {
	// Exchange is called when an exchange is complete, or when it is certain that
	// no more of it will come; per connection in order of the requests. It returns
	// whether it keeps the exchange. One that is not kept is used again for another,
	// with its Request, Response and Header.
	Exchange func(*Exchange) (kept bool)
	// Conn is called at the end of each connection, after its exchanges: for those
	// that carried HTTP or TLS, those of port 88, and those to port 80 or 443 whose
	// SYN nobody answered. The others are only counted.
	Conn func(*Conn)
	// Record is called with each length-prefixed message on a connection to port
	// 88 (Kerberos over TCP, RFC 4120 section 7.2.2) or 53 (DNS over TCP, RFC 1035
	// section 4.2.2). The bytes are only valid during the call.
	Record func(c *Conn, from Side, at Pos, record []byte)
}

// An Assembler follows all TCP connections of a capture at once, and gives its Sink what
// they carried.
type Assembler struct {
	shared   shared
	counters *Counters

	flows   flowTable
	streams int    // next stream number
	origins int    // capture points so far
	clock   uint64 // segments so far
	endedAt Pos    // where the connection ends that is being finished

	// The flows in the order in which they would be given up.
	closed, embryonic, live flowList

	// The flow of the last segment, because segments come in bursts.
	last struct {
		src, dst netip.AddrPort
		origin   int
		tunnel   uint64
		flow     *flow
		half     int
	}
}

// NewAssembler returns an Assembler that opens TLS with secrets (which may be nil,
// and may be added to while the capture is read) and counts into counters.
func NewAssembler(sink Sink, secrets *Secrets, counters *Counters) *Assembler {
	return &Assembler{
		shared:   shared{sink: sink, secrets: secrets, counters: counters},
		counters: counters,
		flows:    newFlowTable(),
	}
}

// Segment takes the next segment of the capture.
func (a *Assembler) Segment(s *Segment) {
	f, d := a.find(s)
	s.At.Stream = f.stream
	if f.conn == nil {
		return
	}
	a.touch(f, d, s)
	f.conn.End = s.At
	if s.Flags&FlagACK != 0 {
		f.half[d^1].acknowledge(s.Ack)
	}
	if s.Flags&FlagRST != 0 {
		a.reset(f, d, s)
		return
	}
	h := &f.half[d]
	seq := s.Seq
	if s.Flags&FlagSYN != 0 {
		seq++
		if h.queue == nil && (!h.begun || f.conn.Bytes == [2]int64{} || f.startsEarlier(d, seq)) {
			h.begin(seq)
		}
	}
	n := len(s.Payload) + s.Missing
	if end := seq + uint32(n); !h.seen || before(h.high, end) {
		h.high = end
	}
	h.seen = true
	if n > 0 {
		a.payload(f, d, seq, s)
	}
	if s.Flags&FlagFIN != 0 {
		a.fin(f, d, seq+uint32(n), s)
	}
	if h.queue != nil || f.half[d^1].queue != nil || h.hasFIN || f.half[d^1].hasFIN {
		a.settle(f, &s.At)
	}
	if a.shared.held > maxHeld {
		a.shed()
	}
}

// Close ends the capture: everything still open is delivered.
func (a *Assembler) Close() {
	for _, f := range inOrder(&a.embryonic, &a.live) {
		a.finish(f, Open, &f.conn.End)
	}
}

// find returns the flow of a segment, which may be a new one, and which half of it
// the segment belongs to.
func (a *Assembler) find(s *Segment) (*flow, int) {
	l := &a.last
	if l.flow != nil && l.flow.conn != nil && s.Flags&FlagSYN == 0 && s.Tunnel == l.tunnel && s.Origin == l.origin {
		switch {
		case s.Src == l.src && s.Dst == l.dst:
			return l.flow, l.half
		case s.Src == l.dst && s.Dst == l.src:
			return l.flow, l.half ^ 1
		}
	}
	k, d := keyOf(s)
	f := a.flows.find(&k)
	switch {
	case f == nil:
		f = a.open(k, d, s, a.number(k, -1))
	case f.reused(d, s):
		a.finish(f, Reused, &s.At)
		before := f.stream
		a.forget(f)
		f = a.open(k, d, s, a.number(k, before))
	case f.conn == nil && f.renewed(d, s):
		stream := f.stream
		a.forget(f)
		f = a.open(k, d, s, stream)
	}
	l.src, l.dst, l.origin, l.tunnel, l.flow, l.half = s.Src, s.Dst, s.Origin, s.Tunnel, f, d
	return f, d
}

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
			if f := a.flows.find(&other); f != nil && f.stream > before {
				return f.stream
			}
		}
	}
	a.streams++
	return a.streams - 1
}

// reused reports whether a segment opens another connection on the ports of f: a SYN
// with an initial sequence number that is not the one f began with.
func (f *flow) reused(d int, s *Segment) bool {
	h := &f.half[d]
	return s.Flags&(FlagSYN|FlagACK) == FlagSYN && (h.seen || h.begun) && (!h.begun || h.base != s.Seq)
}

// renewed reports whether a segment after the end of f belongs to another connection on
// its ports whose SYN was not seen. Wireshark counts it to the same stream.
func (f *flow) renewed(d int, s *Segment) bool {
	h := &f.half[d]
	if s.Flags&FlagSYN != 0 {
		return h.begun && h.base != s.Seq
	}
	away := int32(s.Seq - h.next)
	return len(s.Payload) > 0 && (away > reuseDistance || away < -reuseDistance)
}

// open begins a flow with the segment.
func (a *Assembler) open(k flowKey, d int, s *Segment, stream int) *flow {
	a.makeRoom(s)
	f := a.shared.pools.flows.take()
	f.key, f.stream, f.client = k, stream, guessClient(s.Src, s.Dst, d)
	a.counters.Connections++
	switch {
	case s.Flags&(FlagSYN|FlagACK) == FlagSYN:
		f.client, f.clientKnown, f.sawSYN = d, true, true
	case s.Flags&FlagSYN != 0:
		f.client, f.clientKnown, f.sawReply = d^1, true, true
	default:
		a.counters.MidStream++
	}
	c := &Conn{Stream: f.stream, Client: s.Src, Server: s.Dst, SYN: f.clientKnown, Origin: s.Origin}
	if f.client != d {
		c.Client, c.Server = s.Dst, s.Src
	}
	s.At.Stream = f.stream
	c.Start, c.End = s.At, s.At
	f.conn = c
	a.flows.add(f)
	a.embryonic.push(f)
	return f
}

// makeRoom makes room for one more flow.
func (a *Assembler) makeRoom(s *Segment) {
	for f := a.closed.first; f != nil && (s.At.Time.Sub(f.closed) > linger || a.closed.n > maxClosed); f = a.closed.first {
		a.forget(f)
	}
	if a.embryonic.n >= maxEmbryonic {
		a.giveUp(a.embryonic.first, embryonicDropped)
	}
	if a.flows.n < maxFlows {
		return
	}
	if f := a.closed.first; f != nil {
		a.forget(f)
		return
	}
	f := a.embryonic.first
	if f == nil {
		f = a.live.first
	}
	a.giveUp(f, flowDropped)
}

// giveUp ends an open flow for a limit.
func (a *Assembler) giveUp(f *flow, limit string) {
	a.shared.drop(limit)
	a.finish(f, Dropped, &f.conn.End)
	a.forget(f)
}

// shed gives up flows until less is held.
func (a *Assembler) shed() {
	for a.shared.held > maxHeld && a.live.first != nil {
		f := a.live.first
		a.shared.drop(heldDropped)
		a.finish(f, Dropped, &f.conn.End)
	}
}

func (a *Assembler) forget(f *flow) {
	f.list.remove(f)
	a.flows.remove(f)
	if a.last.flow == f {
		a.last.flow = nil
	}
	*f = flow{}
	a.shared.pools.flows.put(f)
}

// touch notes that a flow is in use; for the order of the lists now and then is enough.
func (a *Assembler) touch(f *flow, d int, s *Segment) {
	a.clock++
	if f.list == &a.embryonic {
		if f.side(d) == Server && s.Flags&FlagRST == 0 || s.Flags&(FlagSYN|FlagRST|FlagACK) == FlagACK {
			f.sawReply = true // as the client's going on shows too
		}
		if len(s.Payload) == 0 {
			return
		}
	} else if a.clock-f.lastUsed < 4096 {
		return
	}
	f.lastUsed = a.clock
	f.list.remove(f)
	a.live.push(f)
}
