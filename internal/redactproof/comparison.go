package redactproof

import (
	"errors"
	"fmt"
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

// ErrDiffers is the error for a report that is not that of the original.
var ErrDiffers = errors.New("the report of the redacted capture would differ")

// maxDifferences is how many differences an error has.
const maxDifferences = 3

// same compares two reports, the first one with names replaced. The order within the summary does
// not count: it sorts hosts by their names.
func (c comparison) same(x, y *analysis.Report) error {
	c.alignFindings(x, y)
	original, redacted := asJSON(x), asJSON(y)
	defer original.Close()
	defer redacted.Close()
	a, b := c.leavesOf(original), c.leavesOf(redacted)
	names := c.names
	var different []string
	var summary [2][]leaf
	for len(different) < maxDifferences {
		x, errX := a.nextOutside("summary/", &summary[0])
		y, errY := b.nextOutside("summary/", &summary[1])
		if err := errors.Join(errX, errY); err != nil {
			return err
		}
		if x == y && x.path == "" {
			different = append(different, differences(summary[0], summary[1], names)...)
			break
		}
		if !x.same(y, names) {
			different = append(different, fmt.Sprintf("%s: %q is %s: %q", x.path, x.value, y.path, y.value))
			if x.path != y.path {
				break
			}
		}
	}
	if len(different) == 0 {
		return nil
	}
	return fmt.Errorf("%w from that of the original, so it was not kept: %s", ErrDiffers, strings.Join(different, "; "))
}

// differences pairs equal values, in any order, and lists those without a partner.
func differences(a, b []leaf, names *pseudonym.Names) []string {
	gone, more := unmatched(a, b, names)
	different := append(gone, more...)
	return different[:min(len(different), maxDifferences)]
}

// unmatched lists the values of a and of b that have no partner.
func unmatched(a, b []leaf, names *pseudonym.Names) (gone, more []string) {
	for _, x := range a {
		i := slices.IndexFunc(b, func(y leaf) bool { return x.same(y, names) })
		if i < 0 {
			gone = append(gone, fmt.Sprintf("%s: %q is gone", x.path, x.value))
			continue
		}
		b = slices.Delete(b, i, i+1)
	}
	for _, y := range b {
		more = append(more, fmt.Sprintf("%s: %q is new", y.path, y.value))
	}
	return gone, more
}

// A leaf is a value of a report with its path.
type leaf struct{ path, value string }

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
