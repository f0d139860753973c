// Package testcost holds down what the tests of all packages cost together.
//
// Tests that go over every byte of a sample, or over hundreds of captures, go over some of
// them. They go over all if NEGOTRACE_EXHAUSTIVE is set, as it is before a change is merged.
package testcost

import (
	"os"
	"runtime/debug"
	"testing"
)

var exhaustive = os.Getenv("NEGOTRACE_EXHAUSTIVE") != ""

// Step returns the distance of two places that a test looks at: some, or 1 where it looks at
// all. A prime meets each place of fields that repeat.
func Step(some int) int {
	if exhaustive {
		return 1
	}
	return some
}

// Count returns how much a test does of what could be done: some, or all.
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
