// Package lazyregexp compiles regular expressions at their first use: most runs of the program
// need few of them.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles expr when it is first called, and always returns the same
// regular expression. That call panics if expr is malformed.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
