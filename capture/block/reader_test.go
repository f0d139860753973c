package block

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"negotrace/internal/packettest"
)

// TestSources holds that every source brings the bytes of its stream in order and why it
// ended, with what is left of the block before in front of each block, and that blocks
// which are released are used again.
func TestSources(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	want := packettest.Noise(3, 100_000)
	broken := errors.New("broken")
	for _, ended := range []error{io.EOF, broken} {
		for name, stream := range map[string]io.Reader{
			"at once": bytes.NewReader(want), "by halves": iotest.HalfReader(bytes.NewReader(want)), "with its end": iotest.DataErrReader(bytes.NewReader(want)),
		} {
			if ended != io.EOF {
				stream = io.MultiReader(stream, iotest.ErrReader(ended))
			}
			s := Plan{Size: 1000, Ahead: 3, MinFill: rnd.IntN(2) * 1000}
			var f Source = NewSync(context.Background(), stream, s)
			if s.MinFill > 0 {
				f = NewAsync(context.Background(), stream, s)
			}
			var got []byte
			var held [][]byte
			for {
				left := got[len(got)-rnd.IntN(min(len(got)+1, 900)):]
				block, begin, err := f.Next(left)
				if !bytes.Equal(block[begin-len(left):begin], left) {
					t.Fatalf("%s: %d bytes of the block before are not in front of the one after %d bytes", name, len(left), len(got))
				}
				got = append(got, block[begin:]...)
				held = append(held, block)
				if err != nil {
					if err != ended {
						t.Errorf("%s: ended with %v, want %v", name, err, ended)
					}
					break
				}
				if len(held) == 2 || rnd.IntN(2) == 0 {
					f.Release(held[0])
					held = held[1:]
				}
			}
			f.Close()
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got %d bytes, or others than the %d of the stream", name, len(got), len(want))
			}
		}
	}
}

// TestReaderRead holds that reading goes on where looking has ended, through the block at
// hand and past it.
func TestReaderRead(t *testing.T) {
	want := make([]byte, 10_000)
	for i := range want {
		want[i] = byte(i / 7)
	}
	broken := errors.New("broken")
	for _, seen := range []int{0, 1, 999, 1000, 2500} {
		for _, live := range []bool{false, true} {
			stream := io.MultiReader(bytes.NewReader(want), iotest.ErrReader(broken))
			s := Plan{Size: 1000, Ahead: 3}
			b := NewReader(NewSync(context.Background(), stream, s))
			if live {
				b.source = NewAsync(context.Background(), stream, s)
			}
			blocks := 0
			b.OnBlock = func() { blocks++ }
			if err := b.Skip(int64(seen)); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(b)
			if !errors.Is(err, broken) || !bytes.Equal(got, want[seen:]) {
				t.Errorf("after %d bytes, live %v: read %d, %v", seen, live, len(got), err)
			}
			if b.pos != int64(len(want)) || blocks < len(want)/s.Size/2 {
				t.Errorf("after %d bytes, live %v: at %d, %d blocks", seen, live, b.pos, blocks)
			}
			if n, err := b.Read(make([]byte, 1)); n != 0 || !errors.Is(err, broken) {
				t.Errorf("after the end: read %d, %v", n, err)
			}
			b.source.Close()
		}
	}
}
