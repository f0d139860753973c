// Package redactproof checks redacted captures before somebody keeps them. A redacted capture must
// lead to the report of the original, with each name replaced by its pseudonym, and nothing that
// was replaced may be in it.
package redactproof

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"sync"

	"negotrace/analysis"
	"negotrace/capture"
	"negotrace/capture/redact/pseudonym"
	"negotrace/capture/redact/search"
	"negotrace/httpstream"
	"negotrace/internal/diagnosis"
)

// A Proof is what is known about redacted captures.
type Proof struct {
	// Originals and Written are the captures before and after, under the same names if there are several:
	// reports have these names then.
	Originals, Written []capture.Source

	Names   *pseudonym.Names // what was replaced by what
	Secrets *httpstream.Secrets
	// Redaction is how they were redacted.
	Redaction *capture.Redaction

	// Original is the report of the originals without secrets, if it was asked for before. It is
	// made here otherwise.
	Original *Report
}

// A Report is being made in a goroutine of its own.
type Report struct {
	made   chan struct{} // closed when report and err are set
	report *analysis.Report
	err    error
}

// Start begins to analyse sources without keys.
func Start(ctx context.Context, sources []capture.Source) *Report {
	r := &Report{made: make(chan struct{})}
	go func() {
		defer close(r.made)
		r.report, r.err = reportOn(ctx, sources)
	}()
	return r
}

// Check reads the written captures again. Their report must be that of the originals with names
// replaced. If packets were added, it must be that of the originals with these packets, and that
// of the originals opened with the secrets. Then differences are allowed where packets are
// missing, and Check returns the findings that differ. No replaced name, address or value may be in
// the written captures, which are searched meanwhile: ErrNameInNoise is among the errors if a name or
// an address is in one of them, perhaps by chance.
func (p *Proof) Check(ctx context.Context) (differing []string, err error) {
	var original, redacted *analysis.Report
	var errOriginal, errRedacted, errFound error
	reports, searches := sync.WaitGroup{}, sync.WaitGroup{}
	reports.Go(func() { original, errOriginal = p.reportOnOriginals(ctx) })
	replaced := search.New(p.Names.Replaced()) // before a comparison uses names
	headers := headerSearch{headers: replaced.Headers()}
	reports.Go(func() { redacted, errRedacted = reportOnHeaders(ctx, p.Written, &headers) })
	searches.Go(func() {
		for _, s := range p.Written {
			found, err := leftIn(s, replaced)
			if found != nil && len(p.Written) > 1 {
				found.place += " of " + filepath.Base(s.Name)
			}
			errFound = errors.Join(errFound, cmp.Or(err, p.left(found)))
		}
	})
	reports.Wait()
	switch err = cmp.Or(ctx.Err(), errOriginal); {
	case err != nil:
	case errRedacted != nil:
		err = p.differs([]string{"OUT cannot be read: " + errRedacted.Error()}, original)
	default:
		differing, err = p.compare(ctx, original, redacted)
	}
	searches.Wait()
	return differing, cmp.Or(err, errFound, p.left(headers.left))
}

// isOpened reports whether packets were made of what is in TLS or HTTP/2.
func (p *Proof) isOpened() bool { return p.Redaction.Plain.Connections > 0 }

// compare compares the report of the written files with that of the originals, and with that of
// the opened originals.
func (p *Proof) compare(ctx context.Context, original, redacted *analysis.Report) (differing []string, err error) {
	for _, r := range []*analysis.Report{original, redacted} {
		dropRecording(r)
	}
	found, err := comparison{names: p.Names}.same(original, redacted)
	switch {
	case err != nil:
		return nil, err
	case len(found) > 0:
		return nil, p.differs(found, original)
	case !p.isOpened():
		return nil, nil
	}
	return p.compareOpened(ctx, redacted)
}

// reportOnOriginals returns the report of the originals with the added packets.
func (p *Proof) reportOnOriginals(ctx context.Context) (*analysis.Report, error) {
	switch {
	case p.isOpened():
		return reportOn(ctx, capture.WithPlainCopies(ctx, p.Originals, p.Secrets, p.Redaction))
	case p.Original != nil:
		<-p.Original.made
		return p.Original.report, p.Original.err
	}
	return reportOn(ctx, p.Originals)
}

// reportOn analyses sources without keys.
func reportOn(ctx context.Context, sources []capture.Source) (*analysis.Report, error) {
	return diagnosis.Read(ctx, sources, diagnosis.Options{Capture: capture.Options{IgnoreCaptureSecrets: true}})
}

// reportOnHeaders does that, and looks for addresses in the headers of all packets.
func reportOnHeaders(ctx context.Context, sources []capture.Source, headers *headerSearch) (*analysis.Report, error) {
	return diagnosis.Read(ctx, sources, diagnosis.Options{Capture: capture.Options{IgnoreCaptureSecrets: true, HeaderAddress: headers.address}})
}
