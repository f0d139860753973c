package block

import (
	"io"
)

// A Reader is a window on a stream: it shows records where they lie in the block that was read,
// and moves only those that the end of a block cuts. A record longer than a block is gathered as
// it is read: no length from the file is ever allocated.
type Reader struct {
	// OnBlock is called after each block was read; nil for nobody.
	OnBlock func()
	// OnRetire takes a block that Peek will not show again, if what was shown of it is still in
	// use: it must release the block later. If it is nil the Reader releases blocks.
	OnRetire func(Releaser, []byte)

	source Source
	window []byte // read and not yet taken; ends where the current block ends
	block  []byte // what window lies in; nil if window is memory of its own
	owner  Source // whose block it is
	pos    int64  // offset of window[0] in the stream
	err    error  // what ended the stream, once it has
}

// NewReader returns a Reader of what a source brings.
func NewReader(s Source) *Reader { return &Reader{source: s} }

// Continue goes on with the blocks of another source after what is read already.
func (r *Reader) Continue(s Source) { r.source = s }

// Pos returns the offset in the stream of what Peek shows first.
func (r *Reader) Pos() int64 { return r.pos }

// Buffered returns how many bytes Peek can show without reading.
func (r *Reader) Buffered() int { return len(r.window) }

// Err returns what ended the stream, io.EOF at its end, and nil before.
func (r *Reader) Err() error { return r.err }

// Peek returns at least the next n bytes of the stream without taking them. They are valid until
// the next call of Peek or Skip, or until the block that OnRetire took is released. If the stream
// ends before, it returns what there is, and why: io.EOF if there is nothing at all,
// io.ErrUnexpectedEOF if there is something, or the error of the source.
func (r *Reader) Peek(n int) ([]byte, error) {
	if n <= len(r.window) {
		return r.window, nil
	}
	return r.fill(n)
}

func (r *Reader) fill(n int) ([]byte, error) {
	if n > MaxRecord {
		return r.window, errTooLong
	}
	for len(r.window) < n {
		if r.err != nil {
			if r.err == io.EOF && len(r.window) > 0 {
				return r.window, io.ErrUnexpectedEOF
			}
			return r.window, r.err
		}
		block, begin, err := r.source.Next(r.window)
		r.err = err
		r.join(block, begin)
		if r.OnBlock != nil {
			r.OnBlock()
		}
	}
	return r.window, nil
}

// join goes on to the next block, whose bytes begin at begin.
func (r *Reader) join(block []byte, begin int) {
	switch left := len(r.window); {
	case block == nil:
	case begin == len(block):
		r.source.Release(block)
	case left <= headroom:
		r.Retire()
		r.window, r.block, r.owner = block[begin-left:], block, r.source
	default:
		if r.block != nil {
			r.window = append(make([]byte, 0, 4*headroom), r.window...)
			r.Retire()
		}
		r.window = append(r.window, block[begin:]...)
		r.source.Release(block)
	}
}

// Retire gives up the current block: nothing of it will be peeked at again. It is called after the
// last record.
func (r *Reader) Retire() {
	if r.block != nil {
		r.RetireForeign(r.owner, r.block)
	}
	r.block = nil
}

// RetireForeign retires a block of another owner in which records were shown, like a block of the
// stream.
func (r *Reader) RetireForeign(owner Releaser, block []byte) {
	if r.OnRetire != nil {
		r.OnRetire(owner, block)
	} else {
		owner.Release(block)
	}
}

// Take takes n bytes that Peek has shown.
func (r *Reader) Take(n int) {
	r.window = r.window[n:]
	r.pos += int64(n)
}

// Skip takes n bytes, shown or not, and returns why it could not.
func (r *Reader) Skip(n int64) error {
	for n > int64(len(r.window)) {
		n -= int64(len(r.window))
		r.Take(len(r.window))
		if _, err := r.fill(1); err != nil {
			return err
		}
	}
	r.Take(int(n))
	return nil
}

// Read makes a Reader an io.Reader, for formats without records. Once the window is empty, the
// source may read into p directly.
func (r *Reader) Read(p []byte) (int, error) {
	if direct, ok := r.source.(io.Reader); ok && len(r.window) == 0 && r.err == nil {
		var n int
		n, r.err = direct.Read(p)
		r.pos += int64(n)
		if r.OnBlock != nil {
			r.OnBlock()
		}
		return n, r.err
	}
	if len(r.window) == 0 {
		if _, err := r.fill(1); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.window)
	r.Take(n)
	return n, nil
}
