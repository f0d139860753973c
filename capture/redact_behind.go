package capture

import (
	"io"
	"sync/atomic"
)

// A behindWriter writes a file in a goroutine of its own, so that the caller need not wait for the
// system. A few writes are under way at most.
type behindWriter struct {
	full, empty chan []byte
	failed      chan error // the first error, once all is written
	err         error
	closed      bool
	broken      atomic.Bool // a write failed
}

// writesBehind is how many writes are under way.
const writesBehind = 4

func newBehindWriter(to io.Writer) *behindWriter {
	w := &behindWriter{full: make(chan []byte, writesBehind), empty: make(chan []byte, writesBehind), failed: make(chan error, 1)}
	for range writesBehind {
		w.empty <- nil
	}
	go func() {
		var err error
		for b := range w.full {
			if err == nil {
				_, err = to.Write(b)
				w.broken.Store(err != nil)
			}
			w.empty <- b
		}
		w.failed <- err
	}()
	return w
}

// Write takes a copy of b. The error may be that of an earlier write.
func (w *behindWriter) Write(b []byte) (int, error) {
	if w.broken.Load() {
		return 0, w.Close()
	}
	w.full <- append((<-w.empty)[:0], b...)
	return len(b), nil
}

// Close waits until all is written, and returns the first error that there was.
func (w *behindWriter) Close() error {
	if !w.closed {
		w.closed = true
		close(w.full)
		w.err = <-w.failed
	}
	return w.err
}
