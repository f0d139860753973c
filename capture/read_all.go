package capture

import (
	"errors"
	"slices"

	"negotrace/capture/block"
	"negotrace/capture/export"
	"negotrace/httpstream"
)

// read reads all sources as one timeline.
func (r *run) read(sources []Source) error {
	if len(sources) == 0 {
		return errors.New("nothing to read")
	}
	sources, notExpanded := r.expand(sources)
	r.total = totalSize(sources)
	for i := range sources {
		r.record(&sources[i])
	}
	wait := r.hashes(sources)
	defer func() {
		wait()
		r.counters.Inputs = inputs(sources)
	}()
	switch len(sources) {
	case 0:
		return notExpanded
	case 1:
		return errors.Join(notExpanded, r.readOne(&sources[0]))
	}
	label(sources)
	t, err := r.survey(sources)
	return errors.Join(notExpanded, err, r.readTimeline(t))
}

func (r *run) readOne(s *Source) error {
	in, err := r.open(s, block.Sequential)
	if err != nil {
		return err
	}
	defer in.close()
	file := s.file(in.format.unit)
	s.record.File = file
	if in.format.records != nil {
		if r.sink.Logs != nil {
			r.sink.Logs(httpstream.Time{})
		}
		return r.readLog(in, file, true)
	}
	if in.format.transactions != nil {
		return r.readExport(in, in.format, &export.Out{
			Sink:     httpstream.Sink{Exchange: r.exchange, Conn: r.sink.Conn},
			Counters: r.counters,
			File:     file,
			Damage: func(format string, args ...any) { // which names the entry itself
				r.damageAt(httpstream.Pos{Stream: -1, File: file}, format, args...)
			},
		})
	}
	f, err := r.openPackets(in, httpstream.File{}, false)
	if err != nil {
		return err
	}
	r.decodeAndDispatch(func(p *producer) {
		p.attach(f)
		f.readTo(p.packet)
	})
	return f.err()
}

// exchange passes on an exchange of a browser export, and reports whether the sink keeps it.
func (r *run) exchange(x *httpstream.Exchange) (kept bool) {
	if r.begin != nil {
		r.begin(x.Pos().Time)
		r.begin = nil
	}
	return r.sink.Exchange != nil && r.sink.Exchange(x)
}

// survey looks at the beginning of each source and orders the packet files by their first packets.
func (r *run) survey(sources []Source) (*timeline, error) {
	t := &timeline{run: r, plan: block.Sequential}
	if len(sources) > 4 {
		t.plan = block.ManyFiles
	}
	var errs []error
	var files []httpstream.File
	for i := range sources {
		file, err := t.probe(&sources[i])
		switch {
		case err == nil:
			files = append(files, file)
			sources[i].record.File = file
		case sources[i].FoundInDirectory:
			r.damageAt(httpstream.Pos{Stream: -1, File: sources[i].file(httpstream.Entries)}, "passed over: %v", err)
		default:
			errs = append(errs, err)
		}
	}
	if r.sink.Files != nil {
		r.sink.Files(files)
	}
	slices.SortStableFunc(t.waiting, func(a, b *timedFile) int { return a.begin.Compare(b.begin) })
	return t, errors.Join(errs...)
}

// readTimeline reads the packet files and, in between, the exports.
func (r *run) readTimeline(t *timeline) error {
	t.readLogs()
	sink, files := r.sink, slices.Clone(t.waiting)
	if len(files) > 0 {
		if len(t.exports) > 0 {
			r.sink = t.exports.between(sink)
		}
		r.decodeAndDispatch(func(p *producer) {
			t.attach = p.attach
			t.read(p.packet)
		})
		r.sink = sink
	}
	sink.Exchange = r.exchange
	t.exports.until(sink, endOfTime())
	errs := t.errs
	for _, e := range t.exports {
		e.close()
		errs = append(errs, e.err)
		e.source.record.Packets = e.counters.Packets
		if len(files) > 0 {
			e.counters.Packets = 0 // entries are not packets
		}
		for i := range e.counters.Notes {
			e.counters.Notes[i].File = e.file
		}
		r.counters.Add(e.counters)
	}
	return errors.Join(errs...)
}
