package soak

import (
	"bytes"
	"runtime"
	"testing"

	"negotrace/analysis/report"
)

// TestCores holds that the number of cores does not show in any report.
func TestCores(t *testing.T) {
	all := samples(t)
	print := func(s *sample) []byte {
		r := analyse(t, s.data, s.keyLog).report
		var b bytes.Buffer
		for _, f := range report.Formats {
			if err := f.Write(&b, r, report.Options{}); err != nil {
				t.Fatal(s.name, err)
			}
		}
		return b.Bytes()
	}
	many := make([][]byte, len(all))
	for i, s := range all {
		many[i] = print(s)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for i, s := range all {
		if one := print(s); !bytes.Equal(one, many[i]) {
			t.Errorf("%s: the reports of one core and of %d differ", s.name, runtime.NumCPU())
		}
	}
}
