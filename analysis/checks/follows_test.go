package checks_test

import (
	"testing"

	"negotrace/analysis"
)

// causesComeFirst holds that no finding stands beneath one whose proof comes after its own,
// unless a check says why. TestFixtures holds it of every case, TestFailuresAreFound of the
// captures of testdata.
func causesComeFirst(t *testing.T, where string, r *analysis.Report) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Root == nil || f.By.Awaits != "" || f.Root.By.ShownLater != "" {
			continue
		}
		if f.Root.File == f.File && f.Root.Frame > f.Frame {
			t.Errorf("%s: %s, frame %d, stands beneath %s, frame %d", where, f.Check, f.Frame, f.Root.Check, f.Root.Frame)
		}
	}
}
