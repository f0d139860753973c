package capture

import (
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"negotrace/capture/block"
	"negotrace/capture/export"
	"negotrace/httpstream"
	"negotrace/tokens"
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

func totalSize(sources []Source) int64 {
	var total int64
	for _, s := range sources {
		if s.Size == 0 {
			return 0
		}
		total += s.Size
	}
	return total
}

// label gives each source the shortest end of its path that is unique.
func label(sources []Source) {
	unlabelled := make([]*Source, len(sources))
	for i := range sources {
		unlabelled[i] = &sources[i]
	}
	for n := 1; n <= maxPathParts && len(unlabelled) > 0; n++ {
		used := map[string]int{}
		for i := range sources {
			used[ending(sources[i].Name, n)]++
		}
		unlabelled = slices.DeleteFunc(unlabelled, func(s *Source) bool {
			s.label = ending(s.Name, n)
			return used[s.label] == 1
		})
	}
}

// maxPathParts is how many parts of two paths are compared; paths that differ only further in
// front are rare.
const maxPathParts = 32

// ending returns the last n parts of a path.
func ending(path string, n int) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}

// file returns the Pos.File of a source.
func (s *Source) file(unit httpstream.Unit) httpstream.File {
	if s.label == "" {
		return httpstream.FileOf("", "", unit)
	}
	return httpstream.FileOf(s.Name, s.label, unit)
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
	r.decodeAndDispatch(func(p *producer) { f.readTo(p) })
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
		r.decodeAndDispatch(func(p *producer) { t.read(p) })
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

// endOfTime is after everything that an export may hold, in the year 2255.
func endOfTime() httpstream.Time { return httpstream.UnixTime(9_000_000_000, 0) }

// between returns a sink for packets that first passes on what comes before them in exports.
func (all exportStreams) between(sink Sink) Sink {
	s := sink
	if sink.Exchange != nil {
		s.Exchange = func(x *httpstream.Exchange) bool {
			at := x.Pos().Time
			if x.Response != nil {
				at = x.Response.Pos.Time
			}
			all.until(sink, at)
			return sink.Exchange(x)
		}
	}
	if sink.Conn != nil {
		s.Conn = func(c *httpstream.Conn) {
			all.until(sink, c.End.Time)
			sink.Conn(c)
		}
	}
	if sink.Kerberos != nil {
		s.Kerberos = func(at httpstream.Pos, src, dst netip.AddrPort, to *httpstream.Destination, m *tokens.Kerberos) {
			all.until(sink, at.Time)
			sink.Kerberos(at, src, dst, to, m)
		}
	}
	if sink.DNS != nil {
		s.DNS = func(at httpstream.Pos, src, dst netip.AddrPort, m *dnsmessage.Message) {
			all.until(sink, at.Time)
			sink.DNS(at, src, dst, m)
		}
	}
	return s
}
