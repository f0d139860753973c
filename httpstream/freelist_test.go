package httpstream

import (
	"bytes"
	"runtime"
	"testing"
)

// TestBuffersAdd holds that heads which grow side by side, one begun after the other, use the
// buffers of each other, and that none of them loses a byte.
func TestBuffersAdd(t *testing.T) {
	const steps, parts, wave = 2000, 40, 20
	piece := bytes.Repeat([]byte("0123456789"), 100)
	want := bytes.Repeat(piece, parts)
	var free buffers
	var held [wave][]byte
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	whole := 0
	for step := range steps {
		for i := range held[:min(step*wave/parts, wave)] {
			h := &held[i]
			if *h = free.add(*h, piece); len(*h) < len(want) {
				continue
			}
			if whole++; !bytes.Equal(*h, want) {
				t.Fatal("a head is not what was added to it")
			}
			free.put(*h)
			*h = nil
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; whole == 0 || n > uint64(whole*len(want))/10 {
		t.Errorf("%d bytes were allocated for %d heads of %d", n, whole, len(want))
	}
}
