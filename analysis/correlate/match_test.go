package correlate

import (
	"net/netip"
	"testing"
	"time"

	"negotrace/httpstream"
)

// TestSmallExport holds that a search for the few exchanges of an export looks only at those of a long
// capture that have something in common with them, and that one for none takes nothing.
func TestSmallExport(t *testing.T) {
	packets, export := httpstream.FileOf("a.pcap", "a.pcap", httpstream.Frames), httpstream.FileOf("b.har", "b.har", httpstream.Entries)
	j := newJoiner([]httpstream.File{packets, export})
	seen := func(f httpstream.File, i int, key uint64) *sighting {
		at := httpstream.TimeOf(time.Date(2026, 1, 2, 3, 4, 5, i*1000, time.UTC))
		return &sighting{
			at: httpstream.Pos{File: f, Frame: i + 1, Time: at}, answered: at, began: at, method: "GET", status: 200, key: key,
			client: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(1024+i)), tokens: [2]uint64{key, 0},
		}
	}
	const many = 20_000
	for i := range many {
		j.add(seen(packets, i, uint64(i+1)))
	}
	if m := j.matching(export); m != nil {
		t.Errorf("%d exchanges of the export are looked for", len(m.own))
	}
	if n := testing.AllocsPerRun(5, j.match); n > 10 {
		t.Errorf("%v allocations to look for nothing", n)
	}
	own := seen(export, 700, 701)
	own.client = netip.AddrPort{}
	j.add(own)
	m := j.matching(export)
	m.byToken()
	if own.joinedTo == nil || own.joinedTo.key != 701 || len(m.known) != 1 {
		t.Errorf("joined to %+v, %d tokens of the capture are looked at", own.joinedTo, len(m.known))
	}
	other := seen(export, 900, 901)
	other.client, other.tokens = netip.AddrPort{}, [2]uint64{}
	j.add(other)
	m = j.matching(export)
	if guesses := m.guesses(); len(guesses) != 1 || guesses[0].better.key != 901 || len(m.known) != 1 {
		t.Errorf("%d pairs, %d kinds of exchanges of the capture are looked at", len(guesses), len(m.known))
	}
}
