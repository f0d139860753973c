package capture

import (
	"testing"

	"negotrace/httpstream"
)

// TestManyNotes holds that damage beyond what is listed is counted.
func TestManyNotes(t *testing.T) {
	t.Parallel()
	c := &httpstream.Counters{}
	for range maxNotes + 50 {
		damageAt(c, httpstream.Pos{}, "cut")
	}
	if n := c.Dropped["places of damage that are not listed"]; len(c.Damage) != maxNotes || n != 50 {
		t.Errorf("%d places are listed and %d counted, want %d and 50", len(c.Damage), n, maxNotes)
	}
}
