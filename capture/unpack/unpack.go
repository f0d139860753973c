// Package unpack reads what is compressed with gzip, bzip2, zstd or xz, and the first file of a zip
// archive, and what the bodies of messages are packed with. It reads forward only, in memory that does
// not depend on what the file asks for: what would take more is an error. A file that unpacks to
// hundreds of times its size ends in ErrBomb.
package unpack

import (
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"negotrace/capture/block"
)

// ErrBomb is the end of what IsBomb.
var ErrBomb = errors.New("unpacks to hundreds of times its size: not a capture, but a decompression bomb")

// errNotRead is of a coding that is not read.
var errNotRead = errors.New("a coding that is not read")

// Gzip unpacks members that follow each other (RFC 1952).
func Gzip(b *block.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return &unpacker{z: z, packed: b}, nil
}

// Bzip2 unpacks streams that follow each other.
func Bzip2(b *block.Reader) (io.Reader, error) {
	return &unpacker{z: bzip2.NewReader(b), packed: b}, nil
}

// Zstd unpacks frames that follow each other (RFC 8878).
func Zstd(b *block.Reader) (io.Reader, error) {
	z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	return &unpacker{z: z, packed: b}, nil
}

// IsBomb reports whether so many packed bytes that unpack to so many are no capture: captures have new
// bytes in each packet.
func IsBomb(unpacked, packed int64) bool {
	return unpacked > maxBombSize && unpacked/maxBombRatio > packed
}

// An unpacker reads what was compressed, and stops where it grows out of proportion.
type unpacker struct {
	z        io.Reader
	packed   *block.Reader
	unpacked int64
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	u.unpacked += int64(n)
	if IsBomb(u.unpacked, u.packed.Pos()) {
		return n, ErrBomb
	}
	return n, err
}
