package httpstream

import (
	"bytes"
	"runtime"
	"testing"
)

// TestBuffersAdd holds that heads which grow side by side use
// the buffers of each other, and that none of them loses a byte.
func TestBuffersAdd(t *testing.T) {
	const heads, parts, wave = 1000, 40, 20
	piece := bytes.Repeat([]byte("0123456789"), 100)
	want := bytes.Repeat(piece, parts)
	var free buffers
	var held [wave][]byte
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range heads * parts {
		h := &held[i%wave]
		if *h = free.add(*h, piece); len(*h) < len(want) {
			continue
		}
		if !bytes.Equal(*h, want) {
			t.Fatal("a head is not what was added to it")
		}
		free.put(*h)
		*h = nil
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > heads*uint64(len(want))/10 {
		t.Errorf("%d bytes were allocated for %d heads of %d", n, heads, len(want))
	}
}
