package httpstream

import "net/netip"

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
