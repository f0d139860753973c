package report

import (
	"strings"
	"testing"
	"time"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestInputs expects in a document each file with its hash, and no more than a document
// lists.
func TestInputs(t *testing.T) {
	at := httpstream.TimeOf(time.Date(2026, 11, 29, 23, 59, 59, 0, time.UTC))
	r := &analysis.Report{Tool: analysis.Tool{Name: "negotrace", Version: "v1.2.3"}}
	for range maxInputs + 2 {
		r.Inputs = append(r.Inputs, httpstream.Input{Name: "a|b<c>.pcap", Format: "pcap", Bytes: 24, Packets: 1, First: at, Last: at, SHA256: httpstream.Digest{0: 0xc0, 1: 0xff, 2: 0xee}})
	}
	m := &markdown{clock: newClock(&r.Summary, time.UTC)}
	m.inputs(r)
	for _, want := range []string{
		"| A: a&#124;b&lt;c&gt;.pcap | pcap | 24 bytes, 1 packet | 2026-11-29 23:59:59.000 to 2026-11-29 23:59:59.000 |\n",
		"\n- SHA-256 of A: `c0ffee" + strings.Repeat("00", 29) + "`\n",
		"2 more files were read.", "Made by negotrace v1.2.3.",
	} {
		if !strings.Contains(m.String(), want) {
			t.Errorf("no %q in:\n%s", want, m)
		}
	}
	if rows, left := inputRows(r, m.clock); len(rows) != maxInputs || left != 2 {
		t.Errorf("%d rows and %d left, want %d and 2", len(rows), left, maxInputs)
	}
}
