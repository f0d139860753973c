package capture

import (
	"io"
	"os"

	"negotrace/capture/block"
)

// A file is an input that can be read at any place.
type file struct {
	*os.File
	run  *run
	size int64
}

// openFile makes the file of an input, if it is a regular one with packets in it as they are.
func (in *input) openFile(r *run, from io.Reader) {
	f, ok := from.(*os.File)
	if !ok || in.source.OpensOnce || in.packed != nil || in.format.packets == nil {
		return
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		in.file = &file{f, r, info.Size()}
	}
}

// ReadAt returns that of the file, until the run is asked to stop.
func (f *file) ReadAt(b []byte, at int64) (int, error) {
	if f.run.stop.Err() != nil {
		return 0, block.ErrInterrupted
	}
	return f.File.ReadAt(b, at)
}
