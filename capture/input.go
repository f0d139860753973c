package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"negotrace/capture/block"
)

// An input is a source that was opened, and whose format is known.
type input struct {
	source  *Source
	blocks  *block.Reader
	from    block.Source // of the blocks
	format  format
	packed  *format // what it was unpacked from, nil if it was not
	file    *file   // for reading at any place; nil if that is impossible
	closers []func()
}

// probing is the plan for a look at the beginning of a file.
var probing = block.Plan{Size: headLen, Ahead: 2}

// open opens a source and finds out what it is.
func (r *run) open(s *Source, plan block.Plan) (*input, error) {
	r.record(s)
	f, err := r.openSource(s)
	if err != nil {
		return nil, err
	}
	in := &input{source: s}
	in.closers = append(in.closers, func() { f.Close() })
	from := s.watched(r.counted(f, plan))
	if s.OpensOnce {
		in.readFrom(block.NewAsync(r.stop, from, plan))
	} else {
		in.readFrom(block.NewSync(r.stop, from, plan.For(s.Size)))
	}
	if err = in.detect(); err == nil && in.format.unpack != nil {
		err = in.unpack(r, plan)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	s.record.Format = in.formatName()
	in.openFile(r, f)
	in.readAhead(r, f, from, plan)
	in.blocks.OnBlock = r.progress
	return in, nil
}

// openSource opens a source. Opening a pipe takes until somebody writes into it.
func (r *run) openSource(s *Source) (io.ReadCloser, error) {
	if !s.OpensOnce {
		return s.Open()
	}
	return awaited(r, s, s.Open)
}

// awaited returns what f returns, which waits for a source, unless reading is to stop meanwhile.
func awaited[T any](r *run, s *Source, f func() (T, error)) (T, error) {
	type outcome struct {
		result T
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := f()
		done <- outcome{result, err}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-r.stop.Done():
		var none T
		return none, fmt.Errorf("%q: %w before anything came", s.Name, block.ErrInterrupted)
	}
}

// readFrom makes the input read blocks from a source.
func (in *input) readFrom(s block.Source) {
	in.blocks, in.from = block.NewReader(s), s
	in.closers = append(in.closers, s.Close)
}

// pausing makes the input call pause while nothing has come yet, see block.PauseWhenEmpty.
func (in *input) pausing(pause func() (<-chan time.Time, error)) {
	block.PauseWhenEmpty(in.from, pause)
}

// unpack goes on with what was compressed in the input.
func (in *input) unpack(r *run, plan block.Plan) error {
	unpacked, err := in.format.unpack(in.blocks)
	if err != nil {
		return fmt.Errorf("%q: %w", in.source.Name, err)
	}
	packed := in.format
	in.packed = &packed
	switch {
	case in.source.OpensOnce:
	case plan == block.Sequential:
		plan = block.Unpacked
	default:
		plan.MinFill = plan.Size
	}
	in.readFrom(block.NewAsync(r.stop, unpacked, plan))
	if err := in.detect(); err != nil {
		return err
	}
	if in.format.text {
		return in.unpack(r, plan)
	}
	if in.format.unpack != nil {
		return in.unsupported()
	}
	return nil
}

// detect finds the format by the first bytes. It reads no more of a stream than it needs: a pipe
// may deliver more only much later.
func (in *input) detect() error {
	known := slices.Concat(formats(), unsupported())
	for n := 1; ; {
		head, err := in.blocks.Peek(n)
		done := err != nil || len(head) >= headLen
		for _, f := range known {
			if s := in.source.format; s != "" && in.packed == nil && s != f.name {
				continue
			}
			if (done || f.packets != nil || f.unpack != nil && !f.text) && (in.source.format != "" || f.match(head[:min(len(head), headLen)])) {
				in.format = f
				if !f.isRead() {
					return in.unsupported()
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

// formatName names the format, and what it was packed with.
func (in *input) formatName() string {
	if in.packed != nil {
		return in.format.name + " in " + in.packed.name
	}
	return in.format.name
}

// unsupported returns an error that says what the input is, and what helps.
func (in *input) unsupported() error {
	name := in.source.Name
	if in.source.FoundInDirectory && in.format.name == formatManifest {
		return errors.New(formatManifest)
	}
	if in.packed == nil {
		return fmt.Errorf("%q is %s, which is not read: %s", name, withArticle(in.format.name), in.format.advise(name))
	}
	inside := strings.TrimSuffix(name, filepath.Ext(name))
	return fmt.Errorf("%q is %s with %s inside, which is not read: %s, then %s", name, withArticle(in.packed.name), withArticle(in.format.name),
		in.packed.advise(name), in.format.advise(inside))
}

// advise returns the advice for a file of that name.
func (f *format) advise(name string) string { return strings.ReplaceAll(f.advice, "%s", name) }

func (in *input) unknown(head []byte, err error) error {
	where := fmt.Sprintf("%q", in.source.Name)
	if in.packed != nil {
		where = "what is inside of " + in.packed.name + " " + where
	}
	switch {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, block.ErrInterrupted):
		return fmt.Errorf("%s: %w", where, err)
	case len(head) == 0 && errors.Is(err, block.ErrInterrupted):
		return fmt.Errorf("%s: %w before anything came", where, err)
	case len(head) == 0 && in.packed != nil && in.blocks.Err() != io.EOF:
		return fmt.Errorf("%s is cut short before its first bytes", where)
	case len(head) == 0:
		return fmt.Errorf("%s is empty", where)
	default:
		kind := kindOf(head[:min(len(head), headLen)])
		if kind == plainText && in.packed == nil {
			kind += fmt.Sprintf(" (`negotrace decode - < %[1]s` shows the tokens and challenges in any text, `negotrace explain - < %[1]s` the errors)", in.source.Name)
		}
		return fmt.Errorf("%s is in no known format: it %s", where, kind)
	}
}

// withArticle returns the name of a format as a sentence has it.
func withArticle(name string) string {
	if strings.ContainsAny(name[:min(1, len(name))], "aeioAEIO") {
		return "an " + name
	}
	return "a " + name
}

const plainText = "is text, and no export, log or transcript that is known"

// kindOf says what a file that begins with head may be. It shows nothing of a text, which may hold
// passwords; of other files it shows the bytes that identify formats.
func kindOf(head []byte) string {
	text := withoutMark(head)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r < ' ' && !unicode.IsSpace(r) || r == utf8.RuneError && n == 1 && len(text) > utf8.UTFMax {
			return fmt.Sprintf("begins with the bytes % x", head[:min(len(head), 4)])
		}
		text = text[n:]
	}
	return plainText
}

// readAhead goes on with a packet file in a goroutine that reads it ahead, unless all of it was read.
func (in *input) readAhead(r *run, f io.ReadCloser, from io.Reader, plan block.Plan) {
	_, isFile := f.(*os.File) // which may be closed while it is read
	if !isFile || in.source.OpensOnce || in.packed != nil || in.format.packets == nil || plan != block.Sequential || in.blocks.Err() != nil {
		return
	}
	s := block.NewAsync(r.stop, from, block.ReadAhead)
	in.blocks.Continue(s)
	in.closers = append(in.closers, s.Close)
}

// close ends reading and closes the source, unless that was done.
func (in *input) close() {
	for _, c := range slices.Backward(in.closers) {
		c()
	}
	in.closers = nil
}

// counted counts the bytes that come from a source for Progress, where they are more
// than a probe.
func (r *run) counted(from io.Reader, plan block.Plan) io.Reader {
	if r.opts.Progress == nil || plan == probing {
		return from
	}
	return &counter{from, &r.bytes}
}

// progress reports how far reading has come.
func (r *run) progress() {
	if r.opts.Progress != nil {
		r.showing.Lock()
		defer r.showing.Unlock()
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
