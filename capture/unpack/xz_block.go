package unpack

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
)

const (
	XZMagic     = "\xfd7zXZ\x00"
	xzMagicEnd  = "YZ"
	xzLZMA2     = 0x21
	xzPacked    = 0x40 // flag of a block: its packed size is in its header
	xzUnpacked  = 0x80 // likewise its unpacked size
	xzReserved  = 0x3c // flags that no block has
	xzDictCodes = 40   // the largest code of the size of a dictionary: 4 GB - 1
)

// beginStream reads the header of a stream (2.1.1).
func (x *xzReader) beginStream() error {
	var h [12]byte
	if _, err := io.ReadFull(x.from, h[:]); err != nil {
		return err
	}
	switch {
	case string(h[:6]) != XZMagic:
		return errXZ("what follows a stream is none")
	case crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]):
		return errXZ("the header of a stream is damaged")
	case h[6] != 0 || h[7] > 15:
		return errXZ("a stream is of a kind that is not read: unpack it first")
	}
	x.header, x.blocks = [2]byte(h[6:8]), 0
	return nil
}

// endStream reads what is behind the zero byte in front of an index, and the footer (4, 2.1.2).
func (x *xzReader) endStream() error {
	index := &summedReader{from: x.from, sum: crc32.NewIEEE(), n: 1}
	index.sum.Write([]byte{0})
	count, err := binary.ReadUvarint(index)
	if err != nil {
		return err
	}
	if count != x.blocks {
		return errXZ("blocks are missing")
	}
	for range 2 * count {
		if _, err := binary.ReadUvarint(index); err != nil {
			return err
		}
	}
	for index.n%4 != 0 {
		if _, err := index.ReadByte(); err != nil {
			return err
		}
	}
	var b [16]byte
	if _, err := io.ReadFull(x.from, b[:]); err != nil {
		return err
	}
	le := binary.LittleEndian
	if le.Uint32(b[:]) != index.sum.Sum32() || le.Uint32(b[4:]) != crc32.ChecksumIEEE(b[8:14]) ||
		[2]byte(b[12:14]) != x.header || string(b[14:]) != xzMagicEnd {
		return errXZ("the end of a stream is damaged")
	}
	return nil
}

// A summedReader makes the sum of what it reads.
type summedReader struct {
	from io.ByteReader
	sum  hash.Hash32
	n    int64
}

func (s *summedReader) ReadByte() (byte, error) {
	b, err := s.from.ReadByte()
	if err == nil {
		s.sum.Write([]byte{b})
		s.n++
	}
	return b, err
}

// An xzBlock is the block that is being unpacked.
type xzBlock struct {
	dictCap  int
	fresh    bool   // it has had no chunk
	packed   int64  // bytes of its chunks so far
	unpacked uint64 // bytes so far
	size     uint64 // that it has unpacked by its header, 0 if that is not said
	check    hash.Hash
	checkLen int // of the check behind the block, also of one that is not known
}

// readXZBlock reads the header of a block (3.1); nil where the index begins.
func readXZBlock(from *bufio.Reader, check byte) (*xzBlock, error) {
	words, err := from.ReadByte()
	if err != nil || words == 0 {
		return nil, err
	}
	h := make([]byte, (int(words)+1)*4)
	h[0] = words
	if _, err := io.ReadFull(from, h[1:]); err != nil {
		return nil, err
	}
	end := len(h) - 4
	if crc32.ChecksumIEEE(h[:end]) != binary.LittleEndian.Uint32(h[end:]) || h[1]&xzReserved != 0 {
		return nil, errXZ("the header of a block is damaged")
	}
	b := &xzBlock{fresh: true}
	fields := bytes.NewReader(h[2:end])
	if h[1]&xzPacked != 0 {
		if _, err := binary.ReadUvarint(fields); err != nil {
			return nil, errXZ("the header of a block is damaged")
		}
	}
	if h[1]&xzUnpacked != 0 {
		if b.size, err = binary.ReadUvarint(fields); err != nil {
			return nil, errXZ("the header of a block is damaged")
		}
	}
	var filter [3]byte // its id, the length of its properties, these
	if _, err := io.ReadFull(fields, filter[:]); err != nil {
		return nil, errXZ("the header of a block is damaged")
	}
	if h[1]&3 != 0 || filter[0] != xzLZMA2 || filter[1] != 1 || filter[2] > xzDictCodes {
		return nil, errXZ("it was packed with a filter that is not read: unpack it first")
	}
	if b.dictCap, err = xzDictCap(filter[2]); err != nil {
		return nil, err
	}
	b.check, b.checkLen = xzCheck(check)
	return b, nil
}

// xzDictCap returns the size of a dictionary by its code (5.3.1), if it is not too large.
func xzDictCap(code byte) (int, error) {
	n := uint64(2|code&1) << (code/2 + 11)
	if n > maxXZDictionary {
		return 0, fmt.Errorf("xz: unpacking takes a dictionary of %d MiB, and at most %d are used: unpack it first", n>>20, maxXZDictionary>>20)
	}
	return int(n), nil
}

// xzCheck returns what computes a check by its code, nil if it is not known, and its length
// (2.1.1.2).
func xzCheck(code byte) (hash.Hash, int) {
	switch code {
	case 1:
		return crc32.NewIEEE(), crc32.Size
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA)), crc64.Size
	case 10:
		return sha256.New(), sha256.Size
	case 0:
		return nil, 0
	}
	return nil, 4 << ((code - 1) / 3)
}

func (b *xzBlock) took(p []byte) {
	b.unpacked += uint64(len(p))
	if b.check != nil {
		b.check.Write(p)
	}
}

// end reads padding and check behind a block.
func (b *xzBlock) end(from io.Reader) error {
	tail := make([]byte, int(-b.packed&3)+b.checkLen)
	if _, err := io.ReadFull(from, tail); err != nil {
		return err
	}
	if padding := tail[:len(tail)-b.checkLen]; bytes.ContainsFunc(padding, func(c rune) bool { return c != 0 }) {
		return errXZ("the padding of a block is not zero")
	}
	if b.size != 0 && b.size != b.unpacked {
		return errXZ("a block has another size than its header says")
	}
	if b.check == nil {
		return nil
	}
	sum, stored := b.check.Sum(nil), tail[len(tail)-b.checkLen:]
	if _, number := b.check.(interface{ Sum64() uint64 }); number || b.checkLen == crc32.Size {
		stored = reversed(stored) // numbers are little-endian
	}
	if !bytes.Equal(sum, stored) {
		return errXZ("what was unpacked does not have the checksum of its block")
	}
	return nil
}

func reversed(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[len(b)-1-i] = c
	}
	return out
}
