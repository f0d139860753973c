package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// delay is the time before the bar appears.
const delay = time.Second

// A bar shows the progress of reading on a terminal, once it takes longer than delay.
type bar struct {
	delayed delayed
	shown   *progressbar.ProgressBar
}

func newBar(stderr io.Writer) *bar {
	if !isTerminal(stderr) {
		stderr = nil
	}
	return &bar{delayed: delayed{w: stderr, from: time.Now().Add(delay)}}
}

// show shows how many bytes of the total have been read; the total is 0 if unknown.
func (b *bar) show(read, total int64) {
	if b.delayed.w == nil {
		return
	}
	if b.shown == nil {
		if total <= 0 {
			total = -1
		}
		b.shown = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(&b.delayed),
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

// clear removes the bar.
func (b *bar) clear() {
	if b.shown != nil {
		b.shown.Clear()
	}
}

// A delayed writer drops what is written before its time. The bar must see all of the
// reading to know its rate, but it is shown only if reading takes long.
type delayed struct {
	w    io.Writer // nil if it is no terminal
	from time.Time
}

func (l *delayed) Write(p []byte) (int, error) {
	if time.Now().Before(l.from) {
		return len(p), nil
	}
	return l.w.Write(p)
}
