package httpstream

import "net/netip"

// TCP flags of a Segment.
const (
	FlagFIN = 0x01
	FlagSYN = 0x02
	FlagRST = 0x04
	FlagPSH = 0x08
	FlagACK = 0x10
)

// A Segment is one TCP segment as decoded from a packet. Header and Payload are valid from the call
// that it is passed to until Assembler.Keep is called.
type Segment struct {
	At        Pos // Stream is filled in by the Assembler
	Src, Dst  netip.AddrPort
	Seq, Ack  uint32
	Flags     uint8
	TTL       uint8  // of the IP header; 0 if it is not known
	Header    []byte // the TCP header with its options; nil if there was none
	Payload   []byte
	Missing   int        // payload bytes that were on the wire but are not in the capture (snap length)
	Origin    int        // capture point, where captures of several hosts are read together
	PlainCopy *PlainCopy // of what negotrace redact wrote; nil for what a network sent
	Tunnel    uint64     // distinguishes equal addresses in different encapsulations (VNI, VLAN ...); 0 if none
}

// A Sink takes what an Assembler finds. A nil function is not called.
type Sink struct {
	// Exchange is called when an exchange is complete, or when it is certain that
	// no more of it will come; per connection in order of the requests. It returns
	// whether it keeps the exchange. One that is not kept is used again for another,
	// with its Request, Response and Header.
	Exchange func(*Exchange) (kept bool)
	// Rest is set if nothing refers to the Conn of an exchange, or of a message, once the call is over.
	// Then there may be another Conn for the same connection later, with the same Key, and this one may
	// be used again for another connection.
	Rest bool
	// Conn is called at the end of each connection, after its exchanges: for those
	// that carried HTTP or TLS, those to a port of Kerberos, and those to port 80 or 443 whose
	// SYN nobody answered. The others are only counted.
	Conn func(*Conn)
	// Message is called with each length-prefixed message on a connection to a
	// port of Kerberos (over TCP, RFC 4120 section 7.2.2) or 53 (DNS over TCP, RFC 1035
	// section 4.2.2). The bytes are only valid during the call.
	Message func(c *Conn, from Side, at Pos, record []byte)
	// KDCProxy is called with the content of each request to a KDC proxy and of each
	// response (MS-KKDCP), as far as the capture holds it. The bytes are only valid during
	// the call.
	KDCProxy func(c *Conn, from Side, at Pos, content []byte)
	// SOCKSToken is called with each token of GSS-API by which a client logs on to a SOCKS proxy, and
	// that the proxy answers (RFC 1961). The bytes are only valid during the call.
	SOCKSToken func(c *Conn, from Side, at Pos, token []byte)
	// Plain is called with what was in TLS, once that could be opened and is known to be HTTP (of
	// other TLS that was opened with nothing but its ends), and with what came over HTTP/2 that is
	// in no tunnel. On each connection it is in order. Header blocks of HTTP/2 are written anew, as
	// literals.
	Plain func(c *Conn, from Side, at Pos, part Part)
}

// An Assembler follows all TCP connections of a capture at once, and gives its Sink what
// they carried.
type Assembler struct {
	shared   shared
	counters *Counters

	flows   flowTable
	streams int    // next stream number
	conns   uint64 // so far
	origins int    // capture points so far
	clock   uint64 // segments so far
	endedAt Pos    // where the connection ends that is being finished

	// The flows in the order in which they would be given up, and how many there may be.
	maxFlows, maxEmbryonic, maxAwake, maxBusy int
	closed, resetting, embryonic, live        flowList
	atRest, waiting                           restList // were in use before those of live that could rest; waiting: something of them counts as held
	packed                                    []byte   // used again for each flow that is put to rest
	busy                                      int      // flows of live that restIdle looked at, and that cannot rest

	recent recent

	// oneWay holds the tunnels of flows by their keys without the tunnel, see oneConnection.
	oneWay map[flowKey]uint64

	openings     []agedOpening // in the order in which they began
	uncopied     []agedOpening // those with segments that came since Keep was called
	opened       int           // openings so far
	openingBytes int           // that they hold
	aheadBytes   int           // that count as held for clients that come later
	ends         []heldEnd
	late         []latePlace // of what came with the segment at hand, but was captured before it

	// The flow of the last segment, because segments come in bursts.
	last struct {
		src, dst netip.AddrPort
		origin   int
		tunnel   uint64
		flow     *flow
		half     direction
	}
}

// NewAssembler returns an Assembler that opens TLS with secrets (which may be nil,
// and may be added to while the capture is read) and counts into counters.
func NewAssembler(sink Sink, secrets *Secrets, counters *Counters) *Assembler {
	return &Assembler{
		shared:   shared{sink: sink, secrets: secrets, counters: counters},
		counters: counters,
		flows:    newFlowTable(),
		maxFlows: maxFlows, maxEmbryonic: maxEmbryonic, maxAwake: maxAwake, maxBusy: maxBusy,
	}
}

// Segment takes the next segment of the capture.
func (a *Assembler) Segment(s *Segment) {
	if s.PlainCopy == nil { // what was held when a copy was made is held when it is read
		a.late = a.late[:0]
		if len(a.ends) > 0 {
			a.takeEnds()
		}
		if len(a.openings) > 0 {
			a.expireOpenings(s.At.Time)
		}
		if len(a.ends) > 0 {
			a.takeEndsOf(s)
		}
	}
	a.segment(s)
}

// segment takes a segment that comes now, or was held.
func (a *Assembler) segment(s *Segment) {
	f, d := a.flowOf(s)
	s.At.Stream = f.stream
	if s.PlainCopy != nil {
		a.placeCopy(f, d, s)
	}
	if f.conn == nil || !f.settled && a.opens(f, d, s) || (!f.sawReply || f.reset) && a.leavesOut(f, d, s) {
		return
	}
	if f.isElsewhere(d, s) && a.renumberMidway(f, d, s) || f.successor != nil && a.renumberHeld(f, d, s) {
		a.segment(s) // what was held may have ended the connection
		return
	}
	if f.isForeign(d, s) || f.successor != nil && f.successor.isOpenedBy(f, d, s) {
		a.succeed(f, d, s)
		return
	}
	if f.successor != nil {
		a.refuteSYN(f, d, s)
	}
	a.touch(f, d, s)
	f.conn.End = s.At
	if s.Flags&FlagACK != 0 && a.acks(f, d, s) {
		return
	}
	if s.Flags&FlagRST != 0 {
		a.reset(f, d, s)
		return
	}
	h := &f.half[d]
	if s.Flags&FlagSYN != 0 && h.start == startAcked && s.Seq != h.base {
		return // of the other side of a firewall, or made up
	}
	h.ttl = max(h.ttl, s.TTL)
	seq := s.Seq
	if s.Flags&FlagSYN != 0 {
		seq++
		a.syn(f, d, seq, s)
		a.joinForwarded(f, s)
	}
	n := len(s.Payload) + s.Missing
	if end := seq + uint32(n); !h.seen || before(h.high, end) {
		h.high = end
	}
	h.seen = true
	heldBack := n > 0 && a.payload(f, d, seq, s)
	if s.Flags&(FlagFIN|FlagACK) == FlagFIN|FlagACK && !heldBack {
		a.fin(f, d, seq+uint32(n), s)
	}
	if h.queue != nil || f.half[d.other()].queue != nil || h.hasFIN || f.half[d.other()].hasFIN {
		a.settle(f, &s.At)
	}
	if a.shared.held > maxHeld {
		a.shed(&s.At)
	}
}

// drop counts one more thing given up for a limit.
func (a *Assembler) drop(limit string, at *Pos) { a.counters.Drop(limit, 1, *at) }

// acks takes the acknowledgment of a segment, and reports whether it ends the connection.
func (a *Assembler) acks(f *flow, d direction, s *Segment) (ends bool) {
	if f.doubts != nil || f.probe != nil {
		a.acknowledged(f, d.other(), s)
	}
	peer := &f.half[d.other()]
	if peer.acknowledge(s.Ack, s.Flags&FlagSYN != 0); peer.hasFIN || !peer.begun && peer.queue != nil {
		a.settle(f, &s.At)
	}
	return f.conn == nil
}

// leavesOut reports whether a segment is not read, while the SYN of f is not answered, or after a RST.
func (a *Assembler) leavesOut(f *flow, d direction, s *Segment) bool {
	if f.sawSYN && !f.sawReply && f.isOlder(d, s) {
		f.challenged = true
		if len(s.Payload) > 0 {
			a.drop(staleDropped, &s.At)
		}
		return true
	}
	return f.reset && !a.afterReset(f, d, s)
}

// Close ends the capture: everything still open is delivered.
func (a *Assembler) Close() {
	a.endOpenings()
	for _, f := range inOrder(func(f *flow) bool { return f.successor != nil && f.successor.isSYN() }, &a.live) {
		if f.flow.successor != nil {
			a.beginSuccessor(f.flow, &f.flow.conn.End)
		}
	}
	a.endOpenings()
	awake := inOrder(func(*flow) bool { return true }, &a.embryonic, &a.live, &a.resetting)
	for _, r := range a.restingInOrder() {
		for len(awake) > 0 && awake[0].compare(r.endOrder) < 0 {
			a.finish(awake[0].flow, Open, &awake[0].flow.conn.End)
			awake = awake[1:]
		}
		f := a.wakeNumber(r.number)
		a.finish(f, Open, &f.conn.End)
		a.forget(f)
	}
	for _, o := range awake {
		a.finish(o.flow, Open, &o.flow.conn.End)
	}
}

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
