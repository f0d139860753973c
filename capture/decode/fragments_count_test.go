package decode

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"negotrace/internal/packettest"
)

// TestFragmentsCounted holds what is said of fragments that a mirror repeats, that contradict
// each other, and that lack others.
func TestFragmentsCounted(t *testing.T) {
	t.Parallel()
	other := func(b []byte) []byte {
		b = slices.Clone(b)
		b[len(b)-1] ^= 0x20
		return b
	}
	for version, f := range map[string][][]byte{"IPv4": v4Fragments(packettest.TCP4(), 24), "IPv6": v6Fragments(packettest.TCP6(), 24)} {
		last := len(f) - 1
		twice := slices.Concat(f[:1], f, f[1:])
		for _, tt := range []struct {
			name      string
			fragments [][]byte
			segments  int
			conflicts int
			said      string
		}{
			{"whole", f, 1, 0, ""},
			{"each twice", twice, 1, 0, ""},
			{"all twice, the second time without the last", slices.Concat(f, f[:last]), 1, 0, ""},
			{"another of the same place", slices.Concat(f[:1], [][]byte{other(f[1])}, f[1:]), 1, 1, ""},
			{"the last one missing", f[:last], 0, 0, "incomplete IP fragments"},
			{"the first one missing", f[1:], 0, 0, "incomplete IP fragments"},
			{"the first one alone", f[:1], 0, 0, "a capture filter by port takes the first one only"},
		} {
			d := newDecoding()
			for _, b := range tt.fragments {
				d.frame(linkRaw, b)
			}
			d.Close()
			said := strings.Join(slices.Collect(maps.Keys(d.counters.Undecoded)), ", ")
			if len(d.found) != tt.segments || d.counters.ConflictingFragments != tt.conflicts || len(d.counters.Places.Contradictions()) != tt.conflicts || !strings.Contains(said, tt.said) || (said == "") != (tt.said == "") {
				t.Errorf("%s, %s: %d segments, %d conflicts, %q", version, tt.name, len(d.found), d.counters.ConflictingFragments, said)
			}
		}
	}
}
