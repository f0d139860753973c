package block

import (
	"context"
	"io"
)

// A syncSource reads a block when it is asked for: the bytes of a file, which never make it wait,
// are then in the cache of the core that decodes them.
type syncSource struct {
	stop context.Context
	from io.Reader
	size int
	free chan []byte
}

// NewSync returns a source that reads r when a block is asked for. It is for files. It
// ends with ErrInterrupted when stop is done.
func NewSync(stop context.Context, r io.Reader, p Plan) Source {
	s := &syncSource{stop: stop, from: r, size: p.Size, free: make(chan []byte, p.Ahead)}
	for range p.Ahead {
		s.free <- nil // made when first needed: a small file needs one
	}
	return s
}

func (s *syncSource) Next(tail []byte) ([]byte, int, error) {
	if s.stop.Err() != nil {
		return nil, 0, ErrInterrupted
	}
	begin := 0 // of a small file, of which nothing comes before: it needs one block without headroom
	if len(tail) > 0 {
		begin = headroom
	}
	block := <-s.free
	if len(block) < begin+s.size {
		block = make([]byte, begin+s.size)
	}
	if begin > 0 {
		copyTail(block, tail)
	}
	n, err := fill(s.from, block[begin:], len(block)-begin)
	return block[:begin+n], begin, err
}

// Read reads what would be in the next block.
func (s *syncSource) Read(p []byte) (int, error) {
	if s.stop.Err() != nil {
		return 0, ErrInterrupted
	}
	return s.from.Read(p)
}

func (s *syncSource) Release(block []byte) { s.free <- block[:cap(block)] }

func (s *syncSource) Close() {}
