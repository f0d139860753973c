package block

// A Pool is memory for a file whose records do not stay in the blocks that they were read
// in: it is put to use again when what lies in it was looked at.
type Pool struct {
	size int
	free chan []byte
}

// NewPool returns a pool of blocks of a size, of which it keeps that many.
func NewPool(size, keep int) *Pool { return &Pool{size: size, free: make(chan []byte, keep)} }

// Take returns a block. What is in it is whatever was there before.
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
