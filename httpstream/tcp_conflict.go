package httpstream

// A delivered is the beginning of the last segment of a half with which a message began. A
// copy of it with other bytes shows that one of the two is a decoy, or damaged.
type delivered struct {
	seq uint32
	n   uint8 // bytes in sum
	sum uint32
}

// prefixSum returns how many bytes of a segment are compared with a copy of it, and the sum
// of them.
func prefixSum(b []byte) (n int, sum uint64) {
	n = min(len(b), comparedBytes)
	return n, addWords(0, b[:n])
}

// compare notes a conflict where a segment repeats the last one with other bytes.
func (a *Assembler) compare(f *flow, d int, seq uint32, s *Segment) contradiction {
	h := &f.half[d]
	n := int(h.last.n)
	if n <= 1 || seq != h.last.seq || len(s.Payload) < n || short(addWords(0, s.Payload[:n])) == h.last.sum {
		return agreed
	}
	how := conflict
	if h.doubtful(s) {
		how = resolved
	}
	a.contradicted(f, how)
	return how
}

// short makes 32 bits of a sum that is compared.
func short(sum uint64) uint32 { return uint32(sum ^ sum>>32) }

// contradicted notes that two copies of the same bytes differ.
func (a *Assembler) contradicted(f *flow, how contradiction) {
	switch how {
	case resolved:
		a.counters.Decoys++
	case conflict:
		a.counters.Conflicts++
		f.conn.Conflict = true
	}
}
