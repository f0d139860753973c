package capture

import (
	"io"
	"os"
	"runtime/debug"
)

// mapRest goes on with a large file of packets where it lies in the memory of the system.
// Nobody looks at most of it: the bytes of bodies are then not even copied.
func (in *input) mapRest(r *run, from io.Reader, pace stride) {
	file, ok := from.(*os.File)
	if !ok || in.source.Live || in.packed != nil || in.format.packets == nil || pace != fullStride {
		return
	}
	if f := r.mapped(file, in.blocks.pos+int64(len(in.blocks.buf))); f != nil {
		in.blocks.feed, in.blocks.isFar = f, true
		in.closers = append(in.closers, f.close)
	}
}

// shrunk tells whether what is done ended because a file that is mapped became shorter
// meanwhile: what was mapped and is no more may not be looked at.
func shrunk(do func()) (is bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			is = true
		default:
			panic(fault)
		}
	}()
	do()
	return false
}
