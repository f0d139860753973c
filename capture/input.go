package capture

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An input is a source that was opened, and whose format is known.
type input struct {
	source  *Source
	blocks  *blocks
	format  format
	closers []func()
}

// open opens a source and finds out what it is. read, if set, is told of bytes read.
func (r *run) open(s *Source, read func(int)) (*input, error) {
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	in := &input{source: s}
	in.closers = append(in.closers, func() { f.Close() })
	in.blocks = r.newBlocks(&counted{f, read}, in)
	if err := in.detect(); err != nil {
		in.close()
		return nil, err
	}
	if in.format.unpack == nil {
		return in, nil
	}
	unpacked, err := in.format.unpack(in.blocks)
	if err != nil {
		in.close()
		return nil, fmt.Errorf("%q: %w", s.Name, err)
	}
	packed := in.format
	in.blocks = r.newBlocks(unpacked, in)
	err = in.detect()
	if err == nil && in.format.unpack != nil {
		err = fmt.Errorf("%q is compressed twice (%s in %s): unpack it first", s.Name, in.format.name, packed.name)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

func (r *run) newBlocks(from io.Reader, in *input) *blocks {
	b := newBlocks(r.stop, from)
	in.closers = append(in.closers, b.close)
	return b
}

// detect finds the format by the first bytes. It reads no more of a stream than it
// takes: what a pipe brings next may be long in coming.
func (in *input) detect() error {
	known := slices.Concat(formats(), refused())
	for n := 1; ; {
		head, err := in.blocks.peek(n)
		done := err != nil || len(head) >= headLen
		for _, f := range known {
			if (done || f.packets != nil || f.unpack != nil) && f.match(head[:min(len(head), headLen)]) {
				in.format = f
				if f.advice != "" {
					return in.refuse()
				}
				return nil
			}
		}
		if !done {
			n = len(head) + 1
			continue
		}
		return in.unknown(head, err)
	}
}

func (in *input) refuse() error {
	name := in.source.Name
	return fmt.Errorf("%q is a %s, which is not read: %s", name, in.format.name,
		strings.ReplaceAll(in.format.advice, "%s", name))
}

func (in *input) unknown(head []byte, err error) error {
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, errStopped):
		return fmt.Errorf("%q: %w", in.source.Name, err)
	case len(head) == 0:
		return fmt.Errorf("%q is empty", in.source.Name)
	default:
		return fmt.Errorf("%q is in no known format: it begins with %q", in.source.Name, head[:min(len(head), 16)])
	}
}

// close ends reading and closes the source.
func (in *input) close() {
	for _, c := range slices.Backward(in.closers) {
		c()
	}
}

// A counted reader tells how many bytes were read.
type counted struct {
	io.Reader
	read func(int)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.read != nil {
		c.read(n)
	}
	return n, err
}
