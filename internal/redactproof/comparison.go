package redactproof

import (
	"errors"
	"io"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/capture/redact/pseudonym"
)

// A comparison says how to compare reports.
type comparison struct {
	names      *pseudonym.Names
	renumbered bool // frames and streams have other numbers
}

// notCompared are the members of a report that name a file, or that depend on addresses, nonces or
// random identifiers.
var notCompared = []string{"inputs", "tool", "exit", "damage", "community_id", "community_ids", "nonce", "conversation", "filter",
	"packets", "record of something else than a packet"} // formats count them otherwise

// ErrDiffers is the kind of a refusal since the report is not that of the original.
var ErrDiffers = errors.New("the report of the redacted capture would differ")

// maxDifferences is how many differences a refusal has.
const maxDifferences = 3

// same compares two reports, the first one with names replaced, and returns a sentence for each of the
// first differences. The order within the summary does not count: it sorts hosts by their names.
func (c comparison) same(x, y *analysis.Report) (different []string, err error) {
	c.alignFindings(x, y)
	original, redacted := asJSON(x), asJSON(y)
	defer original.Close()
	defer redacted.Close()
	a, b := c.leavesOf(original), c.leavesOf(redacted)
	var summary [2][]leaf
	isDerived := false
	for len(different) < maxDifferences {
		l, errX := a.nextOutside("summary/", &summary[0])
		m, errY := b.nextOutside("summary/", &summary[1])
		if err := errors.Join(errX, errY); err != nil {
			return nil, err
		}
		if l == m && l.path == "" {
			break
		}
		if l.same(m, c.names) {
			continue
		}
		if different = append(different, sentence(x, l, m)); l.path == "verdict" {
			isDerived = true
		}
		if l.path != m.path {
			break
		}
	}
	if len(different) < maxDifferences {
		different = append(different, c.differences(x, summary[0], summary[1])...)
	}
	if isDerived && len(different) > 1 { // of all else
		different = different[1:]
	}
	return different[:min(len(different), maxDifferences)], nil
}

// differences pairs equal values of a summary, in any order, and has a sentence for each without a partner.
func (c comparison) differences(original *analysis.Report, a, b []leaf) (all []string) {
	gone, more := unmatched(a, b, c.names)
	for _, x := range gone {
		i := slices.IndexFunc(more, func(y leaf) bool { return y.path == x.path })
		if i < 0 {
			all = append(all, sentence(original, x, leaf{}))
			continue
		}
		all = append(all, sentence(original, x, more[i]))
		more = slices.Delete(more, i, i+1)
	}
	for _, y := range more {
		all = append(all, sentence(original, leaf{}, y))
	}
	return all
}

// unmatched returns the values of a and of b that have no partner.
func unmatched(a, b []leaf, names *pseudonym.Names) (gone, more []leaf) {
	for _, x := range a {
		i := slices.IndexFunc(b, func(y leaf) bool { return x.same(y, names) })
		if i < 0 {
			gone = append(gone, x)
			continue
		}
		b = slices.Delete(b, i, i+1)
	}
	return gone, b
}

// A leaf is a value of a report with its path, and the number of the element of a list of the report that it
// is in, 0 for none.
type leaf struct {
	path, value string
	element     int
}

// same reports whether a value of the redacted report corresponds to that of the original: it has
// the same length, and each word is the same, its pseudonym, or noise.
func (x leaf) same(y leaf, names *pseudonym.Names) bool {
	return (x.path == y.path || names.MayReplace(x.path, y.path)) && (x.value == y.value || names.MayReplace(x.value, y.value) || isToken(x.value) && isToken(y.value) && len(x.value) == len(y.value))
}

// isToken reports whether a value is a token in base64. If it can be read, the report also has its
// fields.
func isToken(value string) bool {
	return len(value) >= 40 && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == ""
}

// asJSON returns a report as JSON.
func asJSON(r *analysis.Report) io.ReadCloser {
	i := slices.IndexFunc(report.Formats(), func(f report.Format) bool { return f.Name == "json" })
	in, out := io.Pipe()
	go func() {
		out.CloseWithError(report.Formats()[i].Report(out, r, report.Options{}))
	}()
	return in
}
