package httpstream

import "time"

// A half is one direction of a TCP connection: what its sender's application wrote,
// in the order of the sequence numbers (RFC 9293 section 3.4).
type half struct {
	queue *queue // what came before its turn; nil if nothing did
	next  uint32 // sequence number of the next byte to deliver, once begun
	high  uint32 // end of the highest byte seen, once seen
	acked uint32 // the highest acknowledgment of the peer, once hasAck
	isn   uint32 // of the SYN, once hasISN
	fin   uint32 // sequence number after the last byte, once hasFIN

	seen, begun, ended     bool
	hasAck, hasISN, hasFIN bool
}

// open takes a SYN.
func (h *half) open(seq uint32) {
	if h.hasISN || h.begun {
		return
	}
	h.isn, h.hasISN = seq, true
	h.next, h.begun = seq+1, true
}

// acknowledge takes an acknowledgment number of the peer. One that is a gigabyte
// ahead is of another connection.
func (h *half) acknowledge(ack uint32) {
	if !h.hasAck || before(h.acked, ack) && ack-h.acked < 1<<30 {
		h.acked, h.hasAck = ack, true
	}
}

// start decides where a half begins that the capture joins in the middle. What the
// peer acknowledged before is where it goes on; without that, a segment that starts
// like a message is as good a place as any.
func (h *half) start(seq uint32, likely bool) {
	switch {
	case h.hasAck && !before(seq, h.acked) && seq-h.acked <= queueLimit:
		h.next, h.begun = h.acked, true
	case likely || h.hasAck:
		h.next, h.begun = seq, true
	}
}

// startQueued begins at the first of the pieces queued, once there are enough of them
// to believe that none comes before it.
func (h *half) startQueued(now bool) {
	if h.begun || h.queue == nil {
		return
	}
	first := h.queue.pieces[0].seq
	if now || len(h.queue.pieces) >= 4 || h.hasAck && !before(h.acked, first) {
		h.next, h.begun = first, true
	}
}

// stale tells that a segment so far ahead cannot belong to this connection: no window
// is that large, and the peer has not acknowledged anything near it.
func (h *half) stale(seq uint32) bool {
	const window = 64 << 20
	if !h.begun || int32(seq-h.next) < window {
		return false
	}
	return !h.hasAck || int32(seq-h.acked) >= window
}

// overdue tells that what comes before the queue will not come any more.
func (h *half) overdue(now time.Time, peerSeen bool) bool {
	first := &h.queue.pieces[0]
	passed := h.hasAck && !before(h.acked, first.seq) || !peerSeen
	return passed && (h.queue.wire >= holeBytes || now.Sub(first.at.Time) >= holeAge)
}

// resets tells whether a RST with this sequence number is one of this connection: not
// below what the peer has acknowledged, nor far above what was seen. One of an earlier
// connection on the same ports is not (RFC 5961 section 3.2).
func (h *half) resets(seq uint32) bool {
	if !h.seen {
		return true
	}
	if before(h.high+resetWindow, seq) {
		return false
	}
	if h.hasAck {
		return !before(seq, h.acked) || seq+1 == h.acked // a FIN may be acknowledged
	}
	return !before(seq, h.high-resetWindow)
}
