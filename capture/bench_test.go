package capture

import (
	"testing"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
	"negotrace/internal/packettest"
)

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
	for _, ng := range []bool{false, true} {
		small, large := packettest.ManyPackets(ng, 1000), packettest.ManyPackets(ng, 20000)
		cost := func(file []byte) float64 { return testing.AllocsPerRun(3, func() { walk(t, source("x", file)) }) }
		if a, b := cost(small), cost(large); b-a > 50 {
			t.Errorf("pcapng %v: %v allocations for 1000 packets, %v for 20000", ng, a, b)
		}
	}
}
