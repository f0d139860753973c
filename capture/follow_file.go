package capture

import (
	"bytes"
	"io"
	"os"
	"slices"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// readFile reads a file of the ring to its end. A growing file ends where the next one begins.
func (g *ring) readFile(f *ringFile) error {
	g.current = f
	defer func() { g.current = nil }()
	in, err := g.openFile(f)
	if err != nil {
		return err
	}
	defer in.close()
	name := g.nameOf(f)
	p, err := g.openPackets(in, name, false)
	if err != nil {
		return err
	}
	f.source.record.File = name
	g.to.attach(p)
	for k := new(pcap.Packet); p.next(k); {
		f.source.record.packet(k.Time)
		g.last = k.Time
		g.to.packet(k, 0, name)
	}
	in.blocks.Retire()
	if f.source.record.Bytes = max(f.read, f.source.Size); len(g.listed) < maxListed {
		g.listed = append(g.listed, f.source)
	} else {
		g.counters.Drop("files of a ring that are not listed", 1, httpstream.Pos{})
	}
	return p.err()
}

// openFile opens a file of the ring.
func (g *ring) openFile(f *ringFile) (*input, error) {
	if f.whole {
		return g.open(&f.source, block.ManyFiles)
	}
	file, err := os.Open(f.source.Name)
	if err != nil {
		return nil, err
	}
	t := &tail{ring: g, f: f, file: file}
	in := &input{source: &f.source, closers: []func(){func() { file.Close() }}}
	in.readFrom(block.NewLive(t.readMore, t.pause, block.Sequential))
	if err := in.detect(); err != nil {
		in.close()
		return nil, err
	}
	return in, nil
}

// A tail reads a file that grows.
type tail struct {
	ring  *ring
	f     *ringFile
	file  *os.File
	ended bool // the next file existed before the last read
}

// readMore reads what has come. If the file was begun anew, the old one ends here.
func (t *tail) readMore(b []byte) (int, error) {
	if t.ring.stop.Err() != nil {
		if info, err := t.file.Stat(); err != nil || info.Size() > t.f.read {
			return 0, block.ErrInterrupted
		}
	}
	head := make([]byte, len(t.f.head))
	if n, err := t.file.ReadAt(head, 0); err != nil && err != io.EOF {
		return 0, err
	} else if !bytes.Equal(head[:n], t.f.head) {
		return 0, io.EOF
	}
	n, err := t.file.Read(b)
	if t.f.read += int64(n); n > 0 {
		t.ring.came()
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// pause waits for more, unless the next file has begun.
func (t *tail) pause() error {
	if t.ended {
		return io.EOF
	}
	if err := t.ring.look(); err != nil {
		return io.EOF // the directory is gone; reading on says so
	}
	if t.ring.hasNext() {
		t.ended = true
		return nil
	}
	return t.ring.wait()
}

// hasNext reports whether a waiting file continues the one that is read. A file that begins before
// the end of that one does so only if it was created later and that one no longer grows: somebody
// may have set the clock. Other files belong to something else, and are skipped.
func (g *ring) hasNext() bool {
	g.waiting = slices.DeleteFunc(g.waiting, func(f *ringFile) bool {
		if f.late || !g.overlaps(f) {
			return false
		}
		g.note(f, "passed over: it begins before %q ends, so it is not of the same ring", g.current.source.Name)
		f.done = true
		return true
	})
	return slices.ContainsFunc(g.waiting, func(f *ringFile) bool {
		return !g.overlaps(f) || g.waited >= silence
	})
}

// overlaps reports whether a file begins before the end of the one that is read.
func (g *ring) overlaps(f *ringFile) bool { return f.begin.Before(g.last.Add(-maxRingTime)) }
