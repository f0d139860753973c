package report

import (
	"io"
	"slices"

	"negotrace/analysis"
)

// A Stream writes the results of an analysis, while it runs or at its end.
type Stream struct {
	// Sink takes results as they become final. It is empty for a format that needs the
	// whole report.
	analysis.Sink
	// WritesAll reports whether the Sink writes all results, so that the report needs no lists.
	WritesAll bool
	// End writes the report, or the part of it that the Sink does not write. It returns the first
	// error of all writing.
	End func(*analysis.Report) error
}

// Begin begins to write the report of an analysis that is about to start. The format must
// be one that can write a report.
func (f Format) Begin(w io.Writer, opts Options) *Stream {
	if f.stream != nil {
		return f.stream(w, opts)
	}
	return &Stream{End: func(r *analysis.Report) error { return f.Report(w, r, opts) }}
}

// whole makes a Writer of a stream, for a report that is complete: it passes on the exchanges with
// KDCs of the handshakes, each handshake with its findings, then findings about no listed
// handshake. Of exchanges that belong to no handshake a report has only the findings.
func whole(begin func(io.Writer, Options) *Stream) Writer[*analysis.Report] {
	return func(w io.Writer, r *analysis.Report, opts Options) error {
		s := begin(w, opts)
		listed := map[int]bool{0: false}
		for _, h := range r.Handshakes {
			listed[h.ID] = true
		}
		found := map[int][]*analysis.Finding{} // by handshake
		for _, f := range r.Findings {
			id := f.Handshake
			if !listed[id] {
				id = 0
			}
			found[id] = append(found[id], f)
		}
		write := func(all []*analysis.Finding) {
			for _, f := range all {
				if s.Finding != nil {
					s.Finding(f)
				}
			}
		}
		if s.KDC != nil {
			for _, k := range exchangesOf(r.Handshakes) {
				s.KDC(k)
			}
		}
		for _, h := range r.Handshakes {
			s.Handshake(h)
			write(found[h.ID])
		}
		write(found[0])
		rest := *r
		rest.Handshakes, rest.Findings = nil, nil
		return s.End(&rest)
	}
}

// exchangesOf returns the exchanges with KDCs of handshakes in the order of their requests, each
// once.
func exchangesOf(handshakes []*analysis.Handshake) (all []*analysis.KDCExchange) {
	seen := map[*analysis.KDCExchange]bool{}
	for _, h := range handshakes {
		for _, k := range h.KDC {
			if !seen[k] {
				seen[k] = true
				all = append(all, k)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *analysis.KDCExchange) int { return a.RequestPos.Compare(b.RequestPos) })
	return all
}
