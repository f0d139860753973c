package diagnosis_test

import (
	"flag"
	"math/rand/v2"
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

// heapLimit is what may be in use after any variant, garbage included: nothing of one is
// kept for the next, and none of them is larger than its sample.
const heapLimit = 256 << 20

// TestSoak analyses variants of every capture at hand: cut, damaged, with packets lost,
// repeated and in another order. No variant may make it panic, hold more than its limits
// allow, or print what steers a terminal; and one that holds only bytes of its sample
// must not show a message, or of a pair of them, that the sample did not have.
//
//	go test ./internal/diagnosis -soak 20000 -timeout 2h
func TestSoak(t *testing.T) {
	all := samples(t)
	inUse := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for i := *from; i < *from+*variants; i++ {
		s := all[i%len(all)]
		c := changes[(i+i/len(all))%len(changes)]
		if c.packets && len(s.records) < 2 {
			continue
		}
		data := c.make(s, rand.New(rand.NewPCG(uint64(i), 1)))
		failed := t.Failed()
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
		if metrics.Read(inUse); inUse[0].Value.Uint64() > heapLimit {
			t.Fatalf("variant %d, %s of %s: %d MB are in use", i, c.name, s.name, inUse[0].Value.Uint64()>>20)
		}
	}
}
