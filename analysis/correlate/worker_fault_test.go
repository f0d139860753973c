package correlate

import (
	"testing"

	"negotrace/analysis"
	"negotrace/internal/handoff"
)

// TestWorkerFault holds that a fault of the goroutine that analyses comes to the reader when
// it has read everything, however far it was ahead.
func TestWorkerFault(t *testing.T) {
	t.Parallel()
	w := &worker{} // its engine is missing
	for range 10 * batchSize * batchesInFlight {
		w.next().dns = &analysis.Lookup{}
	}
	fault := handoff.Guard(func() { w.finish() })
	if fault == nil || w.fault != fault {
		t.Errorf("got %v, want the fault of the goroutine, %v", fault, w.fault)
	}
}
