package knownerror_test

import (
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/knownerror"
)

// TestChecks holds that the checks that are named with errors are those of the catalogue.
func TestChecks(t *testing.T) {
	t.Parallel()
	for name, named := range knownerror.Checks() {
		for _, check := range named {
			if !slices.ContainsFunc(checks.All(), func(c *analysis.Check) bool { return c.Name == check }) {
				t.Errorf("%s: no check %s", name, check)
			}
		}
	}
}
