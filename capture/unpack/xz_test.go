package unpack

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"negotrace/capture/block"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

// small is how streams are packed that need no large dictionary: to make one takes time.
var small = xz.WriterConfig{DictCap: 4096}

func xzStream(t testing.TB, c xz.WriterConfig, b []byte) []byte {
	t.Helper()
	return packettest.Packed(t, func(w io.Writer) (io.WriteCloser, error) { return c.NewWriter(w) }, b)
}

// unXZ returns what can be unpacked, and how that ended.
func unXZ(b []byte) ([]byte, error) {
	x, err := XZ(block.NewReader(block.NewSync(context.Background(), bytes.NewReader(b), block.Sequential)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(x)
}

// halfNoise returns bytes of which some are new and some were there before.
func halfNoise(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		if b[i] = byte(random.Uint32()); i > 300 && i/100%2 == 0 {
			b[i] = b[i-300]
		}
	}
	return b
}

func TestXZ(t *testing.T) {
	t.Parallel()
	file := halfNoise(1500)
	whole := xzStream(t, small, file)
	padding := make([]byte, 8)
	for name, b := range map[string][]byte{
		"one stream":             whole,
		"CRC32":                  xzStream(t, xz.WriterConfig{CheckSum: xz.CRC32, DictCap: 1 << 20}, file),
		"SHA-256":                xzStream(t, xz.WriterConfig{CheckSum: xz.SHA256, DictCap: 8192}, file),
		"no check":               xzStream(t, xz.WriterConfig{NoCheckSum: true, DictCap: 4096}, file),
		"blocks":                 xzStream(t, xz.WriterConfig{BlockSize: 40, DictCap: 4096}, file),
		"padding":                packettest.Join(whole, padding),
		"two streams":            packettest.Join(xzStream(t, small, file[:50]), xzStream(t, xz.WriterConfig{DictCap: 1 << 20}, file[50:])),
		"streams, padding, none": packettest.Join(xzStream(t, small, file[:50]), padding[:4], xzStream(t, small, nil), padding, xzStream(t, small, file[50:])),
	} {
		if got, err := unXZ(b); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if b, err := unXZ(xzStream(t, xz.WriterConfig{BlockSize: 1 << 16, DictCap: 1 << 16}, halfNoise(1<<18))); err != nil || !bytes.Equal(b, halfNoise(1<<18)) {
		t.Errorf("256 KiB: %d bytes, %v", len(b), err)
	}
}

// What is there of a stream that is cut short is unpacked to the last byte, and a damaged
// one is never taken for whole.
func TestXZDamage(t *testing.T) {
	t.Parallel()
	data := halfNoise(1500)
	for _, c := range []xz.WriterConfig{{DictCap: 4096}, {DictCap: 4096, BlockSize: 400, CheckSum: xz.SHA256}} {
		whole, had := xzStream(t, c, data), 0
		for n := 0; n < len(whole); n += testcost.Step(7) {
			b, err := unXZ(whole[:n])
			if err == nil || !bytes.HasPrefix(data, b) || len(b) < had {
				t.Fatalf("cut at %d of %d: %d bytes after %d, %v", n, len(whole), len(b), had, err)
			}
			had = len(b)
			if n >= len(whole)/2 && had < len(data)/3 {
				t.Errorf("half of the file gives only %d of %d bytes", had, len(data))
			}
		}
		for at := 0; at < len(whole); at += testcost.Step(7) {
			b := bytes.Clone(whole)
			b[at] ^= 0x10
			if got, err := unXZ(b); err == nil && !bytes.Equal(got, data) {
				t.Fatalf("byte %d is wrong: nobody says so", at)
			}
		}
		if _, err := unXZ(append(bytes.Clone(whole), "more"...)); err == nil {
			t.Error("what follows the stream is passed over")
		}
	}
}

// xzBlockOf returns a block with a dictionary of that code and no bytes in it.
func xzBlockOf(code byte, filters ...byte) []byte {
	h := append([]byte{0, 0}, filters...)
	h[1] = byte(len(filters) / 3)
	h = append(h, xzLZMA2, 1, code)
	for len(h)%4 != 0 {
		h = append(h, 0)
	}
	h[0] = byte(len(h) / 4)
	h = binary.LittleEndian.AppendUint32(h, crc32.ChecksumIEEE(h))
	return append(h, chunkEnd, 0, 0, 0) // no check
}

func TestXZHostile(t *testing.T) {
	t.Parallel()
	header := []byte(XZMagic + "\x00\x00\xff\x12\xd9\x41")
	for want, b := range map[string][]byte{
		"takes a dictionary of 4096 MiB, and at most 64 are used": xzBlockOf(40),
		"takes a dictionary of 96 MiB":                            xzBlockOf(29),
		"packed with a filter that is not read: unpack it first":  xzBlockOf(0, 4, 0, 0),
		"blocks are missing":                                      append(xzBlockOf(28), 0, 2),
		"the padding of a block is not zero":                      packettest.Join(xzBlockOf(28)[:12], []byte{chunkCopyReset, 0, 0, 'x', chunkEnd, 0, 1, 0}),
		"the header of a block is damaged":                        append(xzBlockOf(28)[:8], 1, 1, 1, 1),
	} {
		if _, err := unXZ(packettest.Join(header, b)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	bomb, err := XZ(block.NewReader(block.NewSync(context.Background(), bytes.NewReader(xzStream(t, xz.WriterConfig{DictCap: 1 << 20}, make([]byte, 4<<20))), block.Sequential)))
	if err != nil {
		t.Fatal(err)
	}
	bomb.(*unpacker).unpacked = maxBombSize - 3<<20 // as if so much of it had been zeros already
	if _, err := io.ReadAll(bomb); err != ErrBomb {
		t.Errorf("bomb: %v", err)
	}
	// A block with a byte, and a dictionary of 64 MiB, a thousand times.
	tiny := packettest.Join(xzBlockOf(28)[:12], []byte{chunkCopyReset, 0, 0, 'x', chunkEnd, 0, 0, 0})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := unXZ(append(header, bytes.Repeat(tiny, 1000)...))
	runtime.ReadMemStats(&after)
	if made := after.TotalAlloc - before.TotalAlloc; len(got) != 1000 || err != io.ErrUnexpectedEOF || made > 400<<20 {
		t.Errorf("many blocks: %d bytes, %v, %d MiB", len(got), err, made>>20)
	}
}

// FuzzXZ holds that the package lzma and the other reader of the container say the same.
func FuzzXZ(f *testing.F) {
	file := halfNoise(300)
	f.Add(xzStream(f, small, file))
	f.Add(xzStream(f, xz.WriterConfig{BlockSize: 50, DictCap: 4096, CheckSum: xz.SHA256}, file))
	f.Add(xzStream(f, xz.WriterConfig{CheckSum: xz.CRC32, DictCap: 4096}, halfNoise(500)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := unXZ(b)
		if err != nil {
			return // ours refuses more
		}
		z, err := xz.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if want, err := io.ReadAll(z); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q, %v", got, want, err)
		}
	})
}
