// Package text rewrites what is text in HTTP: header lines, pages, also packed ones, and status lines. Words stay that
// everybody uses or that say what went wrong, names become pseudonyms, and all else letters.
package text

import (
	"hash/maphash"

	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/standin"
	"negotrace/tokens/mask"
)

// Texts are how texts of one capture are rewritten.
type Texts struct {
	*standin.Values

	cache     cache
	lines     numberedLines
	published map[string]bool
	seed      maphash.Seed // of the sums in lines
}

// New returns Texts that use names, and Values that are made of them.
func New(names *pseudonym.Names) *Texts {
	t := &Texts{Values: standin.New(names), seed: maphash.MakeSeed(), published: map[string]bool{}}
	t.Mask.Words = t.Text
	t.cache = cache{map[string]cachedLine{}, map[string]string{}}
	t.lines = numberedLines{map[uint64]int{}, map[uint64]int{}}
	names.Publish(protocolWords)
	for _, name := range mask.ParamNames() {
		names.Publish(name)
	}
	for name := range rules {
		names.Publish(name)
	}
	return t
}

const (
	// MaxPage is how much of a page is looked at for words that say what went wrong.
	MaxPage = 4 << 10
	// maxCachedLines and maxCachedPages are how many replacements of lines, texts and pages are
	// cached, and maxCachedLine is the longest line among them: some 2 MB.
	maxCachedLines = 4096
	maxCachedLine  = 256
	maxCachedPages = 256
	// maxNumberedLines is how many lines of texts are distinguished: some 80 bytes each.
	maxNumberedLines = 1 << 14
)
