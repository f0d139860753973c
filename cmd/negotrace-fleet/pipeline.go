package main

import (
	"context"
	"crypto/rand"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	registry "github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	// The runners by their names, and the file systems by their schemes.
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/gcs"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/local"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/flink"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/spark"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/universal"
)

// register registers the functions of the pipeline with Beam, which finds them by their names on
// every machine.
func register() {
	registry.DoFn3x0[context.Context, []byte, func(string, []byte)](&listFn{})
	registry.DoFn3x0[string, []byte, func(string, []byte)](&partitionFn{})
	beam.RegisterDoFn(&analyseFn{}) // it is called once for a set; generated code for so many types takes minutes to compile
	registry.DoFn4x1[string, func(*[]byte) bool, emit, emit, error](&joinFn{})
	registry.DoFn4x1[string, func(*[]byte) bool, emit, func([]byte), error](&countFn{})
	registry.DoFn4x1[string, func(*[]byte) bool, emit, emit, error](&sumFn{})
	registry.DoFn3x1[string, func(*[]byte) bool, func([]byte), error](&groupFn{})
	registry.DoFn4x1[string, func(*[]byte) bool, emit, func([]byte), error](&mergeFn{})
	registry.DoFn2x0[[]byte, emit](&seedFn{})
	registry.DoFn3x1[context.Context, string, func(*[]byte) bool, error](&writeFn{})
	registry.DoFn2x0[[]byte, emit](&spreadFn{})
	registry.DoFn3x1[string, func(*[]byte) bool, emit, error](&combineFn{})
	registry.DoFn3x1[context.Context, string, func(*[]byte) bool, error](&overviewFn{})
	registry.Emitter1[[]byte]()
	registry.Emitter2[string, []byte]()
	registry.Iter1[[]byte]()
}

// An emit outputs a record with its key.
type emit = func(string, []byte)

// A job is what every machine must know about a run.
type job struct {
	Out    string
	Shards int
	Keylog string
	Keytab string
	Key    []byte // tokens.SumKey

	patterns [][]byte
}

// pipeline builds the graph: sets are analysed, records that belong together are grouped by their
// key, and each shard of a table is written by one worker.
func (c *command) pipeline() *beam.Pipeline {
	c.Key = make([]byte, 32)
	rand.Read(c.Key) // never fails
	p, s := beam.NewPipelineWithRoot()
	files := beam.ParDo(s.Scope("list"), &listFn{}, beam.Reshuffle(s, beam.CreateList(s, c.patterns)))
	var rows, requests, clients, findings, cases, overviews []beam.PCollection
	for n := range c.workers {
		part := files
		if c.workers > 1 {
			part = beam.ParDo(s.Scope("partition"), &partitionFn{Partition: n, Of: c.workers}, files)
		}
		out := beam.ParDoN(s.Scope("analyse"), &analyseFn{Job: c.job}, beam.GroupByKey(s, part))
		rows, requests, clients = append(rows, out[0]), append(requests, out[1]), append(clients, out[2])
		findings, cases, overviews = append(findings, out[3]), append(cases, out[4]), append(overviews, out[5])
	}
	all := func(parts []beam.PCollection) beam.PCollection { return beam.GroupByKey(s, beam.Flatten(s, parts...)) }

	proxyRows, proxyCases := beam.ParDo2(s.Scope("join requests"), &joinFn{Shards: c.Shards}, all(requests))
	kdcRows, kdcCases := beam.ParDo2(s.Scope("join clients"), &joinFn{Shards: c.Shards, KDC: true}, all(clients))
	entries, joined := beam.ParDo2(s.Scope("count"), &countFn{}, all(append(cases, proxyCases, kdcCases)))
	entryRows, groups := beam.ParDo2(s.Scope("inventory"), &sumFn{Shards: c.Shards}, beam.GroupByKey(s, entries))
	grouped := beam.ParDo(s.Scope("servers"), &groupFn{}, beam.GroupByKey(s, groups))
	findingRows, merged := beam.ParDo2(s.Scope("findings"), &mergeFn{Shards: c.Shards}, all(findings))

	rows = append(rows, proxyRows, kdcRows, entryRows, findingRows, beam.ParDo(s, &seedFn{Shards: c.Shards}, beam.Impulse(s)))
	beam.ParDo0(s.Scope("write"), &writeFn{Out: c.Out, Shards: c.Shards}, all(rows))
	parts := beam.ParDo(s.Scope("spread"), &spreadFn{}, beam.Flatten(s, append(overviews, joined, grouped, merged)...))
	combined := beam.ParDo(s.Scope("combine"), &combineFn{}, beam.GroupByKey(s, parts))
	beam.ParDo0(s.Scope("write overview"), &overviewFn{Out: c.Out}, beam.GroupByKey(s, combined))
	return p
}
