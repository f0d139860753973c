package report

import (
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/httpstream"
)

// Only Chromium writes a NetLog.
func TestNextCaptureOfExport(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]bool{"Mozilla/5.0 Chrome/120.0 Safari/537.36": true, "Mozilla/5.0 Gecko/20100101 Firefox/153.0": false} {
		h := refusedAtKDC()
		h.Outcome = analysis.Failed
		h.Legs[0].Request.Header = httpstream.Header{{Name: "User-Agent", Value: agent}}
		r := &analysis.Report{Handshakes: []*analysis.Handshake{h}}
		r.Summary.Counters = &httpstream.Counters{}
		text := ""
		for _, n := range nextCaptures(r) {
			text += n.Why + strings.Join(n.Commands, " ")
		}
		if got := strings.Contains(text, "net-export"); got != want {
			t.Errorf("%s: %v in %q, want %v", agent, got, text, want)
		}
	}
}
