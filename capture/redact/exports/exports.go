// Package exports rewrites browser exports and the archives of debugging proxies so that they
// can be shown to others: HAR, NetLog and SAZ. What readers of them need to say who
// authenticated how and what went wrong stays: entries, events, statuses, times, sizes, header
// names, challenges. Names, addresses, secrets and contents are replaced as in packets.
//
// A member of a file is in the result only if there is a rule for it. All others are left out,
// and counted.
package exports

import (
	"strings"

	"negotrace/capture/redact/text"
)

// A Redactor rewrites exports, with texts that may be those of packets.
type Redactor struct {
	*text.Texts

	Counts Counts // of exports alone

	published map[string]bool // what was published
}

// publish notes that a text is kept, so that its words may be in the result.
func (r *Redactor) publish(text string) {
	if r.published[text] || len(r.published) >= maxPublished {
		return
	}
	if r.published == nil {
		r.published = map[string]bool{}
	}
	r.published[strings.Clone(text)] = true
	r.Names.Publish(text + " " + splitCamelCase(text))
}

// splitCamelCase returns a text with spaces in front of its capital letters: resourceType is two words.
func splitCamelCase(text string) string {
	var b strings.Builder
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// maxPublished is how many texts are remembered of those that stay.
const maxPublished = 1 << 14

// Counts say what was replaced and what is missing.
type Counts struct {
	Entries, Events, Sessions int
	Texts                     int // strings that were replaced
	// LeftOut are the members of files for which there is no rule, by where they stood.
	LeftOut map[string]int
}

// leaveOut counts a member that is not in the result.
func (r *Redactor) leaveOut(what string) {
	if r.Counts.LeftOut == nil {
		r.Counts.LeftOut = map[string]int{}
	}
	if _, known := r.Counts.LeftOut[what]; !known && len(r.Counts.LeftOut) >= maxKinds {
		what = "others"
	}
	r.Counts.LeftOut[what]++
}

// maxKinds is how many kinds of members that were left out are counted by name.
const maxKinds = 64
