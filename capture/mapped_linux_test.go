//go:build linux

package capture

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

const queries = 1_400

// manyQueries returns a packet file of DNS queries, each at another millisecond, longer than
// two mapped blocks.
func manyQueries(letter string, first int) []byte {
	ms := make([]int, 0, queries)
	for i := range cap(ms) {
		ms = append(ms, first+3*i)
	}
	return paddedFile(6_000, letter, ms...)
}

// TestMappedFiles holds that a file gives the same whether it is mapped or read, alone
// and beside another.
func TestMappedFiles(t *testing.T) {
	a, b := manyQueries("a", 0), manyQueries("b", 1_000)
	if len(a) < 8<<20 {
		t.Fatalf("%d bytes are too few", len(a))
	}
	for _, files := range [][][]byte{{a}, {a[:len(a)-5]}, {a, b}} {
		var read []Source
		var paths []string
		for i, file := range files {
			paths = append(paths, packettest.Stored(t, file))
			read = append(read, source(paths[i], file))
		}
		mapped, err := Open(paths, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, gotTally, err := rows(t, mapped...)
		if err != nil {
			t.Fatal(err)
		}
		want, wantTally, err := rows(t, read...)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want, got) || len(want) < queries-1 {
			t.Errorf("%d packets, read (-) and mapped (+): %.1000s", len(want), cmp.Diff(want, got))
		}
		if want, got := fmt.Sprint(wantTally.Damage), fmt.Sprint(gotTally.Damage); got != want {
			t.Errorf("damage of the mapped %s, want %s", got, want)
		}
		for _, path := range paths {
			if n := packettest.Mappings(t, path); n != 0 {
				t.Errorf("%d pieces of a file are still mapped", n)
			}
		}
	}
}

// TestShrinkingFile holds that a file which becomes shorter while it is looked at is
// read until there, with a note, and does not end the program.
func TestShrinkingFile(t *testing.T) {
	const until = 200 // in the middle of what is in a mapped block and decoded already
	path := packettest.Stored(t, manyQueries("a", 0))
	sources, err := Open([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	counters, err := Read(t.Context(), sources, Sink{
		DNS: func(httpstream.Pos, netip.AddrPort, netip.AddrPort, *dnsmessage.Message) {
			if got++; got == until {
				if err := os.Truncate(path, 0); err != nil {
					t.Error(err)
				}
			}
		},
	}, Options{})
	if err != nil || got != until {
		t.Errorf("%d packets of %d, %v", got, until, err)
	}
	if n := len(counters.Damage); n == 0 || !strings.Contains(counters.Damage[n-1].Text, "open then are missing") {
		t.Errorf("damage %v", counters.Damage)
	}
}

// TestHalfAnEvent holds that what was decoded by half when a file became shorter is not
// dispatched, and what was handed over before is.
func TestHalfAnEvent(t *testing.T) {
	path := packettest.Stored(t, packettest.Noise(5, 8<<20))
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	names := ""
	r := newRun(t.Context(), Sink{DNS: func(_ httpstream.Pos, _, _ netip.AddrPort, m *dnsmessage.Message) {
		names += m.Questions[0].Name.String()
	}}, Options{})
	s := block.NewMmap(t.Context(), file, 0, &r.bytes)
	r.decodeAndDispatch(func(p *producer) {
		mapped, begin, err := s.Next(nil)
		if err != nil {
			t.Error(err)
		}
		for _, name := range []string{"a", "b"} {
			q := packettest.Query(name)
			p.packet(&pcap.Packet{Data: q, Wire: len(q), Link: packettest.LinkRaw}, 0, httpstream.File{})
			if name == "a" {
				p.decoder.HandOver()
			}
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Error(err)
		}
		t.Errorf("%d is there", mapped[begin])
	})
	if len(r.counters.Damage) != 1 || names != "a." {
		t.Errorf("damage %v, names %q", r.counters.Damage, names)
	}
}

// walkStored is walk for a file that is mapped.
func walkStored(tb testing.TB, path string) int {
	tb.Helper()
	sources, err := Open([]string{path}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return walk(tb, sources[0])
}

// TestMappedAllocates holds that what looking at a mapped file costs goes by its pieces
// and not by its packets.
func TestMappedAllocates(t *testing.T) {
	for _, ng := range []bool{false, true} {
		small, large := packettest.Stored(t, packettest.ManyPackets(ng, 5_000)), packettest.Stored(t, packettest.ManyPackets(ng, 20_000))
		cost := func(path string) float64 { return testing.AllocsPerRun(1, func() { walkStored(t, path) }) }
		if a, b := cost(small), cost(large); b-a > 15*6 {
			t.Errorf("pcapng %v: %v allocations for 5 MB, %v for 20", ng, a, b)
		}
	}
}

func BenchmarkReadMapped(b *testing.B) {
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
