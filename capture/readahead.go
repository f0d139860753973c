package capture

import (
	"context"
	"errors"
	"io"
)

// A stride says how a stream is read.
type stride struct {
	size  int // bytes asked for at once
	ahead int // blocks in hand, at least 2: one is looked at while the next is filled
	least int // bytes that a block is handed on with; 0 for whatever there is
}

var (
	// fullStride reads large enough blocks that the cost of a read vanishes, small
	// enough that a block is still in the processor's cache when it is decoded.
	fullStride = stride{size: 128 << 10, ahead: 5}
	// mappedStride is for a large file of packets that is mapped: a block is long enough
	// that mapping it costs little, and there are few at a time, for they count as memory
	// of this process.
	mappedStride = stride{size: 4 << 20, ahead: 2}
	// unpackedStride is for what is unpacked, which comes in small pieces and keeps nobody
	// waiting: blocks are filled, and each is a good deal of work for who looks at it.
	unpackedStride = stride{size: 512 << 10, ahead: 5, least: 512 << 10}
	// shortStride is for many files at a time.
	shortStride = stride{size: 64 << 10, ahead: 2}
	// glance is for a look at the beginning.
	glance = stride{size: headLen, ahead: 2}
)

// errStopped tells that reading was asked to stop before the stream ended.
var errStopped = errors.New("reading was interrupted")

// A readAhead is a feed that reads a stream in a goroutine of its own: a pipe can be
// left that brings nothing more, and a decompressor works while packets are looked at.
type readAhead struct {
	stop   context.Context
	size   int
	least  int
	filled chan filled
	free   chan []byte
	closed chan struct{}
}

// filled is a block as read: headroom bytes of nothing, then what was read.
type filled struct {
	block []byte
	err   error
}

func newReadAhead(stop context.Context, r io.Reader, s stride) *readAhead {
	a := &readAhead{
		stop:   stop,
		size:   s.size,
		least:  s.least,
		filled: make(chan filled, s.ahead),
		free:   make(chan []byte, s.ahead),
		closed: make(chan struct{}),
	}
	for range s.ahead {
		a.free <- nil // made when first needed: a small file needs one
	}
	go a.run(r)
	return a
}

func (a *readAhead) run(r io.Reader) {
	defer close(a.filled)
	for {
		var block []byte
		select {
		case block = <-a.free:
		case <-a.closed:
			return
		}
		if block == nil {
			block = make([]byte, headroom+a.size)
		}
		n, err := fill(r, block[headroom:], a.least)
		select {
		case a.filled <- filled{block[:headroom+n], err}:
		case <-a.closed:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *readAhead) next(left []byte) ([]byte, int, error) {
	select {
	case f, ok := <-a.filled:
		if !ok {
			return nil, 0, io.ErrClosedPipe
		}
		lead(f.block, left)
		return f.block, headroom, f.err
	case <-a.stop.Done():
		return nil, 0, errStopped
	}
}

func (a *readAhead) release(block []byte) { a.free <- block[:cap(block)] }

func (a *readAhead) close() { close(a.closed) }

// lead puts what is left of the block before in front of a block that was read.
func lead(block, left []byte) {
	if len(left) <= headroom {
		copy(block[headroom-len(left):], left)
	}
}

// fill reads what is there, at least a byte, and least of them, unless there is an error.
func fill(r io.Reader, b []byte, least int) (n int, err error) {
	for idle := 0; n < max(least, 1) && err == nil; {
		if idle++; idle > 100 {
			return n, io.ErrNoProgress
		}
		var more int
		if more, err = r.Read(b[n:]); more > 0 {
			n, idle = n+more, 0
		}
	}
	return n, err
}
