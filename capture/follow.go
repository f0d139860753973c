package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"negotrace/capture/block"
	"negotrace/httpstream"
)

const (
	// poll is how long Follow waits before it looks for more.
	poll = 500 * time.Millisecond
	// silence is how long nothing must come before Follow says that it is idle.
	silence = 3 * time.Second
	// lastLooks is how often it looks again after it was asked to end: the capturing program may
	// have been ended by the same signal, and has packets to flush.
	lastLooks = 2
)

// Follow reads packets while they are captured, until ctx is done or standard input ("-") ends.
// path names a file that grows, or the directory of a ring of files, as tcpdump, dumpcap and
// pktmon write them. The next file is read once it has packets. Files that are deleted or
// overwritten are dropped, and a file that was packed after it was read is not read again. If a
// file is replaced by another of its name, both are read. Follow waits for what is not there yet
// if its directory is. The error is of a path from which nothing was read; it comes at once if a
// file holds something else than packets.
//
// after is time.After, except in tests.
func Follow(ctx context.Context, path string, stdin io.Reader, sink Sink, opts Options, after func(time.Duration) <-chan time.Time) (*httpstream.Counters, error) {
	r := newRun(context.WithoutCancel(ctx), sink, opts)
	defer r.end()
	f := &follower{run: r, asked: ctx, after: after}
	for _, name := range opts.KeyLogs {
		f.logs = append(f.logs, growingLog{path: name})
	}
	// A reader that is behind must not go on with hours of packets.
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() {
			if !f.caughtUp.Load() {
				r.end()
			}
		})
	})()
	var err error
	if path == "-" {
		err = f.pipe(stdin)
	} else {
		err = f.files(path)
	}
	r.judgeSecrets()
	return r.counters, err
}

// A follower waits for what is being captured.
type follower struct {
	*run
	asked context.Context // done when no more is wanted
	after func(time.Duration) <-chan time.Time
	to    *producer
	logs  []growingLog

	caughtUp atomic.Bool // everything that was there has been read
	said     atomic.Bool // Options.Waiting was called

	missing func() error // why nothing was read yet

	waited time.Duration // since something came
	looks  int           // since no more is wanted
}

// came notes that something came.
func (f *follower) came() { f.waited = 0 }

// waits reports, once, what it waits for.
func (f *follower) waits(why error) {
	if f.opts.Waiting != nil && why != nil && !f.said.Swap(true) {
		f.opts.Waiting(why)
	}
}

// pause hands over what was found before it waits for more, and says when to look again. The error
// is io.EOF if no more is wanted.
func (f *follower) pause() (again <-chan time.Time, err error) {
	f.caughtUp.Store(true)
	if f.asked.Err() != nil {
		if f.looks++; f.looks > lastLooks {
			return nil, io.EOF
		}
	}
	f.newSecrets()
	switch f.waited {
	case 0:
		f.to.batch.caughtUp = true
		f.to.decoder.HandOver()
	case silence:
		f.to.batch.caughtUp, f.to.batch.idle = true, true
		f.to.decoder.HandOver()
		if f.counters.Packets == 0 {
			f.waits(f.missing())
		}
	}
	f.waited += poll
	return f.after(poll), nil
}

// wait waits for more to come.
func (f *follower) wait() error {
	again, err := f.pause()
	if err == nil {
		<-again
	}
	return err
}

// pipe follows standard input.
func (f *follower) pipe(stdin io.Reader) error {
	sources := []Source{standardInput(stdin)}
	s := &sources[0]
	f.missing = func() error { return fmt.Errorf("%q: no packet came yet", s.Name) }
	late := time.AfterFunc(silence, func() { f.waits(f.missing()) })
	in, err := f.open(s, block.Sequential)
	if late.Stop(); err != nil {
		return err
	}
	if in.format.packets == nil {
		in.close()
		return fmt.Errorf("%w; --follow reads packets", noPackets(s, in.format, in.formatName()))
	}
	p, err := f.openPackets(in, httpstream.File{}, false)
	if err != nil {
		in.close()
		return err
	}
	defer in.close()
	f.decodeAndDispatch(func(to *producer) {
		f.to = to
		f.newSecrets()
		in.blocks.OnBlock = f.came
		in.pausing(f.pause)
		to.attach(p)
		p.readTo(to.packet)
	})
	f.counters.Inputs = inputs(sources)
	return p.err()
}

// files follows a file, or a ring of files in a directory.
func (f *follower) files(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if info, e := os.Stat(filepath.Dir(path)); e != nil || !info.IsDir() {
			return err
		}
		f.waits(err)
	}
	g := &ring{follower: f, path: path, known: map[string]*ringFile{}}
	f.missing = g.missing
	var err error
	f.decodeAndDispatch(func(to *producer) {
		f.to = to
		f.newSecrets()
		err = g.read()
	})
	f.counters.Inputs = inputs(g.listed)
	switch {
	case err != nil:
		return err
	case f.counters.Packets == 0:
		return g.missing()
	}
	for _, err := range g.unread() {
		f.damageAt(httpstream.Pos{Stream: -1}, "passed over: %v", err)
	}
	return nil
}
