package checks

import (
	"slices"
	"testing"

	"negotrace/analysis"
	"negotrace/tokens"
)

// TestErrors holds that what is said of errors is about errors and checks that there are.
func TestErrors(t *testing.T) {
	t.Parallel()
	exists := func(check string) bool {
		return slices.ContainsFunc(All(), func(c *analysis.Check) bool { return c.Name == check })
	}
	holds := func(name string, m meaning) {
		for _, check := range m.checks {
			if !exists(check) {
				t.Errorf("%s: no check %s", name, check)
			}
		}
	}
	for code, m := range kerberosErrors {
		holds(code.String(), m)
	}
	for name, m := range windowsErrors {
		holds(name, m)
		if !slices.ContainsFunc(tokens.NTStatuses(), func(s tokens.NTStatus) bool { return s.Name() == name }) {
			t.Errorf("no status is called %s", name)
		}
	}
	for number, m := range iisErrors {
		holds(number, m)
	}
	for _, name := range ErrorNames() {
		if len(LookUpErrors(name)) != 1 {
			t.Errorf("%s: %d errors are called so", name, len(LookUpErrors(name)))
		}
	}
}
