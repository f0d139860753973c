package checks_test

import (
	"testing"

	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture/eventlog"
	"negotrace/httpstream"
)

// TestFaultInLogsAlone holds that an event about a name, a key or a ticket is a finding without a
// capture, too, and that one about a secure channel is none: a computer that starts may log it.
func TestFaultInLogsAlone(t *testing.T) {
	for id, variant := range map[int]string{4: "ticket", 11: "name", 27: "key", 5719: ""} {
		trace := correlate.NewTrace(correlate.Options{Checks: checks.All()})
		trace.Logs(httpstream.Time{})
		trace.Event(&eventlog.Event{ID: id, Computer: "PC1.contoso.com", Pos: httpstream.Pos{Frame: 1, Stream: -1}, Fault: &eventlog.Fault{Values: []string{"HTTP/web.contoso.com"}}})
		got := ""
		for _, f := range trace.Report(&httpstream.Counters{Records: 1}).Findings {
			got = f.Variant
		}
		if got != variant {
			t.Errorf("event %d: %q, want %q", id, got, variant)
		}
	}
}
