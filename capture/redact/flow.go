package redact

import (
	"bytes"
	"net/netip"

	"negotrace/capture/redact/message"
	"negotrace/httpstream"
)

// A flowKey identifies a connection. The lesser end stands first.
type flowKey struct {
	a, b   netip.AddrPort
	tunnel uint64
	origin int
}

// A conn is a connection.
type conn struct {
	key   flowKey
	sides [2]half // of segments from the lesser end, and to it
	connState
}

// A half is one direction of a connection. Places in it are counted from the first byte that
// was seen.
type half struct {
	*conn
	side      int // its index in sides
	started   bool
	isn       uint32 // of its SYN
	hasISN    bool
	next      uint32 // sequence number of what comes next
	at        int64  // place of the same byte
	done      int64  // place up to which all is rewritten
	unsure    int    // segments of the connection until it begins with what waits; see addFirst
	early     *half  // what came before the first byte that was seen; nil for nothing
	fin       uint32 // sequence number of its FIN
	hasFIN    bool
	answers   int    // segments of the connection until it goes on with what waits; see isEarly
	passed    uint32 // acknowledgment up to which nothing waits any more, if hasPassed
	hasPassed bool
	begun     beginning // the last segment with which a message may have begun

	*buffered                    // what is not rewritten yet; see Redactor.nothing
	retransmitted []piece        // the same bytes once more
	waiting       []piece        // behind a hole, in order
	waitingBytes  int            // bytes in waiting
	history       []historyRange // what was rewritten, up to done

	parser
}

// A piece is a part of a direction that lies in a packet.
type piece struct {
	p   *packet
	at  int64
	b   []byte
	ack uint32 // what its sender had received, if isAcking
	// isAcking is set where it may wait for what it answers.
	isAcking bool
	isRest   bool // of a segment whose beginning came before
	// contradicts is what it is a copy of with other bytes, nil for nothing.
	contradicts *beginning
}

func (x *piece) end() int64 { return x.at + int64(len(x.b)) }

// takeUpTo takes from x what lies in front of a place, and returns it.
func (x *piece) takeUpTo(place int64) piece {
	taken, n := *x, min(int64(len(x.b)), place-x.at)
	taken.b = x.b[:n]
	x.at, x.b, x.isRest = x.at+n, x.b[n:], x.isRest || n > 0
	return taken
}

// rewrote notes that a piece was rewritten.
func (x *piece) rewrote() { x.p.rewrote() }

// halfOf returns the direction of a connection that a segment belongs to.
func (r *Redactor) halfOf(s *httpstream.Segment, made bool) *half {
	key, side := flowKey{s.Src, s.Dst, s.Tunnel, s.Origin}, 0
	if s.Dst.Compare(s.Src) < 0 {
		key.a, key.b, side = s.Dst, s.Src, 1
	}
	c := r.flows[key]
	const syn, ack = 2, 16
	if c != nil && s.Flags&(syn|ack) == syn && c.sides[side].isNewConnection(s.Seq) {
		r.giveUpConn(c)
		c = nil
	}
	if c == nil {
		c = &conn{key: key}
		c.headed = message.ByPort(key.a.Port(), key.b.Port())
		c.made = made
		for i := range c.sides {
			c.sides[i].conn, c.sides[i].side, c.sides[i].buffered = c, i, r.nothing
		}
		r.flows[key] = c
		r.oldest = append(r.oldest, c)
		if len(r.oldest) > maxFlows {
			r.giveUpConn(r.oldest[0])
			if old := r.oldest[0]; r.flows[old.key] == old {
				delete(r.flows, old.key)
			}
			r.oldest = r.oldest[1:]
		}
	}
	return &c.sides[side]
}

// isNewConnection reports whether a SYN begins a new connection between the same ends. One that is
// captured late may lie in front of what came before it.
func (h *half) isNewConnection(seq uint32) bool {
	if h.hasISN || !h.started {
		return h.hasISN && h.isn != seq
	}
	ahead := int32(h.next-seq-1) - int32(h.at)
	return ahead < 0 || ahead > maxLateSYN
}

// segment takes a segment: new bytes go to the parser; bytes that came before are rewritten as
// they were then.
func (r *Redactor) segment(p *packet, s *httpstream.Segment) {
	const fin, syn, rst, ack = 1, 2, 4, 16
	made := p.PlainCopy != nil
	h := r.halfOf(s, made)
	seq := s.Seq
	switch {
	case s.Flags&syn != 0:
		r.start(h, seq)
		if s.Flags&ack != 0 && !h.other().started {
			r.start(h.other(), s.Ack-1)
		}
		seq++
	case !h.started && s.Flags&(fin|rst|ack) == ack && len(s.Payload) == 0:
		h.next, h.started = seq, true
	}
	if o := h.other(); !o.started && s.Flags&ack != 0 && len(s.Payload) > 0 { // who asks has got all before
		o.next, o.started = s.Ack, true
	}
	if s.Flags&fin != 0 {
		h.fin, h.hasFIN = seq+uint32(len(s.Payload)+s.Missing), true
	}
	r.addPayload(h, seq, piece{p: p, b: s.Payload, ack: s.Ack, isAcking: s.Flags&ack != 0 && s.Missing == 0})
	if s.Missing > 0 && (h.at > 0 || made) {
		r.skipTruncated(h, int64(s.Missing))
	}
	r.settle(h.conn)
	if h.state == packedUntilClose && h.hasFIN && h.next == h.fin {
		r.giveUpBuffered(h, "")
	}
}

// addPayload takes the payload of a segment. seq is the sequence number of its first byte.
func (r *Redactor) addPayload(h *half, seq uint32, x piece) {
	if len(x.b) == 0 || x.p.offset(x.b) < 0 {
		return
	}
	x.p.halves = append(x.p.halves, h)
	x.at = r.placeOf(h, seq, x.b)
	if h.unsure > 0 {
		r.addFirst(h, x)
		return
	}
	if x.at == 1 && h.at == 0 && !h.hasISN && len(h.waiting) == 0 { // behind a keep-alive
		x.at, h.next = 0, seq
	}
	if x.at < 0 && !h.hasISN && h != h.conn.sides[h.side].early {
		before := x.takeUpTo(0)
		r.addBeforeStart(h, x.p, seq, before.b, before.end() == 0)
	}
	x = r.contradicting(h, x)
	r.addRetransmitted(h, &x)
	switch {
	case len(x.b) == 0:
	case x.at > h.at || h.isEarly(&x):
		r.addOutOfOrder(h, x)
	default:
		x.p.pending++
		r.feed(h, x)
		r.feedWaiting(h)
	}
}

// placeOf returns the place of bytes with the sequence number. The first of a direction are its beginning; those far
// from all before are of a connection of which nothing is known.
func (r *Redactor) placeOf(h *half, seq uint32, b []byte) int64 {
	if !h.started {
		h.next, h.started = seq, true
		if !mayBegin(h, b) {
			h.unsure = maxUnsure
		}
	}
	ahead := int64(int32(seq - h.next))
	if ahead > maxSequenceJump || ahead < -maxSequenceJump {
		r.giveUpBuffered(h, "connections that were lost")
		h.next, ahead = seq, 0
		h.parser = parser{}
	}
	return h.at + ahead
}

// addRetransmitted takes from a piece what came before: what of it is rewritten becomes the same again, and what is not
// waits.
func (r *Redactor) addRetransmitted(h *half, x *piece) {
	if x.at < h.done {
		again := x.takeUpTo(h.done)
		r.rewriteRetransmission(h, again.at, again.b)
	}
	if x.at >= h.at || len(x.b) == 0 {
		return
	}
	again := x.takeUpTo(h.at)
	if len(h.retransmitted) < maxPieces {
		h.retransmitted = append(h.retransmitted, piece{p: x.p, at: again.at, b: again.b})
		x.p.pending++
		return
	}
	r.Unknown("segments that came again too often", len(again.b))
	clear(again.b)
}

// maxSequenceJump is how far a segment may be from the last one for both to be of one connection.
const maxSequenceJump = 64 << 20

// feed takes the piece that comes next.
func (r *Redactor) feed(h *half, x piece) {
	if !x.isRest && (h.state == sniffing || h.state == inHead || h.state == resync) {
		h.begun = r.beginningOf(&x)
		h.begun.isInside = len(h.buf) > 0 && (beginsHTTP(h.buf) || !beginsHTTP(x.b))
	}
	h.at, h.next = x.end(), h.next+uint32(len(x.b))
	if h.left < 0 && len(h.requests) > 0 && isResponse(x.b) { // the connection stays open behind a body of no length
		r.giveUpBuffered(h, "")
		h.setResync()
	}
	for h.state == inTunnel && len(h.buf) == 0 && len(x.b) > 0 {
		x = r.feedTunnel(h, x)
	}
	if len(h.buf) == 0 {
		n, kind := r.rewriteInPlace(h, x.b)
		h.remember(historyRange{at: h.done, n: int64(n), kind: kind})
		h.done += int64(n)
		x.at, x.b = x.at+int64(n), x.b[n:]
	}
	if len(x.b) == 0 {
		x.rewrote()
		return
	}
	if h.buffered == r.nothing {
		h.buffered = r.emptyBuffer()
	}
	h.add(x)
	if h.worthParsing(h.buf, len(x.b)) {
		r.rewriteBuffered(h)
	}
}

// rewriteBuffered rewrites as many of the buffered bytes as possible.
func (r *Redactor) rewriteBuffered(h *half) {
	for len(h.buf) > 0 {
		if h.need = 0; h.state == inTunnel {
			r.feedTunnelBuffered(h)
			continue
		}
		n := r.parse(h)
		if n == 0 {
			if len(h.buf) > maxHead {
				r.giveUpBuffered(h, "messages that are too long")
			}
			return
		}
		r.commit(h, n)
	}
}

// commit puts the first bytes of buf, which are rewritten, into their packets.
func (r *Redactor) commit(h *half, n int) {
	b := h.buf[:n]
	h.remember(historyRange{at: h.done, n: int64(n), bytes: bytes.Clone(b)})
	if r.historyBytes += n + rangeCost; r.historyBytes > maxTotalHistory {
		r.trimHistory()
	}
	h.done += int64(n)
	h.take(n, h.done)
	h.scanned = 0
	if len(h.buf) == 0 {
		r.recycleBuffer(h.buffered)
		h.buffered = r.nothing
	}
	kept := h.retransmitted[:0]
	for _, x := range h.retransmitted {
		if x.end() > h.done {
			kept = append(kept, x)
			continue
		}
		r.rewriteAgain(h, x)
	}
	clear(h.retransmitted[len(kept):])
	h.retransmitted = kept
}
