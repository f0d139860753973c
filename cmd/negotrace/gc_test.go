package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
)

// TestPercentTo holds that the heap grows to the size asked for, and that it may always grow.
func TestPercentTo(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	runtime.GC()
	const size = 96 << 20
	debug.SetGCPercent(percentTo(size))
	goal := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(goal)
	if got := goal[0].Value.Uint64(); got < size*9/10 || got > size*11/10 {
		t.Errorf("the next collection comes at %d bytes, want %d", got, size)
	}
	if got := percentTo(1); got != leastPercent {
		t.Errorf("a heap that is larger grows by %d %%, want %d", got, leastPercent)
	}
}

// TestGrowthAtEnd holds that a heap that is about to be collected is not when all was read, but may
// not grow much more.
func TestGrowthAtEnd(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(leastPercent))
	runtime.GC()
	g := &growth{large: true, sampled: true}
	goal := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	g.read(largeInput, largeInput+1)
	metrics.Read(goal)
	if got, before := goal[0].Value.Uint64(), used()+lastGrowth/2; got > before {
		t.Fatalf("the next collection comes at %d bytes while reading goes on, want less than %d", got, before)
	}
	g.read(largeInput+1, largeInput+1)
	metrics.Read(goal)
	if got, want := goal[0].Value.Uint64(), used()+lastGrowth; got < want*9/10 || got > want*11/10 {
		t.Errorf("the next collection comes at %d bytes, want %d", got, want)
	}
}
