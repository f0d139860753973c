package block

// A liveSource reads a file that is still being written.
type liveSource struct {
	more  func(b []byte) (int, error)
	pause func() error
	size  int
	free  chan []byte
}

// NewLive returns a source of a stream that is still being written. more reads what is there: 0
// and no error if that is nothing yet. Then pause is called. It returns when it is time to look
// again, and io.EOF if nothing more will come.
func NewLive(more func(b []byte) (int, error), pause func() error, p Plan) Source {
	l := &liveSource{more: more, pause: pause, size: p.Size, free: make(chan []byte, p.Ahead)}
	for range p.Ahead {
		l.free <- nil // made when first needed
	}
	return l
}

func (l *liveSource) Next(tail []byte) ([]byte, int, error) {
	block := <-l.free
	if block == nil {
		block = make([]byte, headroom+l.size)
	}
	copyTail(block, tail)
	for {
		n, err := l.more(block[headroom:])
		if n == 0 && err == nil {
			err = l.pause()
		}
		if n > 0 || err != nil {
			return block[:headroom+n], headroom, err
		}
	}
}

func (l *liveSource) Release(block []byte) { l.free <- block[:cap(block)] }

func (l *liveSource) Close() {}
