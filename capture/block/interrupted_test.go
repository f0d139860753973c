package block

import (
	"context"
	"io"
	"testing"
)

// TestInterrupted holds that what was read before reading was asked to stop is there, and no more.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	const blocks = 3
	for range 20 { // of two channels that are ready, either may be chosen
		stop, cancel := context.WithCancel(t.Context())
		r := &silentPipe{texts: blocks, silent: make(chan struct{}), end: t.Context().Done()}
		s := NewAsync(stop, r, Plan{Size: 10, Ahead: blocks + 1})
		<-r.silent
		cancel()
		for i := range blocks + 2 {
			b, begin, err := s.Next(nil)
			if i < blocks && (err != nil || string(b[begin:]) != "0123456789") || i >= blocks && (err != ErrInterrupted || b != nil) {
				t.Fatalf("block %d: %q, %v", i, b, err)
			}
			if b != nil {
				s.Release(b)
			}
		}
		s.Close()
	}
}

// A silentPipe brings some texts, and then nothing more until the test ends.
type silentPipe struct {
	texts  int
	silent chan struct{} // closed after the last text
	end    <-chan struct{}
}

func (p *silentPipe) Read(b []byte) (int, error) {
	if p.texts == 0 {
		close(p.silent)
		<-p.end
		return 0, io.EOF
	}
	p.texts--
	return copy(b, "0123456789"), nil
}
