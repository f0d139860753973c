package soak

import (
	"bytes"
	"runtime"
	"testing"
)

// TestCores holds that the number of cores does not show in any report.
func TestCores(t *testing.T) {
	all := samples(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, s := range all {
		if one := diagnose(t, s.data, s.keyLog); !bytes.Equal(one.printed.Bytes(), s.printed.Bytes()) {
			t.Errorf("%s: the reports of one core and of %d differ", s.name, runtime.NumCPU())
		}
	}
}
