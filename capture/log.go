package capture

import (
	"fmt"

	"negotrace/httpstream"
)

// A logFile is a log among the sources. Logs are read before all else: later events are looked up
// in them.
type logFile struct {
	source *Source
	format format
	file   httpstream.File
	in     *input // if it is open already
}

// A logOut takes what is in a log.
type logOut struct {
	run    *run
	sink   *Sink
	file   httpstream.File
	record *record
	alone  bool // there are logs only
}

// came notes that a record of the log has come.
func (o *logOut) came(at httpstream.Time) {
	o.run.counters.Records++
	if at.IsZero() {
		return
	}
	if o.alone && o.run.begin != nil {
		o.run.begin(at)
		o.run.begin = nil
	}
	if k := o.record; k.First.IsZero() || at.Before(k.First) {
		k.First = at
	}
	if k := o.record; at.After(k.Last) {
		k.Last = at
	}
}

// damage notes that the log is cut or damaged after one of its records.
func (o *logOut) damage(record int, format string, args ...any) {
	o.run.damageAt(httpstream.Pos{Frame: record, Stream: -1, File: o.file}, format, args...)
}

// log puts a log among those that are read first.
func (t *timeline) log(in *input) httpstream.File {
	l := &logFile{source: in.source, format: in.format, file: in.source.file(in.format.unit)}
	if in.source.OpensOnce {
		l.in = in
	} else {
		in.close()
	}
	t.logs = append(t.logs, l)
	return l.file
}

// readLogs reads the logs of a timeline.
func (t *timeline) readLogs() {
	if len(t.logs) == 0 {
		return
	}
	if t.sink.Logs != nil {
		t.sink.Logs(t.first())
	}
	for _, l := range t.logs {
		if l.in == nil {
			in, err := t.open(l.source, t.plan)
			if err != nil {
				t.errs = append(t.errs, err)
				continue
			}
			l.in = in
		}
		if err := t.readLog(l.in, l.file, len(t.waiting)+len(t.exports) == 0); err != nil {
			t.errs = append(t.errs, err)
		}
		l.in.close()
	}
}

// first returns the time of the first packet or exchange of a timeline; none if it has logs only.
func (t *timeline) first() (first httpstream.Time) {
	if len(t.waiting) > 0 {
		first = t.waiting[0].begin
	}
	for _, e := range t.exports {
		if first.IsZero() || !e.at.IsZero() && e.at.Before(first) {
			first = e.at
		}
	}
	return first
}

// readLog reads a log to its end. If part of it could be read, an error becomes damage. alone
// reports whether there are only logs.
func (r *run) readLog(in *input, file httpstream.File, alone bool) error {
	out := &logOut{run: r, sink: &r.sink, file: file, record: in.source.record, alone: alone}
	before := r.counters.Records
	err := in.format.records(in.blocks, out)
	switch {
	case err == nil:
		return nil
	case r.counters.Records > before:
		out.damage(out.record.Packets, "%v", err)
		return nil
	}
	return fmt.Errorf("%q: %w", in.source.Name, err)
}
