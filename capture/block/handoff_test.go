package block

import (
	"slices"
	"testing"

	"negotrace/internal/handoff"
)

// TestQueue holds that everything arrives in order, and that no more batches are made than
// were asked for.
func TestQueue(t *testing.T) {
	t.Parallel()
	made := 0
	q, b := handoff.NewQueue(3, func() *[]int { made++; return new([]int) })
	go func() {
		defer q.Close()
		for i := range 1000 {
			if *b = append(*b, i); len(*b) == 7 {
				b = q.Put(b)
			}
		}
		q.Put(b)
	}()
	var got []int
	for b := range q.All() {
		got = append(got, *b...)
		*b = (*b)[:0]
		if len(got) == 70 {
			break
		}
	}
	for b := range q.All() {
		got = append(got, *b...)
		*b = (*b)[:0]
	}
	want := make([]int, 1000)
	for i := range want {
		want[i] = i
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if made > 3 {
		t.Errorf("%d batches were made", made)
	}
}

// TestQueueAllocates holds that handing over costs no memory.
func TestQueueAllocates(t *testing.T) {
	q, b := handoff.NewQueue(2, func() *[]int { return new([]int) })
	b = q.Put(b) // makes the second batch
	done := make(chan bool)
	go func() {
		for range q.All() {
		}
		close(done)
	}()
	if n := testing.AllocsPerRun(100, func() { b = q.Put(b) }); n != 0 {
		t.Errorf("%v allocations for a batch", n)
	}
	q.Close()
	<-done
}
