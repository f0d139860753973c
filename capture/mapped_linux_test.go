//go:build linux

package capture

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"negotrace/httpstream"
)

// stored puts bytes into a file and returns its path.
func stored(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// mappings is how many pieces of a file are mapped.
func mappings(t *testing.T, path string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), path)
}

// TestMappedFeed holds that a mapped file is all there and in order, wherever that
// begins, with what is left of a block in front of the next one, also while it grows.
func TestMappedFeed(t *testing.T) {
	want := noise(5, 3*mappedStride.size+12345)
	grown := len(want) - 10_000
	for _, from := range []int{0, 1, 4096, headroom, fullStride.size, fullStride.size + 77} {
		path := stored(t, want[:grown])
		r := newRun(t.Context(), Sink{}, Options{})
		file := opened(t, path)
		f := r.mapped(file, int64(from))
		if f == nil {
			t.Fatal("not mapped")
		}
		rnd := rand.New(rand.NewPCG(7, 8))
		got := bytes.Clone(want[:from])
		for {
			left := got[len(got)-rnd.IntN(min(len(got), headroom)+1):]
			block, begin, err := f.next(left)
			if err != nil {
				if err != io.EOF || block != nil {
					t.Error(len(block), err)
				}
				break
			}
			if !bytes.Equal(block[begin-len(left):begin], left) {
				t.Fatalf("from %d: %d bytes are not in front of the block at %d", from, len(left), len(got))
			}
			got = append(got, block[begin:]...)
			f.release(block)
			if len(got) == grown {
				if _, err := file.WriteAt(want[grown:], int64(grown)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !bytes.Equal(got, want) || r.bytes.Load() != int64(len(want)-from) {
			t.Errorf("from %d: %d bytes of %d, or others; counted %d", from, len(got), len(want), r.bytes.Load())
		}
		if n := mappings(t, path); n != 0 {
			t.Errorf("%d pieces of the file are still mapped", n)
		}
	}
}

// TestMappedOnlyWhereItPays holds which files are read instead.
func TestMappedOnlyWhereItPays(t *testing.T) {
	r := newRun(t.Context(), Sink{}, Options{})
	if f := r.mapped(opened(t, stored(t, noise(5, mappedStride.size))), 1); f != nil {
		t.Error("a small rest is mapped")
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if f := r.mapped(in, 0); f != nil {
		t.Error("a pipe is mapped")
	}
}

// manyQueries is a packet file of DNS queries, each at another millisecond, longer than
// two mapped blocks.
func manyQueries(letter string, first int) []byte {
	ms := make([]int, 0, 130_000)
	for i := range cap(ms) {
		ms = append(ms, first+3*i)
	}
	return msFile(letter, ms...)
}

// TestMappedFiles holds that a file tells the same whether it is mapped or read, alone
// and beside another.
func TestMappedFiles(t *testing.T) {
	a, b := manyQueries("a", 0), manyQueries("b", 100_000)
	if len(a) < 2*mappedStride.size {
		t.Fatalf("%d bytes are too few", len(a))
	}
	for _, files := range [][][]byte{{a}, {a[:len(a)-5]}, {a, b}} {
		var read []Source
		var paths []string
		for i, file := range files {
			paths = append(paths, stored(t, file))
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
		if diff := cmp.Diff(want, got); diff != "" || len(want) < 129_999 {
			t.Errorf("%d packets, read (-) and mapped (+): %.1000s", len(want), diff)
		}
		if want, got := fmt.Sprint(wantTally.Damage), fmt.Sprint(gotTally.Damage); got != want {
			t.Errorf("damage of the mapped %s, want %s", got, want)
		}
		for _, path := range paths {
			if n := mappings(t, path); n != 0 {
				t.Errorf("%d pieces of a file are still mapped", n)
			}
		}
	}
}

// TestShrinkingFile holds that a file which becomes shorter while it is looked at is
// told until there, with a note, and does not end the program.
func TestShrinkingFile(t *testing.T) {
	const until = 20_000 // in the middle of what is in a mapped block and decoded already
	path := stored(t, manyQueries("a", 0))
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

// TestShrinkingFileDecoded holds the same for the goroutine that decodes, however it looks
// at what is there no more: what is told by half is not told.
func TestShrinkingFileDecoded(t *testing.T) {
	other, file := make([]byte, 10_000), noise(5, 2*mappedStride.size)
	for name, look := range map[string]func(b []byte) int{
		"a byte":   func(b []byte) int { return int(b[0]) },
		"copied":   func(b []byte) int { return copy(other, b) },
		"searched": func(b []byte) int { return bytes.Index(b, []byte("abc")) },
		"compared": func(b []byte) int { return bytes.Compare(b[:len(other)], other) },
		"hashed":   func(b []byte) int { return int(maphash.Bytes(maphash.MakeSeed(), b)) },
		"scouted": func(b []byte) int {
			t := &trail{mark: []byte("ab"), begins: func([]byte) bool { return true }, length: 8, beside: 16}
			return t.scout(b)
		},
	} {
		path := stored(t, file)
		r := newRun(t.Context(), Sink{}, Options{})
		f := r.mapped(opened(t, path), 0)
		told := 0
		r.follow(func(d *decoder) {
			block, begin, err := f.next(nil)
			if err != nil {
				t.Error(err)
			}
			d.later(func(*follower) { told++ })
			if err := os.Truncate(path, 0); err != nil {
				t.Error(err)
			}
			d.later(func(*follower) { told++ })
			t.Errorf("%s: %d", name, look(block[begin:]))
		})
		if len(r.counters.Damage) != 1 || told != 0 {
			t.Errorf("%s: damage %v, told %d", name, r.counters.Damage, told)
		}
	}
}

// TestShrunkIsNothingElse holds that other panics are not taken for a file's.
func TestShrunkIsNothingElse(t *testing.T) {
	defer func() {
		if p := recover(); p == nil {
			t.Error("a nil pointer was passed over")
		}
	}()
	var d *decoder
	shrunk(func() { d.depth++ })
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
		small, large := stored(t, manyPackets(ng, 5_000)), stored(t, manyPackets(ng, 20_000))
		cost := func(path string) float64 { return testing.AllocsPerRun(3, func() { walkStored(t, path) }) }
		if a, b := cost(small), cost(large); b-a > 15*6 {
			t.Errorf("pcapng %v: %v allocations for 5 MB, %v for 20", ng, a, b)
		}
	}
}

func BenchmarkReadMapped(b *testing.B) {
	for i, name := range []string{"pcap", "pcapng"} {
		b.Run(name, func(b *testing.B) {
			file := manyPackets(i == 1, 1<<16)
			path := stored(b, file)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				walkStored(b, path)
			}
		})
	}
}

// TestMappedCopies holds what is done about a piece that cannot be mapped: it is read.
func TestMappedCopies(t *testing.T) {
	want := noise(5, 2*mappedStride.size)
	m := newRun(t.Context(), Sink{}, Options{}).mapped(opened(t, stored(t, want)), 0).(*mapped)
	m.pos = 100_000
	<-m.room
	block, begin, err := m.copy(want[99_000:100_000], 5000)
	if err != nil || !bytes.Equal(block[begin-1000:], want[99_000:105_000]) {
		t.Errorf("%d bytes from %d on, %v", len(block), begin, err)
	}
	m.release(block)
	if len(m.room) != mappedStride.ahead {
		t.Errorf("there is room for %d blocks", len(m.room))
	}
	m.pos = int64(len(want)) - 10
	if block, begin, err = m.copy(nil, 5000); err != io.EOF || !bytes.Equal(block[begin:], want[len(want)-10:]) {
		t.Errorf("at the end: %d bytes from %d on, %v", len(block), begin, err)
	}
}
