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
	// heap has grown to 23 MB, which many captures never reach. Without this it would come at 4
	// MB.
	firstPercent = 450
	// If the heap has grown to fastHeap when the first sampled bytes of the input were read,
	// nearly everything is kept, and a collection would free little. The first one then comes when
	// the heap has grown to 64 MB, which captures of some hundred MB do not reach.
	sampled     = 12 << 20
	fastHeap    = 7 << 20
	fastPercent = 1450
	// After that the heap has half the usual headroom.
	smallPercent = 50
	// If nearly everything is kept, collections come often and take long. If they take costlyShare
	// of the time or more, they get the usual headroom, unless there is so much that memory
	// matters more than time.
	usualPercent = 100
	costlyShare  = 0.06
	usualLimit   = 48 << 20
	// memoryLimit is enough for a quarter of a million open connections.
	memoryLimit = 224 << 20
)

// tuneGC sets how much memory the heap may use, unless the environment does.
func tuneGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(firstPercent)
		afterCollection(&headroom{
			{Name: "/cpu/classes/gc/total:cpu-seconds"},
			{Name: "/cpu/classes/total:cpu-seconds"},
			{Name: "/cpu/classes/idle:cpu-seconds"},
			{Name: "/gc/heap/live:bytes"},
		})
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// afterSample returns a function that takes how much of the input was read so far. It lets the heap
// grow for a capture of which nearly everything is kept, unless the environment sets the
// heap.
func afterSample() func(read int64) {
	done := os.Getenv("GOGC") != ""
	return func(read int64) {
		if done || read < sampled {
			return
		}
		done = true
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
		metrics.Read(s)
		if s[0].Value.Uint64() >= fastHeap && s[1].Value.Uint64() == 0 {
			debug.SetGCPercent(fastPercent)
		}
	}
}

// A headroom has the metrics that decide how much the heap may grow.
type headroom [4]metrics.Sample

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
	if collecting > costlyShare*busy && h[3].Value.Uint64() < usualLimit {
		return usualPercent
	}
	return smallPercent
}
