package capture

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// An input is a source that was opened, and whose format is known.
type input struct {
	source  *Source
	blocks  *blocks
	format  format
	packed  *format // what it was unpacked from, nil if it was not
	closers []func()
}

// open opens a source and finds out what it is.
func (r *run) open(s *Source, pace stride) (*input, error) {
	f, err := s.Open()
	if err != nil {
		return nil, err
	}
	in := &input{source: s}
	in.closers = append(in.closers, func() { f.Close() })
	from := r.counted(f, pace)
	if s.Live {
		in.window(newReadAhead(r.stop, from, pace))
	} else {
		in.window(newStraight(r.stop, from, pace))
	}
	if err = in.detect(); err == nil && in.format.unpack != nil {
		err = in.unpack(r, pace)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	in.mapRest(r, f, pace)
	in.blocks.told = r.progress
	return in, nil
}

func (in *input) window(f feed) {
	in.blocks = &blocks{feed: f}
	in.closers = append(in.closers, f.close)
}

// unpack looks at what is compressed instead.
func (in *input) unpack(r *run, pace stride) error {
	unpacked, err := in.format.unpack(in.blocks)
	if err != nil {
		return fmt.Errorf("%q: %w", in.source.Name, err)
	}
	packed := in.format
	in.packed = &packed
	switch {
	case in.source.Live:
	case pace == fullStride:
		pace = unpackedStride
	default:
		pace.least = pace.size
	}
	in.window(newReadAhead(r.stop, unpacked, pace))
	if err := in.detect(); err != nil {
		return err
	}
	if in.format.unpack != nil {
		return in.refuse()
	}
	return nil
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
				if f.packets == nil && f.transactions == nil && f.unpack == nil {
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

// refuse says what an input is that is not read, and what helps.
func (in *input) refuse() error {
	name := in.source.Name
	if in.packed == nil {
		return fmt.Errorf("%q is a %s, which is not read: %s", name, in.format.name, in.format.advise(name))
	}
	inside := strings.TrimSuffix(name, filepath.Ext(name))
	return fmt.Errorf("%q is a %s with a %s inside, which is not read: %s, then %s", name, in.packed.name, in.format.name,
		in.packed.advise(name), in.format.advise(inside))
}

// advise is the advice for a file of that name.
func (f *format) advise(name string) string { return strings.ReplaceAll(f.advice, "%s", name) }

func (in *input) unknown(head []byte, err error) error {
	where := fmt.Sprintf("%q", in.source.Name)
	if in.packed != nil {
		where = "what is inside of " + in.packed.name + " " + where
	}
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, errStopped):
		return fmt.Errorf("%s: %w", where, err)
	case len(head) == 0 && errors.Is(err, errStopped):
		return fmt.Errorf("%s: %w before anything came", where, err)
	case len(head) == 0:
		return fmt.Errorf("%s is empty", where)
	default:
		return fmt.Errorf("%s is in no known format: it begins with %q", where, head[:min(len(head), 16)])
	}
}

// close ends reading and closes the source, if that was not done.
func (in *input) close() {
	for _, c := range slices.Backward(in.closers) {
		c()
	}
	in.closers = nil
}

// counted counts the bytes that come from a source for Progress, where they are more
// than a glance.
func (r *run) counted(from io.Reader, pace stride) io.Reader {
	if r.opts.Progress == nil || pace == glance {
		return from
	}
	return &counter{from, &r.bytes}
}

// progress tells how far reading has come.
func (r *run) progress() {
	if r.opts.Progress != nil {
		r.opts.Progress(r.bytes.Load(), r.total)
	}
}

// A counter counts the bytes that a reader brings.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}
