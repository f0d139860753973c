package capture

import "negotrace/httpstream"

// What packets tell goes from the goroutine that reads and decodes them to the one that
// follows connections in batches, with the blocks that it lies in. Each of the two looks
// at every packet once, and the handing over costs little of that.

const (
	// batchLen is how many events are handed over at once, if a block has so many: enough
	// that the handing over costs little, and few enough to be in the cache still.
	batchLen = 1024
	// batches are on their way or being filled.
	batches = 4
)

// An event is what the capture tells next: a TCP segment, or something rarer.
type event struct {
	segment httpstream.Segment
	rare    func(*follower) // instead of segment, if it is there
}

// A batch is some events in the order of the capture.
type batch struct {
	events []event
	// block may be released to feed after this batch: no later one tells of it.
	feed  feed
	block []byte
}

// release releases the block that goes with a batch.
func (b *batch) release() {
	if b.block != nil {
		b.feed.release(b.block)
	}
}

func newBatch() *batch { return &batch{events: make([]event, 0, batchLen)} }

// event makes room for one more event, which the caller fills in.
func (d *decoder) event() *event {
	if len(d.events) == batchLen {
		d.flush()
	}
	d.events = d.events[:len(d.events)+1]
	return &d.events[len(d.events)-1]
}

// later has something done in its turn.
func (d *decoder) later(what func(*follower)) { *d.event() = event{rare: what} }

// retire lets go of a block of a file, when all that was found in it is told.
func (d *decoder) retire(f feed, block []byte) {
	d.feed, d.block = f, block
	d.flush()
}

// flush tells what was found.
func (d *decoder) flush() {
	d.batch = d.tell(d.batch)
	d.events, d.feed, d.block = d.events[:0], nil, nil
}
