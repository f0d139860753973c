package unpack

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/ulikunitz/xz/lzma"

	"negotrace/capture/block"
)

// The container of xz is read here (The .xz File Format 1.2.0), because its block headers
// ask for memory: up to 4 GB, and each block anew. The package lzma unpacks the chunks.

// XZ unpacks streams that follow each other, with the padding between them. A dictionary of more than
// 64 MiB is an error.
func XZ(b *block.Reader) (io.Reader, error) {
	x := &xzReader{from: bufio.NewReader(b)}
	if err := x.beginStream(); err != nil {
		return nil, noEOF(err)
	}
	return &unpacker{z: x, packed: b}, nil
}

// An xzReader unpacks xz streams that follow each other.
type xzReader struct {
	from   *bufio.Reader
	header [2]byte // the flags of the stream
	blocks uint64  // of the stream so far
	block  *xzBlock

	chunk   xzChunk
	lzma2   *lzma.Reader2 // one for all blocks, so that its dictionary is made once
	dictCap int           // of lzma2
	err     error         // which ends reading
}

// Read unpacks at most what is left of a chunk.
func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil && len(p) > 0 {
		if x.chunk.left == 0 {
			x.err = x.nextChunk()
			continue
		}
		p = p[:min(len(p), x.chunk.left)]
		if x.chunk.cut {
			p = p[:1] // see xzChunk.Read
		}
		again := x.chunk.over
		n, err := x.unpackChunk(p)
		x.chunk.left -= n
		x.block.took(p[:n])
		if err != nil && (!x.chunk.over || again) {
			x.err = fmt.Errorf("xz: %w", noEOF(err))
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// unpackChunk unpacks the next bytes of the chunk.
func (x *xzReader) unpackChunk(p []byte) (n int, err error) {
	defer x.chunk.recoverCut(&err)
	if x.lzma2 == nil {
		x.dictCap = x.block.dictCap
		if x.lzma2, err = (lzma.Reader2Config{DictCap: x.dictCap}).NewReader2(&x.chunk); err != nil {
			return 0, err
		}
	}
	return io.ReadFull(x.lzma2, p)
}

// nextChunk goes to the next chunk, over the ends of blocks and streams.
func (x *xzReader) nextChunk() error {
	for {
		if x.block == nil {
			if err := x.beginBlock(); err != nil {
				return err // io.EOF behind the last stream
			}
		}
		more, err := x.chunk.read(x.from)
		if err != nil {
			return noEOF(err)
		}
		x.block.packed += int64(x.chunk.packed)
		switch {
		case !more:
			if err := x.block.end(x.from); err != nil {
				return noEOF(err)
			}
			x.block = nil
		case x.block.fresh && !x.chunk.resetsDictionary():
			return errXZ("a block refers to what is before it")
		default:
			x.block.fresh = false
			return nil
		}
	}
}

// beginBlock reads the header of the next block, and the streams that end before it.
func (x *xzReader) beginBlock() error {
	for {
		b, err := readXZBlock(x.from, x.header[1])
		if err != nil {
			return noEOF(err)
		}
		if b != nil {
			x.blocks++
			x.block = b
			if x.lzma2 != nil && b.dictCap > x.dictCap {
				x.lzma2 = nil
			}
			return nil
		}
		if err := x.endStream(); err != nil {
			return noEOF(err)
		}
		if err := x.nextStream(); err != nil {
			return err
		}
	}
}

// nextStream goes over padding to the next stream. The error is io.EOF if there is none.
func (x *xzReader) nextStream() error {
	for {
		head, err := x.from.Peek(4)
		switch {
		case len(head) == 0:
			return err
		case string(head) != "\x00\x00\x00\x00":
			return noEOF(x.beginStream())
		}
		x.from.Discard(len(head))
	}
}

func errXZ(text string) error { return errors.New("xz: " + text) }

// noEOF returns err, or io.ErrUnexpectedEOF in place of io.EOF.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
