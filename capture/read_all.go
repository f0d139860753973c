package capture

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"negotrace/capture/block"
	"negotrace/capture/export"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// read reads all sources: packet files as one timeline, then everything else one
// after the other.
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
	return errors.Join(notExpanded, r.readSeveral(sources))
}

// readSeveral reads sources as one timeline.
func (r *run) readSeveral(sources []Source) error {
	t, exports, err := r.survey(sources)
	if len(t.waiting) > 0 {
		r.decodeAndDispatch(t.read)
		err = errors.Join(append([]error{err}, t.errs...)...)
	}
	sortByTime(exports)
	for _, in := range exports {
		err = errors.Join(err, r.readExport(in, httpstream.FileOf(in.source.Name)))
	}
	return err
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

func (r *run) readOne(s *Source) error {
	in, err := r.open(s, block.Sequential)
	if err != nil {
		return err
	}
	if in.format.transactions != nil {
		return r.readExport(in, httpstream.File{})
	}
	defer in.close()
	f, err := r.openPackets(in, httpstream.File{}, false)
	if err != nil {
		return err
	}
	r.decodeAndDispatch(func(p *producer) {
		p.attach(f)
		for k := new(pcap.Packet); f.read(k); {
			s.record.packet(k.Time)
			p.packet(k, 0, httpstream.File{})
		}
		f.close()
	})
	return f.err()
}

// readExport reads a file of requests and responses. If it was read at least in part,
// what is wrong with it is damage and no error.
func (r *run) readExport(in *input, name httpstream.File) error {
	defer in.close()
	before := r.counters.Packets
	out := &export.Out{
		Sink:     httpstream.Sink{Exchange: r.exchange, Conn: r.sink.Conn},
		Counters: r.counters,
		File:     name,
		Damage: func(format string, args ...any) { // which names the entry itself
			r.damageAt(httpstream.Pos{Stream: -1, File: name}, format, args...)
		},
	}
	err := in.format.transactions(in.blocks, out)
	in.source.record.Packets = r.counters.Packets - before
	if err != nil && r.counters.Packets > before {
		out.Damage("%v", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%q: %w", in.source.Name, err)
	}
	return nil
}

// exchange passes an exchange of a browser export on.
func (r *run) exchange(x *httpstream.Exchange) (kept bool) {
	if r.begin != nil {
		r.begin(x.Pos().Time)
		r.begin = nil
	}
	return r.sink.Exchange != nil && r.sink.Exchange(x)
}

// survey looks at the beginning of each source and puts the packet files in the order
// of their first packets. Others are returned, open, in the order of the sources.
func (r *run) survey(sources []Source) (*timeline, []*input, error) {
	t := &timeline{run: r, plan: block.Sequential}
	if len(sources) > 4 {
		t.plan = block.ManyFiles
	}
	var exports []*input
	var errs []error
	for i := range sources {
		export, err := t.probe(&sources[i])
		switch {
		case export != nil:
			exports = append(exports, export)
		case err != nil && sources[i].Found:
			r.damage(httpstream.FileOf(sources[i].Name), "passed over: %v", err)
		case err != nil:
			errs = append(errs, err)
		}
	}
	slices.SortStableFunc(t.waiting, func(a, b *timedFile) int { return a.begin.Compare(b.begin) })
	return t, exports, errors.Join(errs...)
}

// sortByTime sorts files of requests and responses by the first request that stands at
// their beginning. Those without a time stay in front.
func sortByTime(exports []*input) {
	first := map[*input]httpstream.Time{}
	for _, in := range exports {
		head, _ := in.blocks.Peek(headLen) // nothing is lost: what is wrong shows when it is read
		var begin httpstream.Time
		out := &export.Out{Counters: &httpstream.Counters{}, Damage: func(string, ...any) {}}
		out.Sink.Exchange = func(x *httpstream.Exchange) bool {
			if at := x.Pos().Time; begin.IsZero() || at.Before(begin) {
				begin = at
			}
			return false
		}
		_ = in.format.transactions(bytes.NewReader(head), out) // most are cut there
		first[in] = begin
	}
	slices.SortStableFunc(exports, func(a, b *input) int { return first[a].Compare(first[b]) })
}
