package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gzipped(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, p := range parts {
		if _, err := z.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(b, nil)
}

func TestCompressed(t *testing.T) {
	file := msFile("x", 1, 2, 3)
	packed := gzipped(t, file)
	for name, b := range map[string][]byte{"gzip": packed, "two members": join(gzipped(t, file[:50]), gzipped(t, file[50:])), "zstd": zstandard(t, file)} {
		got, tally, err := rows(t, source("x", b))
		if err != nil || len(got) != 3 || len(tally.Damage) > 0 {
			t.Errorf("%s: %v, %v, %v", name, got, tally.Damage, err)
		}
	}
	if _, _, err := rows(t, source("x", gzipped(t, packed))); err == nil || !strings.Contains(err.Error(), "compressed twice") {
		t.Errorf("gzip in gzip: %v", err)
	}
	if _, _, err := rows(t, source("x", gzipped(t, []byte("hello")))); err == nil || !strings.Contains(err.Error(), "no known format") {
		t.Errorf("gzip of text: %v", err)
	}
	for n := range packed {
		got, tally, err := rows(t, source("x", packed[:n]))
		if err == nil && len(got) == 3 && len(tally.Damage) == 0 && n < len(packed)-8 {
			t.Fatalf("cut at %d of %d: all is well", n, len(packed))
		}
	}
}

func TestRefused(t *testing.T) {
	etl := make([]byte, 128)
	copy(etl, "\x00\x00\x08\x00\xc8\x01\x00\x00")
	copy(etl[0x48:], "\x02\x00\x02\xc0")
	erf := func() []byte {
		r := make([]byte, 64)
		copy(r, "\x00\x00\x00\x00\x00\x00\x00\x60\x02\x04\x00\x40\x00\x00\x00\x30")
		return bytes.Repeat(r, 3)
	}()
	tests := []struct {
		name string
		head []byte
		want string
	}{
		{"ETL", etl, "pktmon etl2pcap in -o out.pcapng"},
		{"Network Monitor 2", []byte("GMBU\x03\x02\x01\x00"), "editcap -F pcapng in out.pcapng"},
		{"Network Monitor 1", []byte("RTSS\x03\x02\x01\x00"), "editcap -F pcapng in out.pcapng"},
		{"snoop", []byte("snoop\x00\x00\x00\x00\x00\x00\x02"), "editcap"},
		{"ERF", erf, "ERF capture"},
		{"bzip2", []byte("BZh91AY&SY"), "bunzip2 -k in"},
		{"xz", []byte("\xfd7zXZ\x00\x00\x04"), "xz -dk in"},
		{"key log", []byte("# made by curl\nCLIENT_RANDOM 00 00\n"), "--keylog in"},
		{"empty", nil, "is empty"},
		{"text", []byte("hello, world"), `begins with "hello, world"`},
		{"one byte", []byte("\xd4"), "no known format"},
	}
	for _, tt := range tests {
		_, tally, err := rows(t, source("in", tt.head))
		if err == nil || !strings.Contains(err.Error(), tt.want) || tally.Packets != 0 {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// zeros is a stream of n zero bytes.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.n)
	clear(p[:n])
	z.n -= n
	return int(n), nil
}

// TestHostile holds that files which promise too much are read to an end in little memory.
func TestHostile(t *testing.T) {
	le := binary.LittleEndian
	head := pcapHeader(le, pcapMicro, linkRaw)
	long := func(n int) []byte {
		return join(u32(le, 1), u32(le, 0), u32(le, n), u32(le, n))
	}
	bomb := func() []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(head)
		io.Copy(z, &zeros{bombSize + 1<<20})
		z.Close()
		return b.Bytes()
	}()
	zbomb := func() []byte {
		var b bytes.Buffer
		z, _ := zstd.NewWriter(&b)
		z.Write(head)
		io.Copy(z, &zeros{bombSize + 1<<20})
		z.Close()
		return b.Bytes()
	}()
	tests := []struct {
		name   string
		open   func() io.Reader
		damage string
	}{
		{"pcap packet of 4 GB", func() io.Reader { return bytes.NewReader(join(head, long(-1))) }, "packet of 4294967295 bytes"},
		{"pcap packet of 15 MiB that is not there", func() io.Reader { return bytes.NewReader(join(head, long(15<<20))) }, "cut short"},
		{"pcap packet of 15 MiB that is there", func() io.Reader {
			return io.MultiReader(bytes.NewReader(join(head, long(15<<20))), &zeros{15<<20 - 1})
		}, "cut short"},
		{"pcapng block of 4 GB", func() io.Reader {
			return bytes.NewReader(join(ngSHB(le), ngIDB(le, 1), u32(le, ngEnhanced), u32(le, -1), make([]byte, 64)))
		}, "block of 4294967295 bytes"},
		{"pcapng and 16 MiB of zeros", func() io.Reader {
			return io.MultiReader(bytes.NewReader(join(ngSHB(le), ngIDB(le, 1))), &zeros{64 * resyncWindow})
		}, "block of 0 bytes"},
		{"gzip bomb", func() io.Reader { return bytes.NewReader(bomb) }, "decompression bomb"},
		{"zstd bomb", func() io.Reader { return bytes.NewReader(zbomb) }, "decompression bomb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			s := Source{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(tt.open()), nil }}
			_, tally, err := rows(t, s)
			runtime.ReadMemStats(&after)
			if grown := after.HeapSys - before.HeapSys; after.HeapSys > before.HeapSys && grown > 64<<20 {
				t.Errorf("took %d MiB", grown>>20)
			}
			if err != nil || len(tally.Damage) == 0 || !strings.Contains(tally.Damage[len(tally.Damage)-1].Text, tt.damage) {
				t.Errorf("damage %v, error %v", tally.Damage, err)
			}
		})
	}
}

// TestInterrupted reads from a pipe that nobody closes.
func TestInterrupted(t *testing.T) {
	ctx, cancel := contextWithCancel(t)
	pr, pw := io.Pipe()
	go func() {
		pw.Write(msFile("x", 1, 2))
		cancel()
	}()
	tally, err := Read(ctx, []Source{{Name: "-", Live: true, Open: func() (io.ReadCloser, error) { return pr, nil }}}, Sink{}, Options{})
	if err != nil || tally.Packets != 2 || len(tally.Damage) != 1 || !strings.Contains(tally.Damage[0].Text, "interrupted") {
		t.Errorf("%d packets, damage %v, error %v", tally.Packets, tally.Damage, err)
	}
}
