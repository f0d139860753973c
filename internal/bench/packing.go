package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A packing is a way to compress captures.
type packing struct {
	name   string
	suffix string   // of the file
	tool   []string // that unpacks a file to standard output
	writer func(io.Writer) (io.WriteCloser, error)
	reader func(io.Reader) (io.Reader, error)
}

func (p packing) String() string { return p.name }

// packings are unpacked by the library that negotrace uses, in the same way.
var packings = []packing{
	{
		name: "gzip", suffix: ".gz", tool: []string{"zcat"},
		writer: func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		reader: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	},
	{
		name: "zstd", suffix: ".zst", tool: []string{"zstd", "-dc"},
		writer: func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
		reader: func(r io.Reader) (io.Reader, error) {
			return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		},
	},
}

// unpack unpacks a file and discards the result.
func unpack(path string) error {
	i := slices.IndexFunc(packings, func(p packing) bool { return strings.HasSuffix(path, p.suffix) })
	if i < 0 {
		return fmt.Errorf("the name of %q does not say how it is packed", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := packings[i].reader(f)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return err
}
