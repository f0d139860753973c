package block

import (
	"strings"
	"testing"

	"negotrace/internal/handoff"
)

// TestFault holds that a panic comes to another goroutine as it was, however many it passes.
func TestFault(t *testing.T) {
	t.Parallel()
	faults := make(chan *handoff.Fault)
	go func() { faults <- handoff.Guard(func() { panic("a fault") }) }()
	first := <-faults
	second := handoff.Guard(first.Raise)
	if first == nil || second != first || first.Value != "a fault" || !strings.Contains(first.Stack, "fault_test.go") {
		t.Errorf("got %v, then %v", first, second)
	}
	if text := first.Error(); !strings.HasPrefix(text, "a fault\n") || !strings.Contains(text, first.Stack) {
		t.Errorf("it says %q", text)
	}
	if none := handoff.Guard(func() {}); none != nil {
		t.Errorf("without a panic: %v", none)
	} else {
		none.Raise()
	}
}
