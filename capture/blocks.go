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
	owner feed   // whose block it is
	pos   int64  // offset of buf[0] in the stream
	err   error  // what ended the stream, once it has
	told  func() // called after each block; nil for nobody
	// retire takes a block that peek will not show again, if somebody may still look
	// at what was shown of it; nil if nobody does.
	retire func(feed, []byte)
	// Where isFar, blocks are in memory and in no cache yet: what comes next is scouted piece
	// by piece, up to scouted, for records as trail describes them; nil if there are none.
	isFar   bool
	trail   func() *trail
	scouted int64
}

// headroom is how much of what is left of a block may lie in front of the next one.
const headroom = 64 << 10

// A feed reads a stream in blocks.
type feed interface {
	// next returns the next block, and with the last one why there are no more. left is
	// the end of the block before that is still needed: if it is no longer than headroom,
	// the new one has it in front of what it brings, which begins at begin.
	next(left []byte) (block []byte, begin int, err error)
	// release gives a block back. It may be called from any goroutine.
	release(block []byte)
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
		block, begin, err := b.feed.next(b.buf)
		b.err = err
		b.join(block, begin)
		if b.told != nil {
			b.told()
		}
	}
	return b.buf, nil
}

// join goes on to the next block, which brings what is in it from begin on.
func (b *blocks) join(block []byte, begin int) {
	switch left := len(b.buf); {
	case block == nil:
	case begin == len(block):
		b.feed.release(block)
	case left <= headroom:
		b.leave()
		b.buf, b.block, b.owner = block[begin-left:], block, b.feed
	default:
		if b.block != nil {
			b.buf = append(make([]byte, 0, 4*headroom), b.buf...)
			b.leave()
		}
		b.buf = append(b.buf, block[begin:]...)
		b.feed.release(block)
	}
}

// leave lets go of the block at hand, of which nothing is peeked at any more.
func (b *blocks) leave() {
	switch {
	case b.block == nil:
	case b.retire != nil:
		b.retire(b.owner, b.block)
	default:
		b.owner.release(b.block)
	}
	b.block = nil
}

// take takes n bytes that peek has shown.
func (b *blocks) take(n int) {
	b.buf = b.buf[n:]
	b.pos += int64(n)
	if b.isFar && b.pos >= b.scouted {
		b.lookAhead()
	}
}

// lookAhead has the next piece scouted.
func (b *blocks) lookAhead() {
	piece := b.buf[:min(len(b.buf), scoutLen)]
	b.scouted = b.pos + int64(len(piece))
	if b.trail != nil {
		b.trail().scout(piece)
	}
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

// Read makes blocks an io.Reader, for formats that are not made of records. After what
// is there already, a feed that can reads into p at once.
func (b *blocks) Read(p []byte) (int, error) {
	if direct, ok := b.feed.(io.Reader); ok && len(b.buf) == 0 && b.err == nil {
		var n int
		n, b.err = direct.Read(p)
		b.pos += int64(n)
		if b.told != nil {
			b.told()
		}
		return n, b.err
	}
	if len(b.buf) == 0 {
		if _, err := b.fill(1); err != nil {
			return 0, err
		}
	}
	n := copy(p, b.buf)
	b.take(n)
	return n, nil
}
