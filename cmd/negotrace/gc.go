package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Memory is kept small, since the program may run beside a capture. It keeps little of what it
// reads, so a small heap is enough.
const (
	// A collection costs the same however little there is to collect. The first one comes when the
	// heap has grown to firstHeap, which many captures never reach. Without this it would come at 4
	// MB. As long as nothing was collected, firstPercent does the same.
	firstHeap    = 30 << 20
	firstPercent = 600
	// If the heap grows to fastHeap by the first sampled bytes of the input that are read,
	// nearly everything is kept, and a collection would free little. The next one then comes when
	// the heap has grown to largeHeap, which captures of some hundred MB do not reach.
	sampled   = 12 << 20
	fastHeap  = 10 << 20
	largeHeap = 76 << 20
	// After that the heap has half the usual headroom, but is not collected below firstHeap.
	// Where much is kept it does not grow above largeHeap for that, but by leastPercent: a collection
	// frees some MB all the same.
	smallPercent = 50
	leastPercent = 15
	// If nearly everything is kept, collections come often and take long. If they take costlyShare
	// of the time or more, they get the usual headroom.
	usualPercent = 100
	costlyShare  = 0.06
	// memoryLimit is more than a flood of connections takes.
	memoryLimit = 232 << 20
	// When so much was read the input is large, see growInHugePages.
	largeInput = 4 << 20
	// When all of a large input was read, little is still to do: the heap may grow by lastGrowth
	// rather than be collected once more.
	lastGrowth = 16 << 20
)

// tuneGC sets how much memory the heap may use, unless the environment does.
func tuneGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(firstPercent)
		afterCollection(&headroom{
			{Name: "/cpu/classes/gc/total:cpu-seconds"},
			{Name: "/cpu/classes/total:cpu-seconds"},
			{Name: "/cpu/classes/idle:cpu-seconds"},
		})
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// A growth lets the heap grow with the input, unless the environment sets the heap.
type growth struct {
	large, sampled, ended bool
	collections           uint64        // by growInHugePages
	huge                  chan struct{} // closed when growInHugePages is done; nil if it was not called
}

// newGrowth begins a growth.
func newGrowth() *growth {
	set := os.Getenv("GOGC") != ""
	return &growth{large: set, sampled: set, ended: set}
}

// read is called with how much of the input was read so far, and how much there is, 0 if that is
// not known.
func (g *growth) read(read, total int64) {
	switch {
	case !g.large && read >= largeInput:
		g.large = true
		g.useHugePages()
	case g.large && !g.ended && read == total:
		g.sampled, g.ended = true, true
		debug.SetGCPercent(percentTo(used() + lastGrowth))
	case !g.sampled && read >= sampled && g.settled():
		g.sampled = true
		if g.keepsMost(read) {
			debug.SetGCPercent(percentTo(largeHeap))
		}
	}
}

// useHugePages lets the heap grow in huge pages, where that has to be asked for. Reading goes on
// meanwhile.
func (g *growth) useHugePages() {
	if !hugePagesOnDemand() {
		return
	}
	g.collections, g.huge = 1, make(chan struct{})
	go func() {
		defer close(g.huge)
		growInHugePages()
	}()
}

// settled reports whether what growInHugePages allocated is gone, so that used says what is kept.
func (g *growth) settled() bool {
	if g.huge == nil {
		return true
	}
	select {
	case <-g.huge:
		return true
	default:
		return false
	}
}

// keepsMost reports whether nearly all that was allocated for what was read so far is kept.
func (g *growth) keepsMost(read int64) bool {
	s := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(s)
	return used()*sampled >= fastHeap*uint64(read) && s[0].Value.Uint64() <= g.collections
}

// used returns how many bytes the objects on the heap take.
func used() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// growInHugePages lets the heap grow in huge pages. To touch memory for the first time costs a fault for
// each page, which is a tenth of the time of captures of which much is kept. The runtime has no call
// for it: so memory is allocated, and is collected before it was touched.
func growInHugePages() {
	debug.SetGCPercent(-1)
	inHugePages(make([]byte, largeHeap))
	runtime.GC()
	debug.SetGCPercent(percentTo(firstHeap))
}

// percentTo returns with which headroom the next collection comes when the heap has grown to a size,
// and no less than the least one.
func percentTo(size uint64) int {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/globals:bytes"}, {Name: "/gc/scan/stack:bytes"}}
	metrics.Read(s)
	live := s[0].Value.Uint64()
	scanned := max(live+s[1].Value.Uint64()+s[2].Value.Uint64(), 4<<20)
	return max(leastPercent, int((size-min(size, live))*100/scanned))
}

// A headroom has the metrics that decide how much the heap may grow.
type headroom [3]metrics.Sample

// afterCollection sets the headroom after each collection.
func afterCollection(h *headroom) {
	type sentinel struct{ _ *sentinel } // goes with the next collection
	runtime.AddCleanup(new(sentinel), func(h *headroom) {
		debug.SetGCPercent(h.percent())
		afterCollection(h)
	}, h)
}

// percent returns how much the heap may grow until the next collection.
func (h *headroom) percent() int {
	metrics.Read(h[:])
	collecting, busy := h[0].Value.Float64(), h[1].Value.Float64()-h[2].Value.Float64()
	percent := smallPercent
	if collecting > costlyShare*busy {
		percent = usualPercent
	}
	return max(min(percent, percentTo(largeHeap)), percentTo(firstHeap))
}
