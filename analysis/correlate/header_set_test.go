package correlate

import "testing"

// TestHeaderSet holds that a set knows its names and no others, in any letter case.
func TestHeaderSet(t *testing.T) {
	set := newHeaderSet("Via", "Server", "Origin")
	for name, want := range map[string]bool{"via": true, "SERVER": true, "origin": true, "Age": false, "X": false, "a-longer-name-than-any": false} {
		if got := set.has(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
