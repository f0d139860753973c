package capture

import (
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"negotrace/capture/block"
)

var errBomb = errors.New("unpacks to hundreds of times its size: not a capture, but a decompression bomb")

func unpackGzip(b *block.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return &unpacker{z: z, packed: b}, nil
}

func unpackBzip2(b *block.Reader) (io.Reader, error) {
	return &unpacker{z: bzip2.NewReader(b), packed: b}, nil
}

func unpackZstd(b *block.Reader) (io.Reader, error) {
	z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	return &unpacker{z: z, packed: b}, nil
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
	if u.unpacked > maxBombSize && u.unpacked/maxBombRatio > u.packed.Pos() {
		return n, errBomb
	}
	return n, err
}
