// Package block reads a stream in blocks and shows records where they lie, so that they are not
// copied.
package block

import (
	"errors"
	"io"
)

// A Releaser takes blocks back. It may be called from any goroutine.
type Releaser interface {
	Release(block []byte)
}

// A Source brings a stream block by block.
type Source interface {
	Releaser
	// Next returns the next block, and with the last one why there are no more: io.EOF at the end
	// of the stream, ErrInterrupted, or a read error. tail is the end of the previous block that
	// is still needed. If it is no longer than headroom, the new block holds it just before begin,
	// where its own bytes begin.
	Next(tail []byte) (block []byte, begin int, err error)
	// Close ends reading. Blocks that were not released stay valid.
	Close()
}

// headroom is how many bytes of the previous block may lie before those of the next one.
const headroom = 64 << 10

// MaxRecord is the longest record that is shown in one piece. The longest packets in the
// wild are those of segmentation offload, below 1 MiB, the longest records the key logs of
// long sessions.
const MaxRecord = 16 << 20

// ErrInterrupted says that reading was asked to stop before the stream ended.
var ErrInterrupted = errors.New("reading was interrupted")

// errTooLong says that a record would be longer than MaxRecord, if its length is true.
var errTooLong = errors.New("longer than any record")

// A Plan says how a stream is read.
type Plan struct {
	Size    int // bytes asked for at once
	Ahead   int // blocks in memory, at least 2: one is looked at while the next is filled
	MinFill int // bytes that a block is handed on with; 0 for whatever there is
}

var (
	// Sequential has blocks large enough to make the cost of a read vanish, and small enough to be
	// still in the processor's cache when they are decoded.
	Sequential = Plan{Size: 128 << 10, Ahead: 5}
	// ReadAhead is for large files: its blocks also make the cost of handing them over vanish.
	ReadAhead = Plan{Size: 512 << 10, Ahead: 5, MinFill: 512 << 10}
	// Unpacked is for decompressed data, which comes in small pieces without delays: blocks are
	// filled, and each takes a while to decode.
	Unpacked = Plan{Size: 512 << 10, Ahead: 5, MinFill: 512 << 10}
	// ManyFiles is for many files that are read at the same time.
	ManyFiles = Plan{Size: 64 << 10, Ahead: 2}
)

// maxRead is how much is read at once: the runtime takes a goroutine for blocked that is longer in the
// kernel, and wakes a thread to go on with another one.
const maxRead = 128 << 10

// smallest is the least size of blocks, even if the file is smaller: it may grow.
const smallest = 16 << 10

// For returns the plan for a file of so many bytes; 0 if that is not known.
func (p Plan) For(size int64) Plan {
	if size > 0 && size < int64(p.Size) {
		p.Size = min(p.Size, max(int(size)+1, smallest)) // one more, which shows its end
	}
	return p
}

// copyTail puts the rest of the previous block before what was read.
func copyTail(block, tail []byte) {
	if len(tail) <= headroom {
		copy(block[headroom-len(tail):], tail)
	}
}

// fill reads what is there: at least one byte, and at least least bytes unless there is an error.
func fill(r io.Reader, b []byte, least int) (n int, err error) {
	for idle := 0; n < max(least, 1) && err == nil; {
		if idle++; idle > 100 {
			return n, io.ErrNoProgress
		}
		var more int
		if more, err = r.Read(b[n:min(len(b), n+maxRead)]); more > 0 {
			n, idle = n+more, 0
		}
	}
	return n, err
}
