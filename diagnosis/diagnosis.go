// Package diagnosis goes the whole way from opened captures to the report, with all
// checks: what every program that reads captures has in common.
package diagnosis

import (
	"context"

	"negotrace/analysis"
	"negotrace/analysis/checks"
	"negotrace/analysis/correlate"
	"negotrace/capture"
	"negotrace/httpstream"
)

// Options are how captures are read, and what is done with the results. The Decoder of
// Correlate is that of Capture, but for Fields; its Checks are all.
type Options struct {
	Capture   capture.Options
	Correlate correlate.Options
}

// Read analyses the sources as one timeline. The error is of sources that could not be read
// at all, see capture.Read; the report, which is never nil, is of the others.
func Read(ctx context.Context, sources []capture.Source, o Options) (*analysis.Report, error) {
	decoder := o.Capture.Decoder
	decoder.Fields = o.Correlate.Decoder.Fields
	o.Capture.Decoder, o.Correlate.Decoder, o.Correlate.Checks = decoder, decoder, checks.All()
	if o.Correlate.Filter != nil {
		o.Capture.Begin = o.Correlate.Filter.Begin
	}
	trace := correlate.NewTrace(o.Correlate)
	counters, err := capture.Read(ctx, sources, capture.Sink{
		Exchange: trace.Exchange,
		Conn:     trace.Conn,
		Kerberos: trace.Kerberos,
		DNS:      trace.DNS,
		Files:    trace.Files,

		Logs:          trace.Logs,
		LoggedRequest: trace.LoggedRequest,
	}, o.Capture)
	if counters == nil {
		counters = &httpstream.Counters{}
	}
	return trace.Report(counters), err
}
