package httpstream

// A delivered remembers how the last segment of a half began with which a message began. A copy
// of it with other bytes shows that one of the two is a decoy, or damaged.
type delivered struct {
	seq   uint32
	ack   uint16 // the low bits of what it acknowledged
	n     uint8  // bytes in sum
	begin uint32 // sum of the first of them, for a copy that is shorter
	sum   uint32
}

// prefixSum returns how many bytes of a segment are compared with a copy of it, the sum of the
// first of them, and of all.
func prefixSum(b []byte) (n int, begin, sum uint64) {
	n = min(len(b), comparedBytes)
	begin = addWords(0, b[:min(n, fewBytes)])
	return n, begin, addWords(begin, b[min(n, fewBytes):n])
}

// note remembers how b begins, which is delivered next and acknowledges ack, and returns how much of it
// that is, and its sum.
func (h *half) note(b []byte, ack uint32) (n int, sum uint64) {
	n, begin, sum := prefixSum(b)
	h.last = delivered{h.next, uint16(ack), uint8(n), low32(begin), low32(sum)}
	return n, sum
}

// compare notes a conflict where a segment repeats the last one with other bytes.
func (a *Assembler) compare(f *flow, d direction, seq uint32, s *Segment) contradiction {
	h := &f.half[d]
	if seq != h.last.seq || h.last.agrees(s.Payload) {
		return agreed
	}
	how := conflict
	if f.doubtful(d, s) {
		how = resolved
	}
	a.noteContradiction(f, how, &s.At)
	return how
}

// agrees reports whether a copy of a segment begins as it did, as far as both can be compared. A
// single byte may be that of a keep-alive.
func (l *delivered) agrees(b []byte) bool {
	few := min(int(l.n), fewBytes)
	switch {
	case len(b) >= int(l.n) && len(b) > 1:
		_, _, sum := prefixSum(b[:l.n])
		return low32(sum) == l.sum
	case len(b) >= few && len(b) > 1:
		return low32(addWords(0, b[:few])) == l.begin
	}
	return true
}

// acknowledged returns what a segment acknowledged, after which the other end sent up to next.
func (l *delivered) acknowledged(next uint32) uint32 { return next - uint32(uint16(next)-l.ack) }

// low32 returns 32 bits of a sum, which are enough to compare it. Both halves are the same of bytes that repeat.
func low32(sum uint64) uint32 { return uint32(sum) ^ uint32(sum>>32)*0x9e3779b1 }

// noteContradiction notes that two copies of the same bytes differ, one of them at this place.
func (a *Assembler) noteContradiction(f *flow, how contradiction, at *Pos) {
	switch how {
	case resolved:
		a.counters.Decoys++
		a.counters.Places.Decoys.orEarlier(*at)
	case conflict:
		a.counters.Conflicts++
		a.counters.Places.Conflicts.orEarlier(*at)
		f.conn.Conflict = true
	}
}
