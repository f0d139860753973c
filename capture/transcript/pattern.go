package transcript

import (
	"regexp"
	"sync"
)

// pattern is a regular expression, compiled when it is first asked for: most files are no
// transcripts.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
