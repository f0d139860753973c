package httpstream

import "hash/maphash"

// A delivered is the beginning of the last segment of a half with which a message began. A
// copy of it with other bytes shows that one of the two is a decoy, or damaged.
type delivered struct {
	seq uint32
	n   uint8 // bytes in sum
	sum uint32
}

// remember notes the beginning of a segment that is about to be delivered.
func (a *Assembler) remember(f *flow, d int, b []byte) {
	h := &f.half[d]
	n := min(len(b), comparedBytes)
	h.last = delivered{h.next, uint8(n), a.sum(b[:n])}
}

// compare notes a conflict where a segment repeats the last one with other bytes.
func (a *Assembler) compare(f *flow, d int, seq uint32, b []byte) {
	last := f.half[d].last
	if last.n > 1 && seq == last.seq && len(b) >= int(last.n) && a.sum(b[:last.n]) != last.sum {
		a.conflict(f)
	}
}

func (a *Assembler) sum(b []byte) uint32 { return uint32(maphash.Bytes(a.flows.seed, b)) }

// conflict notes that two copies of the same bytes differ.
func (a *Assembler) conflict(f *flow) {
	a.counters.Conflicts++
	f.conn.Conflict = true
}
