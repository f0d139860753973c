package soak

import "testing"

// FuzzAnalyse takes bytes of any input format all the way to the report.
func FuzzAnalyse(f *testing.F) {
	for _, s := range samples(f) {
		if len(s.data) < 32<<10 {
			f.Add(s.data, s.keyLog)
		}
	}
	f.Fuzz(func(t *testing.T, data, keyLog []byte) {
		if len(data) > 1<<20 || len(keyLog) > 1<<16 {
			return
		}
		analyse(data, keyLog) // must not panic
	})
}
