// Package diagnosis reads captures and makes the report, with all checks. All programs that
// read captures share it.
package diagnosis

import (
	"context"
	"io"
	"time"

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
	trace, c := o.begin()
	counters, err := capture.Read(ctx, sources, sinkOf(trace), c)
	return report(trace, counters), err
}

// Follow analyses a capture while it grows, see capture.Follow.
func Follow(ctx context.Context, path string, stdin io.Reader, o Options, after func(time.Duration) <-chan time.Time) (*analysis.Report, error) {
	o.Correlate.Live = true
	trace, c := o.begin()
	sink := sinkOf(trace)
	sink.CaptureTime, sink.CaughtUp = trace.CaptureTime, trace.CaughtUp
	counters, err := capture.Follow(ctx, path, stdin, sink, c, after)
	return report(trace, counters), err
}

// begin begins an analysis, and returns how captures are read for it.
func (o Options) begin() (*correlate.Trace, capture.Options) {
	decoder := o.Capture.Decoder
	decoder.Fields = o.Correlate.Decoder.Fields
	o.Capture.Decoder, o.Correlate.Decoder, o.Correlate.Checks = decoder, decoder, checks.All()
	if o.Correlate.Filter != nil {
		o.Capture.Begin = o.Correlate.Filter.Begin
	}
	return correlate.NewTrace(o.Correlate), o.Capture
}

// sinkOf returns where captures go to.
func sinkOf(trace *correlate.Trace) capture.Sink {
	return capture.Sink{
		Exchange: trace.Exchange,
		Rest:     true,
		Conn:     trace.Conn,
		Kerberos: trace.Kerberos,
		DNS:      trace.DNS,
		Files:    trace.Files,

		Logs:          trace.Logs,
		LoggedRequest: trace.LoggedRequest,
		LoggedError:   trace.LoggedError,
		FailedRequest: trace.FailedRequest,
		Event:         trace.Event,
		HostText:      trace.HostText,
	}
}

// report ends an analysis. There are no counters where nothing could be read.
func report(trace *correlate.Trace, counters *httpstream.Counters) *analysis.Report {
	if counters == nil {
		counters = &httpstream.Counters{}
	}
	return trace.Report(counters)
}
