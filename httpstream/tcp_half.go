package httpstream

// A direction is one of the two of a connection, by which end in its flowKey sends.
type direction uint8

// other returns the opposite direction.
func (d direction) other() direction { return d ^ 1 }

// A half is what is known of one direction of a TCP connection: what its sender's application wrote,
// in the order of the sequence numbers (RFC 9293 section 3.4).
type half struct {
	queue *queue // what came before its turn; nil if nothing did
	next  uint32 // sequence number of the next byte to deliver, once begun
	high  uint32 // end of the highest byte seen, once seen
	acked uint32 // the highest acknowledgment of the peer, once hasAck
	base  uint32 // sequence number before the first byte: the SYN's, once begun
	last  delivered
	fin   uint32 // sequence number after the last byte, once hasFIN
	later uint32 // where it was to begin before it was found to begin earlier, while lowered
	// timestamp is that of the last message that began, once hasTimestamp.
	timestamp uint32

	seen, begun, ended bool
	start              start // how sure it is where it begins
	contested          bool  // there were SYNs with several numbers
	rightSum           bool  // a checksum was right
	noSums             bool  // checksums show nothing: the other end took segments with a wrong one
	ttl                uint8 // the usual one, 0 if none is known
	hasAck, hasFIN     bool
	hasTimestamp       bool
	lowered            bool
}

// A start says how it is known where a half begins.
type start uint8

const (
	startSeen    start = iota // from its first segment
	startFromAck              // from an acknowledgment or a FIN only
	startAcked                // the other end acknowledged the SYN with which it begins
)

// begin sets where a half begins.
func (h *half) begin(next uint32) {
	h.base, h.next, h.begun, h.start = next-1, next, true, startSeen
}

// acknowledge takes an acknowledgment number of the peer. One that is a gigabyte
// ahead is of another connection. The first one says where a half continues whose beginning
// is not in the capture, and which of several SYNs it began with.
func (h *half) acknowledge(ack uint32, withSYN bool) {
	if !h.hasAck || before(h.acked, ack) && ack-h.acked < 1<<30 {
		h.acked, h.hasAck = ack, true
	}
	if h.start == startAcked || h.queue != nil {
		return
	}
	switch {
	case !h.begun:
		h.begin(ack)
		h.start = startFromAck
	case h.start == startFromAck || h.next != h.base+1:
	case ack == h.next:
		h.start = startAcked
	case h.contested || withSYN && h.seen && h.high == h.next:
		h.begin(ack)
		h.start = startAcked
	}
}

// unseen returns how many bytes at the end are not in the capture although the peer acknowledged
// them, or a FIN came behind them. A single one may be a FIN that is missing itself.
func (h *half) unseen() int {
	switch {
	case h.ended || !h.begun:
		return 0
	case h.hasFIN:
		return max(0, int(int32(h.fin-h.next)))
	case h.hasAck && int32(h.acked-h.next) > 1:
		return int(h.acked - h.next)
	}
	return 0
}

// startQueued begins at the first of the pieces queued, once there are enough of them
// to believe that none comes before it.
func (h *half) startQueued(now bool) {
	if h.begun || h.queue == nil {
		return
	}
	first := h.queue.pieces[0].seq
	if now || len(h.queue.pieces) >= 4 || h.hasAck && !before(h.acked, first) {
		h.begin(first)
	}
}

// beyondWindow reports whether a segment is too far ahead to belong to this connection: no
// window is that large, and the peer has acknowledged nothing near it.
func (h *half) beyondWindow(seq uint32) bool {
	if !h.begun || int32(seq-h.next) < farWindow {
		return false
	}
	return !h.hasAck || int32(seq-h.acked) >= farWindow
}

// holeExpired reports whether the bytes before the queue will not come any more.
func (h *half) holeExpired(now Time, peerSeen bool) bool {
	first := &h.queue.pieces[0]
	passed := h.hasAck && !before(h.acked, first.seq) || !peerSeen
	return passed && (h.queue.wire >= holeBytes || now.Sub(first.at.Time) >= holeAge)
}

// acceptsReset reports whether a RST with this sequence number is one of this connection: not
// below what the peer has acknowledged, nor far above what was seen or acknowledged. One of an
// earlier connection on the same ports is not (RFC 5961 section 3.2).
func (h *half) acceptsReset(seq uint32) bool {
	high := h.high
	switch {
	case !h.seen && !h.hasAck:
		return true
	case !h.seen:
		high = h.acked
	}
	if before(high+resetWindow, seq) {
		return false
	}
	if h.hasAck {
		return !before(seq, h.acked) || seq+1 == h.acked // a FIN may be acknowledged
	}
	return !before(seq, high-resetWindow)
}
