package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Manifest says how often each kind of thing was replaced in a redacted capture. It has no
// original names.
type Manifest struct {
	Out      string         `json:"out"`      // the name of OUT, without its directory
	Captures int            `json:"captures"` // how many were written, of one event, with the same pseudonyms in all
	Parts    []ManifestPart `json:"parts"`    // what was done, each with its counts
	Proven   string         `json:"proven"`   // what is proven of the result, and what is not
}

// A ManifestPart counts what one thing was done to.
type ManifestPart struct {
	Title  string          `json:"title"`  // what was done
	Counts []ManifestCount `json:"counts"` // none of them is 0
}

// A ManifestCount is how much of something there was.
type ManifestCount struct {
	Count int    `json:"count"`
	Of    string `json:"of"`
}

// Add counts n of something, if there are any.
func (p *ManifestPart) Add(n int, of string) {
	if n > 0 {
		p.Counts = append(p.Counts, ManifestCount{n, of})
	}
}

// AddEach counts what has names of its own, in their order.
func (p *ManifestPart) AddEach(counts map[string]int) {
	for _, of := range slices.Sorted(maps.Keys(counts)) {
		p.Add(counts[of], of)
	}
}

// String returns the manifest as text.
func (m *Manifest) String() string {
	var b strings.Builder
	is := "is a redacted capture"
	if m.Captures > 1 {
		is = fmt.Sprintf("holds %d redacted captures of one event, with the same pseudonyms in all", m.Captures)
	}
	fmt.Fprintf(&b, "%s %s, made by negotrace.\n", m.Out, is)
	for _, p := range m.Parts {
		fmt.Fprintf(&b, "\n%s:\n", p.Title)
		for _, c := range p.Counts {
			fmt.Fprintf(&b, "%12d  %s\n", c.Count, c.Of)
		}
	}
	fmt.Fprintf(&b, "\n%s", m.Proven)
	return b.String()
}
