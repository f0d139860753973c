package diagnosis_test

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"testing"

	"negotrace/internal/testcost"
)

var (
	variants = flag.Int("soak", testcost.Count(50, 400), "how many variants of captures are analysed")
	from     = flag.Int("from", 0, "number of the first one")
)

func TestMain(m *testing.M) {
	testcost.Main(m)
}

// Limits of memory.
const (
	// allocLimit is what may be allocated for one variant, garbage included: none of them is much
	// larger than its sample.
	allocLimit = 64 << 20
	// keptLimit is how much more may be in use after all variants than before: nothing of one is
	// kept for the next.
	keptLimit = 32 << 20
)

// TestSoak analyses variants of every capture at hand: cut, damaged, with packets lost,
// repeated and in another order. No variant may make it panic, allocate more than its limits
// allow, or print what steers a terminal; and one that holds only bytes of its sample
// must not show a message, or of a pair of them, that the sample did not have.
//
//	go test ./internal/diagnosis -soak 20000 -timeout 2h
func TestSoak(t *testing.T) {
	all := samples(t)
	before := inUse()
	for i := *from; i < *from+*variants; i++ {
		s := all[i%len(all)]
		c := changes[(i+i/len(all))%len(changes)]
		if c.packets && len(s.records) < 2 {
			continue
		}
		data := c.make(s, rand.New(rand.NewPCG(uint64(i), 1)))
		failed, allocated := t.Failed(), allocs()
		res := analyse(t, data, s.keyLog)
		if t.Failed() && !failed {
			t.Fatalf("variant %d, %s of %s", i, c.name, s.name)
		}
		if res.read != nil && c.faithful && len(data) > len(s.head) && c.name != "cut" {
			t.Errorf("variant %d, %s of %s: %v", i, c.name, s.name, res.read)
		}
		if what := res.invented(s.result, !c.shuffled); what != "" && c.faithful {
			t.Errorf("variant %d, %s of %s invents %s", i, c.name, s.name, what)
		}
		if n := allocs() - allocated; n > allocLimit {
			t.Fatalf("variant %d, %s of %s: %d MB are allocated", i, c.name, s.name, n>>20)
		}
	}
	if after := inUse(); after > before+keptLimit {
		t.Errorf("%d MB are in use after all variants, %d before", after>>20, before>>20)
	}
}

// allocs returns how many bytes were allocated so far.
func allocs() uint64 {
	return metric("/gc/heap/allocs:bytes")
}

// inUse returns how many bytes are in use once garbage is collected.
func inUse() uint64 {
	runtime.GC()
	return metric("/memory/classes/heap/objects:bytes")
}

// metric returns the value of a metric of the runtime.
func metric(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
