package capture

import (
	"errors"
	"fmt"

	"negotrace/capture/pcap"
)

// ErrNotWritten is of a file that could not be written.
var ErrNotWritten = errors.New("writing failed")

// A writing is a run that writes what it reads.
type writing struct {
	*run
	err error // the first one
}

// written takes the error of a write. The first one ends the reading too.
func (w *writing) written(err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("%w: %w", ErrNotWritten, err)
		w.end()
	}
}

// counts counts a packet that was read.
func (w *writing) counts(k *pcap.Packet) {
	w.counters.Packets++
	w.counters.Frames += 1 + k.Others
	w.counters.Bytes += int64(len(k.Data))
}
