package capture

import (
	"context"

	"negotrace/httpstream"
)

// A run is one call of Read: where its results go, and what it counts.
type run struct {
	sink  Sink
	opts  Options
	tally *httpstream.Tally
	ctx   context.Context
}

func newRun(ctx context.Context, sink Sink, opts Options) *run {
	return &run{sink: sink, opts: opts, ctx: ctx, tally: &httpstream.Tally{
		Undecoded: map[string]int{},
		TLSClosed: map[string]int{},
		Responses: map[int]int{},
		Dropped:   map[string]int{},
	}}
}

func (r *run) read(sources []Source) error { return nil }
