package unpack

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// An xzChunk is the chunk of LZMA2 that is being unpacked. It is read whole, and the
// package lzma gets its bytes from here.
type xzChunk struct {
	control byte
	packed  int    // its length in the file, with its header
	bytes   []byte // what lzma has not had
	left    int    // how many bytes of its content are to come
	cut     bool   // the file ends in it
	over    bool   // lzma has had all bytes of a chunk that is cut
	buffer  []byte
}

// Control bytes of chunks (liblzma, lzma2_decoder.c).
const (
	chunkEnd       = 0x00
	chunkCopyReset = 0x01 // bytes as they are, the dictionary is empty before them
	chunkCopy      = 0x02
	chunkLZMA      = 0x80
	chunkNewProps  = 0xc0
	chunkAllReset  = 0xe0
)

// minChunk is how many bytes of a chunk that is cut must be there: lzma begins with five.
const minChunk = 5

func (c *xzChunk) resetsDictionary() bool {
	return c.control == chunkCopyReset || c.control >= chunkAllReset
}

// read reads the next chunk. It reports whether there is one.
func (c *xzChunk) read(from *bufio.Reader) (bool, error) {
	var err error
	if c.control, err = from.ReadByte(); err != nil {
		return false, err
	}
	header := 0
	switch {
	case c.control == chunkEnd:
		c.packed, c.left = 1, 0
		return false, nil
	case c.control >= chunkNewProps:
		header = 6
	case c.control >= chunkLZMA:
		header = 5
	case c.control <= chunkCopy:
		header = 3
	default:
		return false, errXZ("a chunk is damaged")
	}
	if c.buffer == nil {
		c.buffer = make([]byte, 6+64<<10)
	}
	c.buffer[0] = c.control
	if _, err := io.ReadFull(from, c.buffer[1:header]); err != nil {
		return false, err
	}
	be := binary.BigEndian
	size := int(be.Uint16(c.buffer[1:])) + 1
	c.left = size
	if c.control >= chunkLZMA {
		c.left += int(c.control&0x1f) << 16
		size = int(be.Uint16(c.buffer[3:])) + 1
	}
	n, err := io.ReadFull(from, c.buffer[header:header+size])
	c.bytes, c.packed, c.cut, c.over = c.buffer[:header+n], header+size, n < size, false
	if c.cut && (n < minChunk || err != io.ErrUnexpectedEOF) {
		return false, err
	}
	return true, nil
}

// errCut is what Read panics with at the end of a file.
var errCut = errors.New("a chunk is cut short")

// Read gives lzma the bytes of the chunk. An error would make lzma forget what it has
// unpacked and not yet handed out. So where the file ends too early, Read panics through
// it, and whoever reads single bytes gets them all.
func (c *xzChunk) Read(p []byte) (int, error) {
	if len(c.bytes) == 0 && c.cut {
		panic(errCut)
	}
	n := copy(p, c.bytes)
	c.bytes = c.bytes[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// recoverCut ends the panic of Read.
func (c *xzChunk) recoverCut(err *error) {
	switch p := recover(); p {
	case nil:
	case errCut:
		c.over, *err = true, io.ErrUnexpectedEOF
	default:
		panic(p)
	}
}
