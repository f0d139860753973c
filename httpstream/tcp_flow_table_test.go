package httpstream

import (
	"math/rand/v2"
	"testing"
)

// TestFlowTable holds the table against a map, with few hashes so that probes are long.
func TestFlowTable(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	table, want := newFlowTable(), map[flowKey]*flow{}
	for i := range 200_000 {
		k := flowKey{port: [2]uint16{uint16(rnd.IntN(5000)), 80}}
		f := table.flow(table.slotOf(&k))
		if f != want[k] {
			t.Fatalf("step %d: found %p, want %p", i, f, want[k])
		}
		switch {
		case f == nil:
			f = &flow{key: k}
			table.add(f)
			want[k] = f
		case rnd.IntN(2) == 0 || i > 150_000:
			table.remove(f)
			delete(want, k)
		}
		if table.n != len(want) {
			t.Fatalf("step %d: %d flows, want %d", i, table.n, len(want))
		}
	}
	for k, f := range want {
		if table.flow(table.slotOf(&k)) != f {
			t.Errorf("port %d is lost", k.port[0])
		}
	}
}
