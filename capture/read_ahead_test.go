package capture

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"negotrace/capture/block"
	"negotrace/internal/packettest"
)

const queries = 1_400

// manyQueries returns a packet file of DNS queries, each at another millisecond, much longer than
// what is read ahead.
func manyQueries(letter string, first int) []byte {
	ms := make([]int, 0, queries)
	for i := range cap(ms) {
		ms = append(ms, first+3*i)
	}
	return paddedFile(6_000, letter, ms...)
}

// TestReadAhead holds that a file gives the same whether it is read ahead or not, alone and
// beside another.
func TestReadAhead(t *testing.T) {
	a, b := manyQueries("a", 0), manyQueries("b", 1_000)
	if len(a) < 2*block.ReadAhead.Size*block.ReadAhead.Ahead {
		t.Fatalf("%d bytes are too few", len(a))
	}
	for _, files := range [][][]byte{{a}, {a[:len(a)-5]}, {a, b}} {
		var read []Source
		var paths []string
		for i, file := range files {
			paths = append(paths, packettest.Stored(t, file))
			read = append(read, source(paths[i], file))
		}
		ahead, err := Open(paths, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, gotTally, err := rows(t, ahead...)
		if err != nil {
			t.Fatal(err)
		}
		want, wantTally, err := rows(t, read...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want, got) || len(want) < queries-1 {
			t.Errorf("%d packets, not read ahead (-) and read ahead (+): %.1000s", len(want), cmp.Diff(want, got))
		}
		if want, got := fmt.Sprint(wantTally.Damage), fmt.Sprint(gotTally.Damage); got != want {
			t.Errorf("damage %s, want %s", got, want)
		}
	}
}

// walkStored is walk for a file that is read ahead.
func walkStored(tb testing.TB, path string) int {
	tb.Helper()
	sources, err := Open([]string{path}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return walk(tb, sources[0])
}

// TestReadAheadAllocates holds that what looking at a file costs goes by its blocks and not by its
// packets.
func TestReadAheadAllocates(t *testing.T) {
	for _, ng := range []bool{false, true} {
		small, large := packettest.Stored(t, packettest.ManyPackets(ng, 5_000)), packettest.Stored(t, packettest.ManyPackets(ng, 20_000))
		cost := func(path string) float64 { return testing.AllocsPerRun(1, func() { walkStored(t, path) }) }
		if a, b := cost(small), cost(large); b-a > 15 {
			t.Errorf("pcapng %v: %v allocations for 5 MB, %v for 20", ng, a, b)
		}
	}
}

func BenchmarkReadAhead(b *testing.B) {
	for i, name := range []string{"pcap", "pcapng"} {
		b.Run(name, func(b *testing.B) {
			file := packettest.ManyPackets(i == 1, 1<<16)
			path := packettest.Stored(b, file)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				walkStored(b, path)
			}
		})
	}
}
