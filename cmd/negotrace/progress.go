package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A bar shows on a terminal how far the reading has come, once it takes longer than
// a reader likes to wait in silence.
type bar struct {
	w     io.Writer // nil if it is no terminal
	start time.Time
	shown *progressbar.ProgressBar
}

const patience = time.Second

func newBar(stderr io.Writer) *bar {
	b := &bar{start: time.Now()}
	if isTerminal(stderr) {
		b.w = stderr
	}
	return b
}

// show tells how many bytes of how many were read; the total is 0 if unknown.
func (b *bar) show(read, total int64) {
	if b.w == nil || b.shown == nil && time.Since(b.start) < patience {
		return
	}
	if total <= 0 {
		total = -1
	}
	if b.shown == nil {
		b.shown = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetDescription("reading"),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
	}
	b.shown.Set64(read)
}

// clear takes the bar away.
func (b *bar) clear() {
	if b.shown != nil {
		b.shown.Clear()
	}
}
