package httpstream

import (
	"bytes"
	"slices"
)

// A piece is a run of bytes of one direction that came before those in front of it.
type piece struct {
	seq      uint32
	n        int    // bytes on the wire
	data     []byte // nil if nobody will look at them, or if they are lost
	lost     bool   // cut off by the snap length
	doubtful bool   // see half.doubtful
	refused  bool   // it is doubtful not for its checksum alone, see flow.refuses
	flags    uint8  // of the segment
	ttl      uint8  // of the segment
	ack      uint32 // what its sender had received
	at       Pos
}

func (p *piece) end() uint32 { return p.seq + uint32(p.n) }

// A queue holds what one direction sent out of order: pieces by sequence number that
// do not overlap. The bytes seen first win, unless only they are doubtful.
type queue struct {
	pieces []piece
	held   int // bytes of data
	wire   int // bytes on the wire
}

// before reports whether sequence number a comes before b, around the wrap.
func before(a, b uint32) bool { return int32(a-b) < 0 }

// A contradiction says whether two copies of the same bytes differ.
type contradiction uint8

const (
	agreed   contradiction = iota
	resolved               // one of them is doubtful, and was left out
	conflict               // neither is, or both
)

// add puts in what p has and the queue has not. It returns how many bytes are held for it, and
// whether it contradicts what was there, and where what is left out for that came, or p.
func (q *queue) add(p piece) (held int, found contradiction, there Pos) {
	at := 0
	for at < len(q.pieces) && p.n > 0 {
		o := &q.pieces[at]
		if !before(p.seq, o.end()) { // all of o comes before p
			at++
			continue
		}
		if before(p.seq, o.seq) { // what lies before o
			n := min(p.n, int(o.seq-p.seq))
			held += q.insert(at, p.first(n))
			p = p.after(n) // behind which, or at o, the next step looks
			continue
		}
		skip := int(p.seq - o.seq)
		n := min(p.n, o.n-skip)
		if p.data != nil && o.data != nil && !bytes.Equal(p.data[:n], o.data[skip:skip+n]) {
			switch {
			case o.doubtful == p.doubtful:
				found, there = conflict, p.at
			case found == agreed && o.doubtful:
				found, there = resolved, o.at
			case found == agreed:
				found, there = resolved, p.at
			}
			if o.doubtful && !p.doubtful {
				held -= q.remove(at)
				continue
			}
		}
		p = p.after(n)
		at++
	}
	if p.n > 0 {
		held += q.insert(at, p)
	}
	return held, found, there
}

// insert puts p at index i, with a copy of its bytes, or lengthens the piece before it
// where neither has bytes.
func (q *queue) insert(i int, p piece) int {
	q.wire += p.n
	if i > 0 && p.data == nil {
		if o := &q.pieces[i-1]; o.data == nil && o.lost == p.lost && o.end() == p.seq {
			o.n += p.n
			return 0
		}
	}
	p.data = bytes.Clone(p.data)
	q.held += len(p.data)
	q.pieces = append(q.pieces, piece{})
	copy(q.pieces[i+1:], q.pieces[i:])
	q.pieces[i] = p
	return p.held()
}

// held returns how much a piece counts as held.
func (p *piece) held() int { return heldPiece + len(p.data) }

// remove takes out the piece at index i, and returns how many bytes were held for it.
func (q *queue) remove(i int) int {
	p := &q.pieces[i]
	n := p.held()
	q.wire -= p.n
	q.held -= len(p.data)
	q.pieces = slices.Delete(q.pieces, i, i+1)
	return n
}

// shift takes out the first piece.
func (q *queue) shift() piece {
	p := q.pieces[0]
	q.remove(0)
	return p
}

// first returns the first n bytes of p, after the rest.
func (p piece) first(n int) piece {
	p.n = n
	if p.data != nil {
		p.data = p.data[:n]
	}
	return p
}

func (p piece) after(n int) piece {
	p.seq += uint32(n)
	p.n -= n
	if p.data != nil {
		p.data = p.data[n:]
	}
	return p
}

// deliverBefore delivers what is in order while a queue waits behind it. It is not doubtful any more if it is believed.
func (a *Assembler) deliverBefore(f *flow, d direction, s *Segment, b []byte, missing int, believed bool) {
	if h := &f.half[d]; h.queue != nil {
		a.enqueue(f, d, h.next, s, b, missing, believed)
		a.drain(f, d)
		return
	}
	a.deliver(f, d, &s.At, s.Ack, b)
	a.lose(f, d, &s.At, missing)
}

// enqueue keeps a segment that came before those in front of it: its bytes only if they may be
// looked at.
func (a *Assembler) enqueue(f *flow, d direction, seq uint32, s *Segment, b []byte, missing int, believed bool) {
	h := &f.half[d]
	if h.queue == nil {
		h.queue = new(queue)
		a.shared.held += heldQueue
	}
	p := piece{seq: seq, n: len(b), data: b, ack: s.Ack, at: s.At, flags: s.Flags, ttl: s.TTL}
	if h.begun && int64(seq-h.next)+int64(len(b)) <= f.read(&a.shared).skippable(f.side(d)) {
		p.data = nil
	}
	if len(b) > 0 {
		p.doubtful = p.data != nil && !believed && f.doubtful(d, s)
		p.refused = p.doubtful && f.refuses(d, s)
		held, contradicted, at := h.queue.add(p)
		a.shared.held += int64(held)
		a.noteContradiction(f, contradicted, &at)
	}
	if missing > 0 {
		held, _, _ := h.queue.add(piece{seq: seq + uint32(len(b)), n: missing, lost: true, at: s.At})
		a.shared.held += int64(held)
	}
	for h.queue != nil && (h.queue.held > maxQueued || len(h.queue.pieces) > maxPieces) {
		a.drop(queueDropped, &s.At)
		a.skip(f, d)
	}
}

// endQueue ends a queue in which nothing is left.
func (a *Assembler) endQueue(h *half) {
	h.queue = nil
	a.shared.held -= heldQueue
}

// drain delivers the pieces of the queue that follow what was delivered.
func (a *Assembler) drain(f *flow, d direction) {
	h := &f.half[d]
	for h.queue != nil && !h.atFIN() && !before(h.next, h.queue.pieces[0].seq) {
		p := h.queue.shift()
		a.shared.held -= int64(p.held())
		if len(h.queue.pieces) == 0 {
			a.endQueue(h)
		}
		if f.doubt(d) == nil && h.mayBeRefused(&p) {
			a.hold(f, d, &Segment{At: p.at, Ack: p.ack, Flags: p.flags, TTL: p.ttl}, p.data, 0)
			return
		}
		a.comesLate(f, d, p.at)
		switch {
		case p.lost:
			a.lose(f, d, &p.at, p.n)
		case p.data == nil:
			h.next += uint32(p.n)
			f.conn.Bytes[f.side(d)] += int64(p.n)
			f.passOver(&a.shared, f.side(d), &p.at, int64(p.n))
		default:
			if f.placeOf(d, len(p.data)) != elsewhere {
				h.note(p.data, p.ack)
			}
			a.deliver(f, d, &p.at, p.ack, p.data)
		}
	}
}

// skip gives up what is missing in front of the queue, and delivers the queue.
func (a *Assembler) skip(f *flow, d direction) {
	h := &f.half[d]
	if h.queue == nil {
		return
	}
	if h.atFIN() {
		a.refuteFIN(f, d)
	}
	if k := f.doubt(d); k != nil && h.begun && k.segment.Seq == h.next {
		a.release(f, d)
		return
	}
	h.startQueued(true)
	if a.dropRefused(f, d); h.queue == nil {
		return
	}
	first := &h.queue.pieces[0]
	if before(h.next, first.seq) { // as drain asks: at half the number space neither is first
		at := first.at
		a.gap(f, &at)
		a.lose(f, d, &at, int(first.seq-h.next))
	}
	a.drain(f, d)
}

// mayBeRefused reports whether a piece is doubtful, and nothing shows that the other end took it.
func (h *half) mayBeRefused(p *piece) bool {
	return p.doubtful && (p.refused || h.rightSum) && !(h.hasAck && !before(h.acked, p.end()))
}

// dropRefused drops what is first in the queue of half d and nobody took: nothing is missing in front of that.
func (a *Assembler) dropRefused(f *flow, d direction) {
	h := &f.half[d]
	for h.queue != nil && h.mayBeRefused(&h.queue.pieces[0]) {
		at := h.queue.pieces[0].at
		a.shared.held -= int64(h.queue.remove(0))
		a.noteContradiction(f, resolved, &at)
		if len(h.queue.pieces) == 0 {
			a.endQueue(h)
		}
	}
}

// passOver passes over n bytes of a side at which nobody looks.
func (f *flow) passOver(sh *shared, from Side, at *Pos, n int64) {
	if k, is := f.reader.(*aheadReader); is {
		k.passOver(from, at, n)
		return
	}
	f.read(sh).gap(from, at, n)
}
