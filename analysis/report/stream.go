package report

import (
	"io"

	"negotrace/analysis"
)

// A Stream writes what an analysis comes to, while it goes on or at its end.
type Stream struct {
	// Sink takes results as they become final. It is empty for a format that needs the
	// whole report.
	analysis.Sink
	// Unlisted reports whether the Sink writes all that there is, so that the report needs
	// no lists.
	Unlisted bool
	// End writes the report, or what the Sink had no part of. Its error is the first one of
	// all writing.
	End func(*analysis.Report) error
}

// Begin begins to write the report of an analysis that is about to start. The format must
// be one that can write a report.
func (f Format) Begin(w io.Writer, opts Options) *Stream {
	if f.Stream != nil {
		return f.Stream(w, opts)
	}
	return &Stream{End: func(r *analysis.Report) error { return f.Report(w, r, opts) }}
}

// Reports reports whether the format can write the report of an analysis.
func (f Format) Reports() bool { return f.Report != nil || f.Stream != nil }
