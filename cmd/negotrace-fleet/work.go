package main

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"

	"negotrace/httpstream"
	"negotrace/internal/fleet"
	"negotrace/tokens"
)

// records returns the records of a group.
func records(next func(*[]byte) bool) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var b []byte
		for next(&b) {
			if !yield(b) {
				return
			}
		}
	}
}

// A listFn finds the files of a pattern. A pattern that names none becomes a file that cannot be
// read.
type listFn struct{}

func (*listFn) ProcessElement(ctx context.Context, pattern []byte, file emit) {
	var p fleet.Pattern
	names, err := []string(nil), json.Unmarshal(pattern, &p)
	if err == nil {
		names, err = list(ctx, p.Glob)
	}
	if err == nil && len(names) == 0 {
		err = fleet.ErrNoFile
	}
	if err != nil {
		set, f := p.Failed(err)
		file(set, f.Encode())
		return
	}
	for _, name := range names {
		set, f := p.Assign(name)
		file(set, f.Encode())
	}
}

// A partitionFn passes on the sets of one partition.
type partitionFn struct{ Partition, Of int }

func (f *partitionFn) ProcessElement(set string, file []byte, out emit) {
	if fleet.Partition(set, f.Of) == f.Partition {
		out(set, file)
	}
}

// An analyseFn analyses sets.
type analyseFn struct {
	Job job

	keylogs [][]byte
	keytab  *tokens.Keytab
}

// Setup reads the keys.
func (f *analyseFn) Setup(ctx context.Context) (err error) {
	if f.keylogs, err = readKeylogs(ctx, f.Job.Keylog); err != nil {
		return err
	}
	f.keytab, err = readKeytab(ctx, f.Job.Keytab)
	return err
}

func (f *analyseFn) ProcessElement(ctx context.Context, name string, files func(*[]byte) bool, row, request, client, finding, one emit, overview func([]byte)) error {
	var all []fleet.File
	for b := range records(files) {
		file, err := fleet.DecodeFile(b)
		if err != nil {
			return err
		}
		all = append(all, *file)
	}
	secrets := &httpstream.Secrets{} // which change while a set is read
	for _, text := range f.keylogs {
		secrets.Add(text)
	}
	a := &fleet.Analyser{Source: source, Secrets: secrets, Keytab: f.keytab, SumKey: (*tokens.SumKey)(f.Job.Key), Shards: f.Job.Shards}
	a.Analyse(ctx, fleet.NewSet(name, all), fleet.Out{Row: row, Request: request, Client: client, Finding: finding, Case: one, Overview: overview})
	return nil
}

// A joinFn joins requests by their tokens, or what belongs to one client.
type joinFn struct {
	Shards int
	KDC    bool
}

func (f *joinFn) ProcessElement(_ string, all func(*[]byte) bool, row, one emit) error {
	join := fleet.JoinRequests
	if f.KDC {
		join = fleet.JoinKDC
	}
	return join(records(all), f.Shards, fleet.JoinOut{Row: row, Case: one})
}

// A countFn counts handshakes.
type countFn struct{}

func (*countFn) ProcessElement(_ string, all func(*[]byte) bool, entry emit, overview func([]byte)) error {
	return fleet.CountCase(records(all), entry, overview)
}

// A sumFn adds up the entries of the inventory.
type sumFn struct{ Shards int }

func (f *sumFn) ProcessElement(key string, all func(*[]byte) bool, row, group emit) error {
	return fleet.SumEntries(key, records(all), f.Shards, row, group)
}

// A groupFn combines the clients of a server.
type groupFn struct{}

func (*groupFn) ProcessElement(_ string, all func(*[]byte) bool, overview func([]byte)) error {
	return fleet.GroupEntries(records(all), overview)
}

// A mergeFn merges the findings of one key.
type mergeFn struct{ Shards int }

func (f *mergeFn) ProcessElement(key string, all func(*[]byte) bool, row emit, overview func([]byte)) error {
	return fleet.MergeFindings(key, records(all), f.Shards, row, overview)
}

// A seedFn names the shards, so that each is written even without rows.
type seedFn struct{ Shards int }

func (f *seedFn) ProcessElement(_ []byte, row emit) {
	for _, key := range fleet.Shards(f.Shards) {
		row(key, fleet.EmptyRow())
	}
}

// spread is the number of keys for the parts of the overview, so that one worker need not merge
// all of them.
const spread = 64

// A spreadFn spreads the parts of the overview.
type spreadFn struct{}

func (*spreadFn) ProcessElement(part []byte, out emit) {
	out(strconv.Itoa(fleet.Partition(string(part), spread)), part)
}

// A combineFn merges parts of the overview.
type combineFn struct{}

func (*combineFn) ProcessElement(_ string, parts func(*[]byte) bool, out emit) error {
	o, err := combined(parts)
	if err == nil {
		out("", o.Encode())
	}
	return err
}

func combined(parts func(*[]byte) bool) (*fleet.Overview, error) {
	o := &fleet.Overview{}
	for b := range records(parts) {
		if err := o.Add(b); err != nil {
			return nil, err
		}
	}
	return o, nil
}
