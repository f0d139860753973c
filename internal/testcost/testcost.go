// Package testcost limits how much processor time all tests take together.
//
// A test that could look at every byte of a sample, or at hundreds of captures, looks at some of
// them by default, and at all if NEGOTRACE_EXHAUSTIVE is set, as it is before a change is merged.
package testcost

import (
	"os"
	"runtime/debug"
	"testing"
)

var exhaustive = os.Getenv("NEGOTRACE_EXHAUSTIVE") != ""

// Step returns the distance between two places that a test looks at: some, or 1 if it looks at all.
// If fields of equal length repeat, a prime number reaches each byte of them.
func Step(some int) int {
	if exhaustive {
		return 1
	}
	return some
}

// Count returns how many of all cases a test runs: some by default, otherwise all.
func Count(some, all int) int {
	if exhaustive {
		return all
	}
	return some
}

// Main is the TestMain of packages that analyse hundreds of small samples: it collects garbage
// less often, since each collection looks through all tables of the program.
func Main(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}
