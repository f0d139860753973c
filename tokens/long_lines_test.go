package tokens

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestLongLines holds how much room the challenges and credentials of long header lines take: what is kept of them is
// not a part of the line.
func TestLongLines(t *testing.T) {
	const n, most = 64, 16 << 10 // messages, bytes that stay of each
	long := strings.Repeat("x", 100_000)
	var many strings.Builder
	for i := range 25 {
		fmt.Fprintf(&many, "p%d=\"%s\", ", i, long[:4000])
	}
	for _, line := range []string{
		`Basic realm="` + long + `"`, `Basic realm="a", p="` + long + `"`, "X " + many.String() + "q=1", strings.Repeat("X"+long[:2000]+" a=b, ", 40),
		"Digest " + many.String() + "q=1", "X" + long + " a=b", "X " + long + "=1",
	} {
		heap := func() int64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		var kept [2 * n]any
		before := heap()
		for i := range n {
			kept[i], kept[n+i] = Decoder{}.Challenges([]string{strings.Clone(line)}), Decoder{}.Credentials(strings.Clone(line))
		}
		if each := (heap() - before) / n; each > 2*most {
			t.Errorf("%.20s: %d bytes stay", line, each)
		}
		runtime.KeepAlive(&kept)
	}
}
