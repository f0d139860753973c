//go:build linux

package block

import (
	"bytes"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"

	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

func opened(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// TestMmapSource holds that a mapped file is all there and in order, wherever that
// begins, with what is left of a block in front of the next one, also while it grows.
func TestMmapSource(t *testing.T) {
	want := packettest.Noise(5, 3*mapping.Size+12345)
	grown := len(want) - 10_000
	for i, from := range []int{0, 1, 4096, Headroom, Sequential.Size + 77, Sequential.Size} {
		if (i+2)%testcost.Step(3) != 0 {
			continue
		}
		path := packettest.Stored(t, want[:grown])
		file := opened(t, path)
		var read atomic.Int64
		f := NewMmap(t.Context(), file, int64(from), &read)
		if f == nil {
			t.Fatal("not mapped")
		}
		rnd := rand.New(rand.NewPCG(7, 8))
		got := bytes.Clone(want[:from])
		for {
			left := got[len(got)-rnd.IntN(min(len(got), Headroom)+1):]
			block, begin, err := f.Next(left)
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
			f.Release(block)
			if len(got) == grown {
				if _, err := file.WriteAt(want[grown:], int64(grown)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !bytes.Equal(got, want) || read.Load() != int64(len(want)-from) {
			t.Errorf("from %d: %d bytes of %d, or others; counted %d", from, len(got), len(want), read.Load())
		}
		if n := packettest.Mappings(t, path); n != 0 {
			t.Errorf("%d pieces of the file are still mapped", n)
		}
	}
}

// TestMmapOnlyWhereItPays holds which files are read instead.
func TestMmapOnlyWhereItPays(t *testing.T) {
	var read atomic.Int64
	if f := NewMmap(t.Context(), opened(t, packettest.Stored(t, packettest.Noise(5, mapping.Size))), 1, &read); f != nil {
		t.Error("a small rest is mapped")
	}
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	if f := NewMmap(t.Context(), in, 0, &read); f != nil {
		t.Error("a pipe is mapped")
	}
}

// TestMmapCopies holds what is done about a piece that cannot be mapped: it is read.
func TestMmapCopies(t *testing.T) {
	want := packettest.Noise(5, 2*mapping.Size)
	m := NewMmap(t.Context(), opened(t, packettest.Stored(t, want)), 0, new(atomic.Int64)).(*mmapSource)
	m.pos = 100_000
	<-m.room
	block, begin, err := m.copy(want[99_000:100_000], 5000)
	if err != nil || !bytes.Equal(block[begin-1000:], want[99_000:105_000]) {
		t.Errorf("%d bytes from %d on, %v", len(block), begin, err)
	}
	m.Release(block)
	if len(m.room) != mapping.Ahead {
		t.Errorf("there is room for %d blocks", len(m.room))
	}
	m.pos = int64(len(want)) - 10
	if block, begin, err = m.copy(nil, 5000); err != io.EOF || !bytes.Equal(block[begin:], want[len(want)-10:]) {
		t.Errorf("at the end: %d bytes from %d on, %v", len(block), begin, err)
	}
}

// TestTruncatedDuring holds that it is noticed when a mapped file becomes shorter, however
// what is there no more is looked at.
func TestTruncatedDuring(t *testing.T) {
	other, file := make([]byte, 10_000), packettest.Noise(5, 2*mapping.Size)
	for name, look := range map[string]func(b []byte) int{
		"a byte":   func(b []byte) int { return int(b[0]) },
		"copied":   func(b []byte) int { return copy(other, b) },
		"searched": func(b []byte) int { return bytes.Index(b, []byte("abc")) },
		"compared": func(b []byte) int { return bytes.Compare(b[:len(other)], other) },
		"hashed":   func(b []byte) int { return int(maphash.Bytes(maphash.MakeSeed(), b)) },
		"prefetched": func(b []byte) int {
			p := &RecordPattern{Magic: []byte("ab"), Begins: func([]byte) bool { return true }, LengthAt: 8, HeaderLen: 16}
			return p.prefetch(b)
		},
	} {
		path := packettest.Stored(t, file)
		block, begin, err := NewMmap(t.Context(), opened(t, path), 0, new(atomic.Int64)).Next(nil)
		if err != nil {
			t.Fatal(err)
		}
		if TruncatedDuring(func() { look(block[begin:]) }) {
			t.Errorf("%s: said to be shorter while it is not", name)
		}
		if err := os.Truncate(path, 0); err != nil {
			t.Error(err)
		}
		if !TruncatedDuring(func() { look(block[begin:]) }) {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestTruncatedIsNothingElse holds that other panics are not taken for a file's.
func TestTruncatedIsNothingElse(t *testing.T) {
	defer func() {
		if p := recover(); p == nil {
			t.Error("a nil pointer was passed over")
		}
	}()
	var r *Reader
	TruncatedDuring(func() { r.pos++ })
}

// TestMmapReleasedMeanwhile holds that a block is unmapped whoever does it, where blocks are
// released by another goroutine: while the next one is waited for, and after the last one.
func TestMmapReleasedMeanwhile(t *testing.T) {
	want := packettest.Noise(5, 6*mapping.Size+77)
	path := packettest.Stored(t, want)
	var read atomic.Int64
	f := NewMmap(t.Context(), opened(t, path), 0, &read)
	blocks, sum := make(chan []byte, mapping.Ahead), make(chan int)
	go func() {
		n := 0
		for b := range blocks {
			n += len(bytes.TrimLeft(b, "\x00")) // looks at it before it is released
			f.Release(b)
		}
		sum <- n
	}()
	for {
		b, _, err := f.Next(nil)
		if err != nil {
			break
		}
		if n := packettest.Mappings(t, path); n > mapping.Ahead {
			t.Errorf("%d pieces of the file are mapped", n)
		}
		blocks <- b
	}
	close(blocks)
	if n := <-sum; n < len(want)*9/10 {
		t.Errorf("%d bytes were seen", n)
	}
	if n := packettest.Mappings(t, path); n != 0 {
		t.Errorf("%d pieces of the file are still mapped", n)
	}
}
