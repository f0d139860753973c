package redactproof

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"negotrace/analysis"
	"negotrace/capture"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
	"negotrace/internal/lazyregexp"
)

// Added packets are between the others, so frames and streams have other numbers than in the
// original. Everything else in a report must equal the report of the original, opened with the
// keys.

// compareOpened compares the report of the opened originals with that of the written files. It
// removes from written what only says that packets were added. It returns the findings that differ
// because packets are missing.
func (p *Proof) compareOpened(ctx context.Context, written *analysis.Report) (differing []string, err error) {
	opened, err := diagnosis.Read(ctx, p.Originals, diagnosis.Options{Capture: capture.Options{Secrets: p.Secrets}})
	if err != nil {
		return nil, err
	}
	dropLimitations(written, "opened-by-redact")
	dropLimitations(opened, "tls-ended-by-alert")
	for _, r := range []*analysis.Report{opened, written} { // it says what the counters say
		dropLimitations(r, "tls-not-decrypted")
	}
	dropRecording(opened)
	dropUnwritten(opened.Summary.Counters)
	found, err := comparison{names: p.Names, renumbered: true}.same(opened, written)
	switch {
	case err != nil || len(found) == 0:
		return nil, err
	case !isDamaged(opened):
		return nil, p.differs(found, opened)
	}
	gone, more := unmatched(wholeHandshakes(opened), wholeHandshakes(written), p.Names)
	if len(gone) > 0 {
		return nil, p.differs(unpaired(gone, nil), opened)
	}
	gone, others := unmatched(findingsOf(opened), findingsOf(written), p.Names)
	return unpaired(gone, append(more, others...)), nil
}

// unpaired lists handshakes and findings that are in one of two reports alone.
func unpaired(gone, more []leaf) (all []string) {
	for _, x := range gone {
		all = append(all, fmt.Sprintf("%s: %q is gone", x.path, x.value))
	}
	for _, y := range more {
		all = append(all, fmt.Sprintf("%s: %q is new", y.path, y.value))
	}
	return all
}

// isDamaged reports whether something is missing in the input. With TLS more is lost than the
// missing bytes: whole records, and everything after them if a key depends on them. The added
// packets of such a connection have other gaps, so reports may differ.
func isDamaged(r *analysis.Report) bool {
	c := r.Summary.Counters
	return c.Gaps+c.Cut > 0 || c.LostBytes > 0 || slices.ContainsFunc(c.TLSObstacles, func(o httpstream.TLSObstacle) bool { return o.Opened })
}

// wholeHandshakes returns the values of handshakes of which nothing is missing.
func wholeHandshakes(r *analysis.Report) (all []leaf) {
	for _, h := range r.Handshakes {
		if h.Complete {
			said := []string{string(h.Target), h.URL, h.Scheme, string(h.Mechanism), string(h.Outcome), h.Host, h.User, h.SPN, strings.Join(h.Offered, " ")}
			all = append(all, leaf{path: "handshake", value: strings.Join(said, ", ")})
		}
	}
	return all
}

// findingsOf returns how often a report has each finding.
func findingsOf(r *analysis.Report) (all []leaf) {
	for _, f := range r.Findings {
		all = append(all, leaf{path: "finding", value: fmt.Sprintf("%s, %s, %d times", f.Check, f.Variant, f.Count)})
	}
	return all
}

// movedMembers are members of a report with numbers of frames and streams, or that say who opened
// TLS.
var movedMembers = []string{"frame", "frames", "last_frame", "stream", "first_places", "opened_by_redact", "summary/bytes"}

// numbers matches the numbers of frames and streams in a sentence.
var numbers = lazyregexp.New(`\b(frame|stream)(s?) [0-9]+((, | and | to | or |-)[0-9]+)*`)

// withoutNumbers returns a sentence without these numbers.
func withoutNumbers(text string) string {
	if !strings.Contains(text, "frame") && !strings.Contains(text, "stream") {
		return text
	}
	return numbers().ReplaceAllString(text, "$1$2 ")
}

// dropUnwritten drops what is not written of an opened connection: content that is not read, and
// an alert that comes after the content was written. That the keys are not those of a connection nobody says who has none.
func dropUnwritten(c *httpstream.Counters) {
	c.TLSObstacles = slices.DeleteFunc(c.TLSObstacles, func(o httpstream.TLSObstacle) bool { return o.IsOfKeys() })
	c.TLSFailed = slices.DeleteFunc(c.TLSFailed, func(o httpstream.TLSObstacle) bool { return o.Opened })
	maps.DeleteFunc(c.UnreadTCP, func(what string, _ int) bool { return strings.HasSuffix(what, httpstream.InsideTLS) })
}

// dropRecording drops what a file says about how it was recorded, and its events that hold no packets: pcap
// and pcapng have no place for it.
func dropRecording(r *analysis.Report) {
	c := r.Summary.Counters
	said := map[string]bool{}
	c.Notes = slices.DeleteFunc(slices.Clone(c.Notes), func(l httpstream.Limitation) bool {
		said[l.String()] = said[l.String()] || l.Recording
		return l.Recording
	})
	c.UnreadEvents = nil
	dropFindings(r, func(f *analysis.Finding) bool { return said[f.Message] })
}

// dropLimitations drops the findings with a variant about what a capture cannot show.
func dropLimitations(r *analysis.Report, variant string) {
	dropFindings(r, func(f *analysis.Finding) bool { return f.Variant == variant })
}

// dropFindings drops findings about what a capture cannot show.
func dropFindings(r *analysis.Report, these func(*analysis.Finding) bool) {
	const check = "capture-or-har-limitations"
	r.Findings = slices.DeleteFunc(r.Findings, func(f *analysis.Finding) bool {
		is := f.Check == check && these(f)
		if is {
			if r.Summary.Severities[f.Severity] -= max(f.Count, 1); r.Summary.Severities[f.Severity] <= 0 {
				delete(r.Summary.Severities, f.Severity)
			}
		}
		return is
	})
	renumber(r.Findings)
	if !slices.ContainsFunc(r.Findings, func(f *analysis.Finding) bool { return f.Check == check }) {
		r.Checks = slices.DeleteFunc(r.Checks, func(c *analysis.Check) bool { return c.Name == check })
	}
}
