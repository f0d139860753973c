package redact

import (
	"bytes"
	"hash/maphash"

	"negotrace/capture/redact/standin"
)

// A beginning remembers a segment with which a message may begin, or go on in its head: a copy of it with other bytes is a
// decoy, or shows that it was one itself. A report says of both that they differ, so both have to stay different.
type beginning struct {
	at       int64
	n        int
	all      uint64 // sum of all its bytes
	sum      uint64 // of the first ones, as far as a report compares them
	few      [fewByReport]byte
	isInside bool // it goes on in a head
}

// comparedByReport is how many bytes a report compares with a copy, and fewByReport with one that is shorter.
const comparedByReport, fewByReport = 64, 16

// beginningOf remembers a piece.
func (r *Redactor) beginningOf(x *piece) beginning {
	sum := func(most int) uint64 { return maphash.Bytes(r.seed, x.b[:min(len(x.b), most)]) }
	begun := beginning{at: x.at, n: len(x.b), all: sum(len(x.b)), sum: sum(comparedByReport)}
	copy(begun.few[:], x.b)
	return begun
}

// compared returns how many bytes of a copy of so many a report compares with the segment.
func (s *beginning) compared(n int) int {
	few := min(s.n, fewByReport)
	switch {
	case n >= min(s.n, comparedByReport):
		return min(s.n, comparedByReport)
	case n >= few:
		return few
	}
	return 0
}

// agrees reports whether a copy begins as the segment did, as far as a report compares them.
func (r *Redactor) agrees(s *beginning, b []byte) bool {
	switch n := s.compared(len(b)); {
	case n == 0:
		return true
	case n == min(s.n, comparedByReport):
		return maphash.Bytes(r.seed, b[:n]) == s.sum
	default:
		return s.beginsLike(b[:n])
	}
}

// beginsLike reports whether a short copy is the beginning of the segment.
func (s *beginning) beginsLike(b []byte) bool {
	return bytes.HasPrefix(s.few[:min(s.n, fewByReport)], b)
}

// isContradicted reports whether a piece has the same place and other bytes. A single byte may be that of a
// keep-alive.
func (r *Redactor) isContradicted(h *half, x *piece) bool {
	first := &h.begun
	if first.n <= 1 || x.at != first.at || len(x.b) <= 1 || first.at+int64(first.n) > h.at {
		return false
	}
	return !r.agrees(first, x.b) || len(x.b) == first.n && maphash.Bytes(r.seed, x.b) != first.all || first.compared(len(x.b)) == 0 && !first.beginsLike(x.b)
}

// contradicting rewrites a piece as far as it is a copy with other bytes, and returns what is new of it. Where the first
// one is not rewritten yet, the copy waits for that.
func (r *Redactor) contradicting(h *half, x piece) piece {
	if !r.isContradicted(h, &x) {
		return x
	}
	first := h.begun
	again := x.takeUpTo(h.at)
	again.contradicts = &first
	switch {
	case again.end() <= h.done:
		r.alone(h, again)
	case len(h.retransmitted) < maxPieces:
		again.p.pending++
		h.retransmitted = append(h.retransmitted, again)
	default:
		r.Unknown("segments that came again too often", len(again.b))
		clear(again.b)
	}
	return x
}

// rewriteAgain rewrites a piece whose bytes came before, when they are rewritten.
func (r *Redactor) rewriteAgain(h *half, x piece) {
	if x.contradicts != nil {
		r.alone(h, x)
	} else {
		r.rewriteRetransmission(h, x.at, x.b)
	}
	x.rewrote()
}

// alone rewrites a copy with other bytes for itself, as if a connection began with it. As far as a report compares it
// with the first one it becomes another where it was another, and the same where it was the same.
func (r *Redactor) alone(h *half, x piece) {
	agreed := r.agrees(x.contradicts, x.b)
	if x.contradicts.isInside {
		standin.Letters.Fill(x.b, 0)
	} else {
		r.begin(h, x)
	}
	first := make([]byte, len(x.b))
	r.rewriteRetransmission(h, x.at, first)
	n := min(x.contradicts.compared(len(x.b)), len(x.b))
	switch {
	case agreed:
		copy(x.b[:n], first)
		if bytes.Equal(first, x.b) {
			changeFiller(x.b[n:])
		}
	case bytes.Equal(first[:n], x.b[:n]):
		changeFiller(x.b[:n])
	}
}

// begin rewrites a piece as the beginning of a connection like that of h.
func (r *Redactor) begin(h *half, x piece) {
	c := &conn{key: h.key, connState: connState{headed: h.headed, isHTTP: h.isHTTP}}
	for i := range c.sides {
		c.sides[i].conn, c.sides[i].side, c.sides[i].buffered = c, i, r.nothing
	}
	side := &c.sides[h.side]
	side.started = true
	x.p.pending++
	r.feed(side, piece{p: x.p, b: x.b})
	r.giveUpConn(c)
}

// changeFiller changes a byte that replaces something.
func changeFiller(b []byte) {
	for i := len(b) - 1; i >= 0; i-- {
		if c := b[i]; c == 'x' || c == 0 {
			b[i] = c + 1
			return
		}
	}
}
