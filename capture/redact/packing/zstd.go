package packing

import (
	"encoding/binary"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// zstdMagic begins a frame of Zstandard (RFC 8878 section 3.1.1).
const zstdMagic = "\x28\xb5\x2f\xfd"

// zstdEncoder packs texts, which takes tables. Several goroutines may use it at once.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true),
		zstd.WithWindowSize(MaxText), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		panic(err) // of options that are constants
	}
	return w
})

// zstdInto returns text in Zstandard, of so many bytes. Few missing bytes are in the head of the frame,
// and blocks without content; more are a frame behind it that readers skip (section 3.1.2).
func zstdInto(text []byte, size int) (b []byte, ok bool) {
	var head zstd.Header
	packed := zstdEncoder().EncodeAll(text, nil)
	if err := head.Decode(packed); err != nil {
		return nil, false
	}
	const skipMagic, skipHead = 0x184d2a50, 8
	blocks := packed[head.HeaderSize:]
	more := size - len(zstdMagic) - 2 - len(blocks)
	if more < 0 {
		return nil, false
	}
	skipped := 0
	if more >= skipHead {
		skipped, more = more, 0
	}
	b = append(append([]byte(zstdMagic), zstdHead(more, len(text))...), blocks...)
	if skipped > 0 {
		b = binary.LittleEndian.AppendUint32(b, skipMagic)
		b = binary.LittleEndian.AppendUint32(b, uint32(skipped-skipHead))
		b = append(b, make([]byte, skipped-skipHead)...)
	}
	return b, true
}

// zstdHead returns the head of a frame (section 3.1.1.1), with so many bytes more than the two that it
// needs, up to seven: of them are the number of no dictionary, the length of the text, and blocks without
// content.
func zstdHead(more, length int) []byte {
	const window = 6 << 3 // 64 KB
	var number, blocks int
	hasLength := false
	switch more {
	case 1, 2, 4:
		number = more
	case 3, 6:
		blocks = more / 3
	case 5:
		number, hasLength = 1, true
	case 7:
		blocks, hasLength = 1, true
	}
	b := []byte{map[int]byte{0: 0, 1: 1, 2: 2, 4: 3}[number], window}
	b = append(b, make([]byte, number)...)
	if hasLength {
		b[0] |= 2 << 6
		b = binary.LittleEndian.AppendUint32(b, uint32(length))
	}
	return append(b, make([]byte, 3*blocks)...)
}
