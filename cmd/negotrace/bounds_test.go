package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"negotrace/internal/packettest"
	"negotrace/internal/peak"
	"negotrace/internal/testcost"
)

// The bounds are wide, so that no slow or busy machine fails: today the slowest file
// takes a second of a processor and the largest 60 MB. What is not linear in these
// files would take minutes, what holds what they unpack to a third of a gigabyte. By default the
// files are a third as long.
const hostileSize = 256 << 20 // of a program with the race detector, too

// TestHostile gives the program files that are made to exhaust it. Each must end in a
// report or an error, soon and in little memory. It stands in the first file of tests, when
// this process is still small: what it has resident counts for those that it starts.
func TestHostile(t *testing.T) {
	parts := testcost.Count(100_000, 300_000)                   // of each file
	bound := time.Duration(testcost.Count(8, 15)) * time.Second // of a processor, not of the clock
	le := binary.LittleEndian
	pcap := le.AppendUint32(nil, 0xa1b2c3d4)
	pcap = append(pcap, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0)
	section := []byte("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00")
	iface := []byte("\x01\x00\x00\x00\x14\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00")
	for _, test := range []struct {
		name   string
		status int
		parts  []io.Reader
	}{
		{"pcapng with many interfaces", 0, []io.Reader{bytes.NewReader(section), repeat(string(iface), parts)}},
		{"pcapng interfaces with options without end", 0, []io.Reader{bytes.NewReader(section), repeat("\x01\x00\x00\x00\xd0\x07\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"+strings.Repeat("\x02\x00\x04\x00\x00\x00\x00\x00", 247)+"\x00\x00\x00\x00"+"\xd0\x07\x00\x00", parts/30)}},
		{"pcapng of sections", 0, []io.Reader{repeat(string(section), parts)}},
		{"HAR of many entries without anything", 0, []io.Reader{strings.NewReader(`{"log":{"entries":[`), repeat("{},", parts), strings.NewReader("{}]}}")}},
		{"HTTP/2 fields of commas", 0, []io.Reader{bytes.NewReader(commas())}},
		{"gzip bomb", 2, []io.Reader{bytes.NewReader(zipped(t, nil))}},
		// Packages capture and capture/export hold bounds for the like of these, too.
		{"pcap packet of 4 GB", 0, []io.Reader{bytes.NewReader(pcap), repeat("\xff", 1<<20)}},
		{"pcapng block of 4 GB", 0, []io.Reader{bytes.NewReader(section), repeat("\x06\x00\x00\x00\xff\xff\xff\xff", 1<<17)}},
		{"gzip bomb of a pcap", 0, []io.Reader{bytes.NewReader(zipped(t, pcap))}},
		{"zstd bomb of a pcap", 0, []io.Reader{bytes.NewReader(zstandard(t, pcap))}},
		{"HAR nested deep", 2, []io.Reader{strings.NewReader(`{"log":{"entries":[`), repeat(`{"a":[`, parts)}},
		{"NetLog of one endless line", 2, []io.Reader{strings.NewReader(`{"constants":{},"events":[{"params":{"a":"`), repeat("0123456789abcdef", 2<<20)}},
		{"JSON of brackets", 2, []io.Reader{repeat("[", 1<<22)}},
	}[:testcost.Count(6, 13)] {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "hostile")
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(f, io.MultiReader(test.parts...)); err != nil {
				t.Fatal(err)
			}
			f.Close()
			c := exec.Command("negotrace", "--fail-on", "never", "--format", "json", file)
			c.Env = append(os.Environ(), "GOMAXPROCS=2") // memory grows with the processors
			out, err := c.CombinedOutput()
			if _, ok := err.(*exec.ExitError); err != nil && !ok {
				t.Fatal(err)
			}
			s := c.ProcessState
			if s.ExitCode() != test.status {
				t.Errorf("exit status %d, want %d: %.300s", s.ExitCode(), test.status, out)
			}
			took, size := s.UserTime()+s.SystemTime(), peak.Resident(s)
			t.Logf("%v, %d MB", took, size>>20)
			if took > bound {
				t.Errorf("took %v", took)
			}
			if size > max(hostileSize, peak.Self()) { // under the race detector the test itself takes more
				t.Errorf("took %d MB", size>>20)
			}
		})
	}
}

// repeat returns n times s, of which no more than 64 KiB are in memory.
func repeat(s string, n int) io.Reader {
	atOnce := max(1, 64<<10/len(s))
	some := strings.Repeat(s, min(n, atOnce))
	readers := make([]io.Reader, 0, n/atOnce+1)
	for ; n > 0; n -= atOnce {
		readers = append(readers, strings.NewReader(some[:len(s)*min(n, atOnce)]))
	}
	return io.MultiReader(readers...)
}

// zipped returns head and a third of a gigabyte of zeros, in gzip.
func zipped(t *testing.T, head []byte) []byte {
	t.Helper()
	return bomb(t, head, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
}

// zstandard returns the same in zstd.
func zstandard(t *testing.T, head []byte) []byte {
	t.Helper()
	return bomb(t, head, func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	})
}

// bomb packs head and a MiB of zeros, and these 340 times: both formats allow what was
// packed by itself to be joined (RFC 1952 section 2.2, RFC 8878 section 3).
func bomb(t *testing.T, head []byte, pack func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	return append(packettest.Packed(t, pack, head), bytes.Repeat(packettest.Packed(t, pack, make([]byte, 1<<20)), 340)...)
}
