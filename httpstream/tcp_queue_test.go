package httpstream

import (
	"math/rand/v2"
	"testing"
)

// TestQueueDisjoint holds that the pieces of a queue are in order and do not overlap, whichever overlapping
// pieces come in which order, with their bytes, without them or lost.
func TestQueueDisjoint(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	const most = 40
	bytes := make([]byte, most)
	for range 20000 {
		var q queue
		covered := map[uint32]bool{}
		held := 0
		for range 1 + random.IntN(6) {
			p := piece{seq: random.Uint32N(most - 1), lost: random.IntN(8) == 0}
			p.n = 1 + random.IntN(most-int(p.seq))
			if !p.lost && random.IntN(2) == 0 {
				p.data = bytes[p.seq:][:p.n]
			}
			for i := range p.n {
				covered[p.seq+uint32(i)] = true
			}
			n, _, _ := q.add(p)
			held += n
		}
		wire := 0
		for i := range q.pieces {
			p := &q.pieces[i]
			wire += p.n
			if i > 0 && before(p.seq, q.pieces[i-1].end()) || p.data != nil && len(p.data) != p.n {
				t.Fatalf("%+v", q.pieces)
			}
			held -= p.held()
		}
		if wire != len(covered) || wire != q.wire {
			t.Fatalf("%d bytes of %d, counted as %d: %+v", wire, len(covered), q.wire, q.pieces)
		}
		if held != 0 {
			t.Fatalf("counted as held are %d bytes more: %+v", held, q.pieces)
		}
	}
}
