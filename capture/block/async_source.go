package block

import (
	"context"
	"io"
	"time"

	"negotrace/internal/handoff"
)

// An asyncSource reads a stream in a goroutine of its own: so reading can stop although a pipe is
// silent, and a decompressor works while packets are decoded.
type asyncSource struct {
	stop   context.Context
	size   int
	least  int
	filled chan filled
	free   chan []byte
	closed chan struct{}
	fault  *handoff.Fault                   // of the goroutine; known when filled is closed
	pause  func() (<-chan time.Time, error) // see PauseWhenEmpty
	ended  bool                             // stop is done, and left is known
	left   int                              // blocks that were read before
}

// filled is a block as read: headroom unused bytes, then what was read.
type filled struct {
	block []byte
	err   error
}

// NewAsync returns a source that reads ahead in a goroutine. It is for pipes and for
// what is decompressed. It ends with ErrInterrupted when stop is done.
func NewAsync(stop context.Context, r io.Reader, p Plan) Source {
	a := &asyncSource{
		stop:   stop,
		size:   p.Size,
		least:  p.MinFill,
		filled: make(chan filled, p.Ahead),
		free:   make(chan []byte, p.Ahead),
		closed: make(chan struct{}),
	}
	for range p.Ahead {
		a.free <- nil // made when first needed: a small file needs one
	}
	go func() {
		defer close(a.filled)
		a.fault = handoff.Guard(func() { a.run(r) })
	}()
	return a
}

func (a *asyncSource) run(r io.Reader) {
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

func (a *asyncSource) Next(tail []byte) ([]byte, int, error) {
	for a.stop.Err() == nil {
		var again <-chan time.Time
		if a.pause != nil && len(a.filled) == 0 {
			var err error
			if again, err = a.pause(); err != nil {
				return nil, 0, err
			}
		}
		select {
		case f, ok := <-a.filled:
			return a.taken(f, ok, tail)
		case <-a.stop.Done():
		case <-again:
		}
	}
	// What was read before stop was done is there, however long it took to come to it.
	if !a.ended {
		a.ended, a.left = true, len(a.filled)
	}
	if a.left == 0 {
		return nil, 0, ErrInterrupted
	}
	a.left--
	f, ok := <-a.filled
	return a.taken(f, ok, tail)
}

// taken returns a block that was read, with tail in front of it.
func (a *asyncSource) taken(f filled, ok bool, tail []byte) ([]byte, int, error) {
	if !ok {
		a.fault.Raise()
		return nil, 0, io.ErrClosedPipe
	}
	copyTail(f.block, tail)
	return f.block, headroom, f.err
}

// PauseWhenEmpty has a source of NewAsync call pause when it has no block yet, and again when the
// channel that pause returned delivers. An error of pause ends the stream.
func PauseWhenEmpty(s Source, pause func() (again <-chan time.Time, err error)) {
	if a, ok := s.(*asyncSource); ok {
		a.pause = pause
	}
}

func (a *asyncSource) Release(block []byte) { a.free <- block[:cap(block)] }

func (a *asyncSource) Close() { close(a.closed) }
