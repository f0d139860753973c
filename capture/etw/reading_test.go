package etw

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	pt "negotrace/internal/packettest"
)

// start is when the traces of tests start.
var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// at returns a time some milliseconds after that.
func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// heldInTests takes the place of maxHeld, so that files need not be large.
const heldInTests = 200_000

// query returns an Ethernet frame with a query for a name.
func query(name string) []byte { return pt.Ethernet(0x0800, pt.Query(name)) }

// A row is what tests see of a packet.
type row struct {
	At   time.Duration // after start; -1 for none
	Name string
}

// A reading is what was read of a file.
type reading struct {
	rows    []row
	links   []pcap.LinkType
	wires   []int // less the length of the data
	frames  []int
	bytes   int
	damage  []string
	limited []string
	events  map[string]int
	err     error
}

// read reads a file to its end, at any place or one block after the other.
func read(t testing.TB, file []byte, random bool) (got reading) {
	t.Helper()
	f := &pcap.File{
		Blocks: block.NewReader(block.NewSync(t.Context(), bytes.NewReader(file), block.Plan{Size: 4096, Ahead: 2})),
		Damage: func(format string, args ...any) { got.damage = append(got.damage, fmt.Sprintf(format, args...)) },
		Limited: func(kind, format string, args ...any) {
			got.limited = append(got.limited, kind+": "+fmt.Sprintf(format, args...))
		},
		Events: func(what string, n int) {
			if got.events == nil {
				got.events = map[string]int{}
			}
			got.events[what] += n
		},
	}
	if random {
		f.At, f.Size = bytes.NewReader(file), int64(len(file))
	}
	var next pcap.Next
	switch {
	case IsETL(file):
		next, got.err = openETL(f, heldInTests)
	case IsNetmon(file):
		next, got.err = OpenNetmon(f)
	default:
		got.err = fmt.Errorf("neither of the two")
	}
	if got.err != nil {
		return got
	}
	frame := 0
	for k := new(pcap.Packet); next(k); {
		frame += 1 + k.Others
		since := time.Duration(-1)
		if !k.Time.IsZero() {
			since = k.Time.UTC().Sub(start)
		}
		got.rows = append(got.rows, row{since, pt.QueriedName(k.Data)})
		got.links = append(got.links, k.Link)
		got.wires = append(got.wires, k.Wire-len(k.Data))
		got.frames = append(got.frames, frame)
		got.bytes += len(k.Data)
	}
	got.err = f.Err
	return got
}

// readBothWays reads a file in both ways, which must agree.
func readBothWays(t *testing.T, file []byte) reading {
	t.Helper()
	got, other := read(t, file, true), read(t, file, false)
	if d := cmp.Diff(got.rows, other.rows); d != "" || fmt.Sprint(got.err) != fmt.Sprint(other.err) {
		t.Errorf("at any place, and block by block:\n%v, %v\n%s", got.err, other.err, d)
	}
	return got
}

// ms makes rows of names and the milliseconds at which they were logged.
func ms(pairs ...any) (rows []row) {
	for i := 0; i < len(pairs); i += 2 {
		rows = append(rows, row{time.Duration(pairs[i+1].(int)) * time.Millisecond, pairs[i].(string)})
	}
	return rows
}

// expect holds what was read against the rows and against what is said.
func expect(t *testing.T, got reading, want []row) {
	t.Helper()
	if d := cmp.Diff(want, got.rows); d != "" || got.err != nil || len(got.damage) > 0 {
		t.Errorf("%v, damage %q\n%s", got.err, got.damage, d)
	}
}
