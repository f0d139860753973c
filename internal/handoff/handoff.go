// Package handoff passes work in batches from one goroutine to another: to synchronize the two for
// each packet would take too long.
package handoff

import "iter"

// A Queue passes batches of type B from one producer to one consumer, in order. The same
// batches are used again and again, so that handing over allocates nothing, and a producer
// that is far ahead waits.
type Queue[B any] struct {
	full, empty chan B
	newBatch    func() B
	more        int // batches that may still be made
}

// NewQueue returns a queue of so many batches, which newBatch makes when they are needed,
// and the first batch for the producer to fill.
func NewQueue[B any](batches int, newBatch func() B) (*Queue[B], B) {
	q := &Queue[B]{full: make(chan B, batches), empty: make(chan B, batches), newBatch: newBatch, more: batches - 1}
	return q, newBatch()
}

// Put hands a batch over and returns the next one to fill, new or as the consumer left it.
// From then on the producer does not touch the batch that it handed over. Only the producer
// calls Put and Close.
func (q *Queue[B]) Put(b B) (next B) {
	q.full <- b
	if q.more > 0 {
		select {
		case next = <-q.empty:
			return next
		default:
			q.more--
			return q.newBatch()
		}
	}
	return <-q.empty
}

// Close ends the queue: the consumer gets what was put so far and no more.
func (q *Queue[B]) Close() { close(q.full) }

// All yields the batches in the order in which they were put, until the queue is closed.
// Each goes back to the producer after the body of the loop has run. After a loop that was left
// early another one continues with the next batch.
func (q *Queue[B]) All() iter.Seq[B] {
	return func(yield func(B) bool) {
		for b := range q.full {
			more := yield(b)
			q.empty <- b
			if !more {
				return
			}
		}
	}
}
