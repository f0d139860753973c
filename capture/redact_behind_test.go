package capture

import (
	"errors"
	"testing"
)

// TestBehindWriterFails holds that a write behind one that failed says why that failed.
func TestBehindWriterFails(t *testing.T) {
	t.Parallel()
	w := newBehindWriter(fullDisk{})
	var err error
	for range 10 * writesBehind {
		if _, err = w.Write([]byte("a")); err != nil {
			break
		}
	}
	if want := w.Close(); err == nil || !errors.Is(err, want) {
		t.Errorf("%v, and not %v", err, want)
	}
}
