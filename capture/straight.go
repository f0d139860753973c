package capture

import (
	"context"
	"io"
)

// A straight is a feed that reads where its blocks are asked for: the bytes of a file,
// which never keep one waiting, are then in the cache of the core that decodes them.
type straight struct {
	stop context.Context
	from io.Reader
	size int
	free chan []byte
}

func newStraight(stop context.Context, r io.Reader, s stride) *straight {
	d := &straight{stop: stop, from: r, size: s.size, free: make(chan []byte, s.ahead)}
	for range s.ahead {
		d.free <- nil // made when first needed: a small file needs one
	}
	return d
}

func (d *straight) next(left []byte) ([]byte, int, error) {
	if d.stop.Err() != nil {
		return nil, 0, errStopped
	}
	block := <-d.free
	if block == nil {
		block = make([]byte, headroom+d.size)
	}
	lead(block, left)
	n, err := fill(d.from, block[headroom:], 0)
	return block[:headroom+n], headroom, err
}

// Read reads what would be in the next block.
func (d *straight) Read(p []byte) (int, error) {
	if d.stop.Err() != nil {
		return 0, errStopped
	}
	return d.from.Read(p)
}

func (d *straight) release(block []byte) { d.free <- block[:cap(block)] }

func (d *straight) close() {}
