package diagnosis_test

import (
	"bytes"
	"runtime"
	"testing"

	"negotrace/internal/testcost"
)

// TestCores holds that the number of cores does not show in reports.
func TestCores(t *testing.T) {
	all := samples(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for i := 0; i < len(all); i += testcost.Step(7) {
		s := all[i]
		if one := diagnose(t, s.data, s.keyLog); !bytes.Equal(one.printed.Bytes(), s.printed.Bytes()) {
			t.Errorf("%s: the reports of one core and of %d differ", s.name, runtime.NumCPU())
		}
	}
}
