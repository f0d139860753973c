package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"negotrace/analysis"
	"negotrace/analysis/report"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/search"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
)

// A proof checks that the reports of the written files equal those of the originals.
type proof struct {
	originals, written []capture.Source // under the same names
	names              *pseudonym.Names
	secrets            *httpstream.Secrets
	opened             bool // packets were made of what is in TLS or HTTP/2
	// found are findings that differ because packets are missing, see sameStory.
	found []string
	// original gets the report of the unopened originals, which may be made meanwhile; nil if it
	// was not asked for.
	original chan reportOrError
}

// A reportOrError is a report, or the reason why there is none.
type reportOrError struct {
	report *analysis.Report
	err    error
}

// reportMeanwhile analyses sources in another goroutine.
func reportMeanwhile(ctx context.Context, sources []capture.Source) chan reportOrError {
	out := make(chan reportOrError, 1)
	go func() {
		r, err := reportOn(ctx, sources)
		out <- reportOrError{r, err}
	}()
	return out
}

// prove reads the written files again. Their report must be that of the originals with names
// replaced. If packets were added, it must be that of the originals with these packets, and that
// of the opened originals, see compareOpened. No replaced name may be in the written files; these
// are searched meanwhile.
func (p *proof) prove(ctx context.Context) error {
	var original, redacted *analysis.Report
	var err, errRedacted, errNames error
	reports, names := sync.WaitGroup{}, sync.WaitGroup{}
	reports.Go(func() { redacted, errRedacted = reportOn(ctx, p.written) })
	reports.Go(func() { original, err = p.reportOnOriginals(ctx) })
	replaced := search.New(p.names.Replaced(), p.names.Values()) // before a comparison uses names
	names.Go(func() {
		for _, s := range p.written {
			errNames = errors.Join(errNames, checkNoNames(s, replaced))
		}
	})
	reports.Wait()
	if err = errors.Join(err, errRedacted); err == nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if err == nil {
		err = p.compare(ctx, original, redacted)
	}
	names.Wait()
	return cmp.Or(err, errNames)
}

// compare compares the report of the written files with that of the originals, and with that of
// the opened originals.
func (p *proof) compare(ctx context.Context, original, redacted *analysis.Report) error {
	if err := (comparison{names: p.names}).same(original, redacted); err != nil || !p.opened {
		return err
	}
	return p.compareOpened(ctx, redacted)
}

// reportOnOriginals returns the report of the originals with the added packets.
func (p *proof) reportOnOriginals(ctx context.Context) (*analysis.Report, error) {
	switch {
	case p.opened:
		return reportOn(ctx, capture.WithPlainCopies(ctx, p.originals, p.secrets))
	case p.original != nil:
		r := <-p.original
		p.original <- r // for another attempt
		return r.report, r.err
	}
	return reportOn(ctx, p.originals)
}

// reportOn analyses sources without keys.
func reportOn(ctx context.Context, sources []capture.Source) (*analysis.Report, error) {
	return diagnosis.Read(ctx, sources, diagnosis.Options{Capture: capture.Options{IgnoreCaptureSecrets: true}})
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

// A comparison says how to compare reports.
type comparison struct {
	names      *pseudonym.Names
	renumbered bool // frames and streams have other numbers
}

// notCompared are the members of a report that name a file, or that depend on addresses or nonces.
var notCompared = []string{"inputs", "tool", "exit", "damage", "community_id", "community_ids", "nonce", "filter",
	"packets", "record of something else than a packet"} // formats count them otherwise

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
	return fmt.Errorf("the report of the redacted capture would differ from that of the original, so it was not kept: %s", strings.Join(different, "; "))
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

// errNameInNoise is the error for a replaced name that is in the noise by chance.
var errNameInNoise = errors.New("a name is in the redacted capture")
