package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// patience is how long a reader waits in silence.
const patience = time.Second

// A bar shows on a terminal how far the reading has come, once it takes longer than
// patience.
type bar struct {
	late  late
	shown *progressbar.ProgressBar
}

func newBar(stderr io.Writer) *bar {
	if !isTerminal(stderr) {
		stderr = nil
	}
	return &bar{late: late{w: stderr, from: time.Now().Add(patience)}}
}

// show tells how many bytes of how many were read; the total is 0 if unknown.
func (b *bar) show(read, total int64) {
	if b.late.w == nil {
		return
	}
	if b.shown == nil {
		if total <= 0 {
			total = -1
		}
		b.shown = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(&b.late),
			progressbar.OptionSetDescription("reading"),
			progressbar.OptionSetWidth(20),
			progressbar.OptionShowBytes(true),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine that draws after clear
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

// late drops what is written before its time: the bar must know the whole of the
// reading to tell its rate, but only a long one is shown.
type late struct {
	w    io.Writer // nil if it is no terminal
	from time.Time
}

func (l *late) Write(p []byte) (int, error) {
	if time.Now().Before(l.from) {
		return len(p), nil
	}
	return l.w.Write(p)
}
