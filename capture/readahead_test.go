package capture

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// noise is n random bytes, the same for the same seed.
func noise(seed uint64, n int) []byte {
	rnd := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

// TestFeeds holds that every feed brings the bytes of its stream in order and why it
// ended, with what is left of the block before in front of each block, and that blocks
// which are released are used again.
func TestFeeds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	want := noise(3, 100_000)
	broken := errors.New("broken")
	for _, ended := range []error{io.EOF, broken} {
		for name, stream := range map[string]io.Reader{
			"at once": bytes.NewReader(want), "by halves": iotest.HalfReader(bytes.NewReader(want)), "with its end": iotest.DataErrReader(bytes.NewReader(want)),
		} {
			if ended != io.EOF {
				stream = io.MultiReader(stream, iotest.ErrReader(ended))
			}
			s := stride{size: 1000, ahead: 3, least: rnd.IntN(2) * 1000}
			var f feed = newStraight(context.Background(), stream, s)
			if s.least > 0 {
				f = newReadAhead(context.Background(), stream, s)
			}
			var got []byte
			var held [][]byte
			for {
				left := got[len(got)-rnd.IntN(min(len(got)+1, 900)):]
				block, begin, err := f.next(left)
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
					f.release(held[0])
					held = held[1:]
				}
			}
			f.close()
			if !bytes.Equal(got, want) {
				t.Errorf("%s: got %d bytes, or others than the %d of the stream", name, len(got), len(want))
			}
		}
	}
}

// TestBlocksRead holds that reading goes on where looking has ended, through the block at
// hand and past it.
func TestBlocksRead(t *testing.T) {
	want := make([]byte, 10_000)
	for i := range want {
		want[i] = byte(i / 7)
	}
	broken := errors.New("broken")
	for _, seen := range []int{0, 1, 999, 1000, 2500} {
		for _, live := range []bool{false, true} {
			stream := io.MultiReader(bytes.NewReader(want), iotest.ErrReader(broken))
			s := stride{size: 1000, ahead: 3}
			b := &blocks{feed: newStraight(context.Background(), stream, s)}
			if live {
				b.feed = newReadAhead(context.Background(), stream, s)
			}
			told := 0
			b.told = func() { told++ }
			if err := b.skip(int64(seen)); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(b)
			if !errors.Is(err, broken) || !bytes.Equal(got, want[seen:]) {
				t.Errorf("after %d bytes, live %v: read %d, %v", seen, live, len(got), err)
			}
			if b.pos != int64(len(want)) || told < len(want)/s.size/2 {
				t.Errorf("after %d bytes, live %v: at %d, told %d times", seen, live, b.pos, told)
			}
			if n, err := b.Read(make([]byte, 1)); n != 0 || !errors.Is(err, broken) {
				t.Errorf("after the end: read %d, %v", n, err)
			}
			b.feed.close()
		}
	}
}
