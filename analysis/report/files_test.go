package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// TestNumbering holds that mergecap is named only where it reads the files.
func TestNumbering(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]bool{"pcapng": true, "pcap in gzip": true, "Windows event trace (ETL)": false, "Network Monitor 2 capture in zip archive": false} {
		s := analysis.Summary{Counters: &httpstream.Counters{Inputs: []httpstream.Input{{Format: "pcap"}, {Format: format}}}}
		if got := numbering(s); strings.Contains(got, "mergecap") != want {
			t.Errorf("%s: %q", format, got)
		}
	}
}
