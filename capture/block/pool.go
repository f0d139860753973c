package block

// A Pool reuses memory for files whose records must be copied out of the blocks that they were
// read in.
type Pool struct {
	size int
	free chan []byte
}

// NewPool returns a pool of blocks of a size, of which it keeps that many.
func NewPool(size, keep int) *Pool { return &Pool{size: size, free: make(chan []byte, keep)} }

// Take returns a block with arbitrary content.
func (p *Pool) Take() []byte {
	select {
	case b := <-p.free:
		return b[:p.size]
	default:
		return make([]byte, p.size)
	}
}

// Release gives a block back. It may be called from any goroutine.
func (p *Pool) Release(block []byte) {
	select {
	case p.free <- block:
	default:
	}
}
