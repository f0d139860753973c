package capture

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
	"negotrace/internal/testcost"
)

func TestMain(m *testing.M) { testcost.Main(m) }

// walk reads the packets of a file without decoding them.
func walk(tb testing.TB, s Source) int {
	r := newRun(tb.Context(), Sink{}, Options{})
	in, err := r.open(&s, block.Sequential)
	if err != nil {
		tb.Fatal(err)
	}
	defer in.close()
	f, err := r.openPackets(in, httpstream.File{}, false)
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for k := new(pcap.Packet); f.next(k); n++ {
	}
	f.close()
	return n
}

func BenchmarkReadPcap(b *testing.B)   { benchmarkRead(b, packettest.ManyPackets(false, 1<<16)) }
func BenchmarkReadPcapng(b *testing.B) { benchmarkRead(b, packettest.ManyPackets(true, 1<<16)) }

func benchmarkRead(b *testing.B, file []byte) {
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		walk(b, source("x", file))
	}
}

// TestReadAllocates holds that what reading costs does not grow with the file.
func TestReadAllocates(t *testing.T) {
	for name, many := range map[string]func(int) []byte{
		"pcap":   func(n int) []byte { return packettest.ManyPackets(false, n) },
		"pcapng": func(n int) []byte { return packettest.ManyPackets(true, n) },
		"ETL": func(n int) []byte {
			tr := packettest.NewTrace(time.UnixMilli(0))
			file := tr.Header()
			for i := range n / 20 {
				event := tr.Event(packettest.NDIS(time.Unix(int64(i), 0), make([]byte, 100)))
				file = append(file, tr.Buffer(0, slices.Repeat([][]byte{event}, 20)...)...)
			}
			return file
		},
	} {
		small, large := many(1000), many(8000)
		dir := t.TempDir()
		cost := func(file []byte) float64 {
			s := source("x", file)
			if name == "ETL" { // of what cannot be read at any place much is held
				path := filepath.Join(dir, fmt.Sprint(len(file)))
				if err := os.WriteFile(path, file, 0o600); err != nil {
					t.Fatal(err)
				}
				s.Open = func() (io.ReadCloser, error) { return os.Open(path) }
			}
			return testing.AllocsPerRun(2, func() { walk(t, s) })
		}
		if a, b := cost(small), cost(large); b-a > 50 {
			t.Errorf("%s: %v allocations for 1000 packets, %v for 8000", name, a, b)
		}
	}
}
