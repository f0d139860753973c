package house

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"negotrace/analysis"
	"negotrace/internal/capturetest"
)

// coded holds that each error which a finding names is among its codes.
func (k *kept) coded(t *testing.T) {
	t.Helper()
	for _, f := range k.report.Findings {
		for _, name := range capturetest.Codes(f.Message) {
			number, err := strconv.ParseInt(strings.ToLower(name), 0, 64)
			if !slices.ContainsFunc(f.Codes, func(c analysis.Code) bool { return c.Name == name || err == nil && c.Value == number }) {
				t.Errorf("%s names %s, and has the codes %v: %s", f.Check, name, f.Codes, f.Message)
			}
		}
	}
}
