package redactproof

import (
	"fmt"
	"testing"

	"negotrace/analysis"
	"negotrace/capture/redact/pseudonym"
)

// TestAlignFindings holds that findings which a report orders by the names in their messages are
// compared with those of the same names, and that all others keep their order.
func TestAlignFindings(t *testing.T) {
	t.Parallel()
	names := pseudonym.New(pseudonym.Options{})
	report := func(replace func(string) string, order ...int) *analysis.Report {
		r := &analysis.Report{}
		for i, k := range order {
			host := []string{"alpha", "bravo", "delta", "gamma"}[k]
			f := &analysis.Finding{ID: i + 1, Check: "tls", Severity: analysis.Info, Message: fmt.Sprintf("TLS to %s, %d times", replace(host), k), RootID: i}
			if k == 3 {
				f.Check = "other"
			}
			r.Findings = append(r.Findings, f)
		}
		return r
	}
	original := report(func(host string) string { return host }, 0, 1, 2, 3)
	for _, order := range [][]int{{0, 1, 2, 3}, {2, 1, 0, 3}, {1, 2, 0, 3}} {
		redacted := report(names.Text, order...)
		comparison{names: names}.alignFindings(original, redacted)
		for i, f := range redacted.Findings {
			if want := fmt.Sprintf("TLS to %s, %d times", names.Text([]string{"alpha", "bravo", "delta", "gamma"}[i]), i); f.Message != want || f.ID != i+1 {
				t.Errorf("%v: %d is %d: %q", order, i+1, f.ID, f.Message)
			}
		}
		if last := redacted.Findings[3]; redacted.Findings[last.RootID-1].Message != fmt.Sprintf("TLS to %s, %d times", names.Text([]string{"alpha", "bravo", "delta"}[order[2]]), order[2]) {
			t.Errorf("%v: the root of the last one is %d", order, last.RootID)
		}
	}
}
