package redact

import (
	"bytes"
	"hash/maphash"
)

// A beginning remembers a segment with which a message may begin: a copy of it with other bytes is a decoy, or
// shows that it was one itself. A report says of both that they differ, so both have to stay different.
type beginning struct {
	at         int64
	n          int
	sum, start uint64 // of all its bytes, and of the first ones
}

// comparedByReport is how many bytes a report compares with a copy: all where that may be a decoy.
const comparedByReport = 64

// beginningOf remembers a piece.
func (r *Redactor) beginningOf(x *piece) beginning {
	sum := func(most int) uint64 { return maphash.Bytes(r.seed, x.b[:min(len(x.b), most)]) }
	return beginning{x.at, len(x.b), sum(len(x.b)), sum(comparedByReport)}
}

// isContradicted reports whether a piece has the same place and other bytes. A single byte may be that of a
// keep-alive.
func (r *Redactor) isContradicted(h *half, x *piece) bool {
	first := &h.begun
	if first.n <= 1 || x.at != first.at || len(x.b) <= 1 || first.at+int64(first.n) > h.at {
		return false
	}
	other := r.beginningOf(x)
	if other.n == first.n {
		return other.sum != first.sum
	}
	return min(other.n, first.n) >= comparedByReport && other.start != first.start
}

// contradicting rewrites a piece as far as it is a copy with other bytes, and returns what is new of it.
func (r *Redactor) contradicting(h *half, x piece) piece {
	if !r.isContradicted(h, &x) {
		return x
	}
	n := min(int64(len(x.b)), h.at-x.at)
	beginsAlike := r.beginningOf(&x).start == h.begun.start
	r.alone(h, piece{p: x.p, at: x.at, b: x.b[:n]}, beginsAlike)
	x.at, x.b = x.at+n, x.b[n:]
	return x
}

// alone rewrites a copy with other bytes for itself, as if a connection began with it. If it becomes what the first
// one did, it is changed where that differed.
func (r *Redactor) alone(h *half, x piece, beginsAlike bool) {
	c := &conn{key: h.key, connState: connState{headed: h.headed}}
	for i := range c.sides {
		c.sides[i].conn, c.sides[i].side, c.sides[i].buffered = c, i, r.nothing
	}
	side := &c.sides[h.side]
	side.started = true
	x.p.pending++
	r.feed(side, piece{p: x.p, b: x.b})
	r.giveUpConn(c)
	if x.end() > h.done {
		return
	}
	first := make([]byte, len(x.b))
	r.rewriteRetransmission(h, x.at, first)
	if n := min(len(x.b), comparedByReport); bytes.Equal(first, x.b) && beginsAlike {
		changeFiller(x.b[n:])
	} else if bytes.Equal(first, x.b) {
		changeFiller(x.b[:n])
	}
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
