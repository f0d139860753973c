package capture

import (
	"context"
	"errors"
	"io"
)

const (
	// headroom is left free in front of each block, for what is left of the one before.
	headroom = 64 << 10
	// blocksAhead is how many blocks a stream may have in hand.
	blocksAhead = 4
)

// errStopped tells that reading was asked to stop before the stream ended.
var errStopped = errors.New("reading was interrupted")

// A readAhead reads a stream in a goroutine of its own, blocks ahead of whoever
// decodes it: disk, pipe and decompressor work while packets are looked at.
type readAhead struct {
	stop   context.Context
	filled chan filled
	free   chan []byte
	closed chan struct{}
}

// filled is a block as read: headroom bytes of nothing, then what was read.
type filled struct {
	block []byte
	err   error
}

func newReadAhead(stop context.Context, r io.Reader) *readAhead {
	a := &readAhead{
		stop:   stop,
		filled: make(chan filled, blocksAhead),
		free:   make(chan []byte, blocksAhead),
		closed: make(chan struct{}),
	}
	for range blocksAhead {
		a.free <- nil // made when first needed: a small file needs one
	}
	go a.run(r)
	return a
}

func (a *readAhead) run(r io.Reader) {
	defer close(a.filled)
	for empty := 0; ; {
		var block []byte
		select {
		case block = <-a.free:
		case <-a.closed:
			return
		}
		if block == nil {
			block = make([]byte, headroom+blockSize)
		}
		n, err := r.Read(block[headroom : headroom+blockSize])
		if empty++; n > 0 {
			empty = 0
		} else if err == nil && empty == 100 {
			err = io.ErrNoProgress
		}
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

// next returns the next block, and with the last one why there are no more.
func (a *readAhead) next() ([]byte, error) {
	select {
	case f, ok := <-a.filled:
		if !ok {
			return nil, io.ErrClosedPipe
		}
		return f.block, f.err
	case <-a.stop.Done():
		return nil, errStopped
	}
}

// release gives a block back to be filled again.
func (a *readAhead) release(block []byte) { a.free <- block[:cap(block)] }

func (a *readAhead) close() { close(a.closed) }
