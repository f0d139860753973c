package capture

import (
	"context"
	"io"
	"sync"
)

// A straight is a feed that reads where its blocks are asked for: the bytes of a file,
// which never keep one waiting, are then in the cache of the core that decodes them. Where
// there is time left on another core, it reads a block ahead.
type straight struct {
	stop context.Context
	from io.Reader
	size int
	free chan []byte

	reading sync.Mutex // of from, in order
	over    bool       // from has ended
	early   *filled    // read before it was asked for
	wanted  chan struct{}
}

func newStraight(stop context.Context, r io.Reader, s stride) *straight {
	d := &straight{stop: stop, from: r, size: s.size, free: make(chan []byte, s.ahead)}
	for range s.ahead {
		d.free <- nil // made when first needed: a small file needs one
	}
	return d
}

func (d *straight) next() ([]byte, error) {
	if d.stop.Err() != nil {
		return nil, errStopped
	}
	d.reading.Lock()
	defer d.reading.Unlock()
	if f := d.early; f != nil {
		d.early = nil
		return f.block, f.err
	}
	return d.read(<-d.free)
}

// read reads the next block into memory that is free, or that is made for it.
func (d *straight) read(block []byte) ([]byte, error) {
	if block == nil {
		block = make([]byte, headroom+d.size)
	}
	n, err := fill(d.from, block[headroom:], 0)
	d.over = err != nil
	return block[:headroom+n], err
}

// ahead has the next block read in a goroutine of its own.
func (d *straight) ahead() {
	if d.wanted == nil {
		d.wanted = make(chan struct{}, 1)
		go func() {
			for range d.wanted {
				d.readEarly()
			}
		}()
	}
	select {
	case d.wanted <- struct{}{}:
	default: // it is still at the last one
	}
}

func (d *straight) readEarly() {
	d.reading.Lock()
	defer d.reading.Unlock()
	if d.early != nil || d.over || d.stop.Err() != nil {
		return
	}
	select {
	case block := <-d.free:
		block, err := d.read(block)
		d.early = &filled{block, err}
	default:
	}
}

func (d *straight) release(block []byte) { d.free <- block[:cap(block)] }

func (d *straight) close() {
	if d.wanted != nil {
		close(d.wanted)
	}
}
