package soak

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"testing"
)

var (
	variants = flag.Int("soak", 400, "how many variants of captures are analysed")
	from     = flag.Int("from", 0, "number of the first one")
)

// heapLimit is what may be in use after all variants: nothing of one is kept for the
// next, and none of them is larger than its sample.
const heapLimit = 256 << 20

// TestSoak analyses variants of every capture at hand: cut, damaged, with packets lost,
// repeated and in another order. No variant may make it panic, and one that holds only
// bytes of its sample must not show messages that the sample did not have.
//
//	go test ./internal/soak -soak 20000 -timeout 2h
func TestSoak(t *testing.T) {
	all := samples(t)
	for i := *from; i < *from+*variants; i++ {
		s := all[i%len(all)]
		c := changes[i/len(all)%len(changes)]
		if c.packets && len(s.records) < 2 {
			continue
		}
		data := c.make(s, rand.New(rand.NewPCG(uint64(i), 1)))
		r, err := analyse(data, s.keyLog)
		if r == nil {
			continue // not recognised any more
		}
		if err != nil && c.faithful && len(data) > len(s.head) && c.name != "cut" {
			t.Errorf("variant %d, %s of %s: %v", i, c.name, s.name, err)
		}
		requests, responses := messages(r)
		if c.faithful && (requests > s.requests || responses > s.responses) {
			t.Errorf("variant %d, %s of %s: %d requests, %d responses; the sample has %d and %d",
				i, c.name, s.name, requests, responses, s.requests, s.responses)
		}
	}
	var m runtime.MemStats
	runtime.GC()
	if runtime.ReadMemStats(&m); m.HeapAlloc > heapLimit {
		t.Errorf("%d MB are in use after the last variant", m.HeapAlloc>>20)
	}
}
