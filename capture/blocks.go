package capture

import (
	"errors"
	"io"
)

// errTooLong tells that a record is longer than maxRecord, if its length is true.
var errTooLong = errors.New("longer than any record")

// blocks is a window on a stream: records are looked at where they lie in the block
// that was read, and only what is cut by the end of a block is moved. A record longer
// than a block is gathered as it is read: no length from the file is ever allocated.
type blocks struct {
	feed  feed
	buf   []byte // read and not yet taken; ends where the current block ends
	block []byte // what buf lies in; nil if buf is memory of its own
	pos   int64  // offset of buf[0] in the stream
	err   error  // what ended the stream, once it has
	told  func() // called after each block; nil for nobody
	// retire takes a block that peek will not show again, if somebody may still look
	// at what was shown of it; nil if nobody does.
	retire func(feed, []byte)
}

// A feed reads a stream in blocks. Each has headroom bytes of nothing before what was
// read.
type feed interface {
	// next returns the next block, and with the last one why there are no more.
	next() ([]byte, error)
	// release gives a block back to be filled again. It may be called from any goroutine.
	release(block []byte)
	// ahead tells that the next block should be read already: whoever looks at blocks is
	// slower than all others.
	ahead()
	close()
}

// peek returns at least the next n bytes of the stream without taking them. They are
// valid until the next call of peek or skip, or until what retire took is released. If
// the stream ends before, it returns what there is, and why: io.EOF if there is nothing
// at all, io.ErrUnexpectedEOF if there is something, or what reading said.
func (b *blocks) peek(n int) ([]byte, error) {
	if n <= len(b.buf) {
		return b.buf, nil
	}
	return b.fill(n)
}

func (b *blocks) fill(n int) ([]byte, error) {
	if n > maxRecord {
		return b.buf, errTooLong
	}
	for len(b.buf) < n {
		if b.err != nil {
			if b.err == io.EOF && len(b.buf) > 0 {
				return b.buf, io.ErrUnexpectedEOF
			}
			return b.buf, b.err
		}
		var block []byte
		block, b.err = b.feed.next()
		b.join(block)
		if b.told != nil {
			b.told()
		}
	}
	return b.buf, nil
}

// join puts the next block after what is left of the one before. A block has room for
// that in front of its bytes.
func (b *blocks) join(block []byte) {
	if len(block) <= headroom {
		if block != nil {
			b.feed.release(block)
		}
		return
	}
	if left := len(b.buf); left <= headroom {
		copy(block[headroom-left:], b.buf)
		b.buf = block[headroom-left:]
		b.block, block = block, b.block
	} else if b.block != nil {
		b.buf = append(append(make([]byte, 0, 4*headroom), b.buf...), block[headroom:]...)
		b.feed.release(block)
		b.block, block = nil, b.block
	} else {
		b.buf = append(b.buf, block[headroom:]...)
		b.feed.release(block)
		return
	}
	switch {
	case block == nil:
	case b.retire != nil:
		b.retire(b.feed, block)
	default:
		b.feed.release(block)
	}
}

// take takes n bytes that peek has shown.
func (b *blocks) take(n int) {
	b.buf = b.buf[n:]
	b.pos += int64(n)
}

// skip takes n bytes, shown or not, and returns why it could not.
func (b *blocks) skip(n int64) error {
	for n > int64(len(b.buf)) {
		n -= int64(len(b.buf))
		b.take(len(b.buf))
		if _, err := b.fill(1); err != nil {
			return err
		}
	}
	b.take(int(n))
	return nil
}

// Read makes blocks an io.Reader, for formats that are not made of records.
func (b *blocks) Read(p []byte) (int, error) {
	if len(b.buf) == 0 {
		if _, err := b.fill(1); err != nil {
			return 0, err
		}
	}
	n := copy(p, b.buf)
	b.take(n)
	return n, nil
}
