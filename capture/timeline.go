package capture

import (
	"fmt"

	"negotrace/capture/block"
	"negotrace/capture/pcap"
	"negotrace/httpstream"
)

// A timeline merges packet files by time. Files that follow each other are a chain, which is read
// like the capture they were cut from. Files that overlap are chains of their own, each another
// capture point.
type timeline struct {
	*run
	plan    block.Plan
	waiting []*timedFile // not yet in a chain, in the order of their first packets
	chains  []*chain
	exports exportStreams
	logs    []*logFile
	errs    []error
	attach  func(*packetFile) // is called before the first packet of a file; may be nil
}

// A timedFile is a packet file on the timeline.
type timedFile struct {
	source *Source
	name   httpstream.File
	begin  httpstream.Time // of its first packet
	file   *packetFile     // if it is open already
}

// probe opens a source, looks at its beginning, and puts it on the timeline.
func (t *timeline) probe(s *Source) (httpstream.File, error) {
	plan := probing
	if s.OpensOnce { // cannot be opened again
		plan = t.plan
	}
	in, err := t.open(s, plan)
	if err != nil {
		return httpstream.File{}, err
	}
	if in.format.records != nil {
		return t.log(in), nil
	}
	if in.format.transactions != nil {
		return t.export(in), nil
	}
	name := s.file(httpstream.Frames)
	f, err := t.openPackets(in, name, plan == probing)
	if err != nil {
		in.close()
		return name, err
	}
	first, err := f.first()
	if err != nil {
		f.close()
		return name, err
	}
	waiting := &timedFile{source: s, name: name, begin: first.Time}
	t.waiting = append(t.waiting, waiting)
	if s.OpensOnce {
		waiting.file = f
	} else {
		in.close()
	}
	return name, nil
}

// export puts a browser export on the timeline.
func (t *timeline) export(in *input) httpstream.File {
	e := &exportStream{
		run: t.run, source: in.source, format: in.format, plan: t.plan, file: in.source.file(in.format.unit),
		origin: -1 - len(t.exports), counters: &httpstream.Counters{},
	}
	t.exports = append(t.exports, e)
	if in.source.OpensOnce {
		e.in = in
	} else {
		e.at = probeTransactions(in)
		in.close()
	}
	return e.file
}

// read reads the timeline to its end.
func (t *timeline) read(take taker) {
	for {
		c := t.earliest()
		if len(t.waiting) > 0 && (c == nil || !c.next.Time.Before(t.waiting[0].begin)) {
			t.assign(t.waiting[0])
			t.waiting = t.waiting[1:]
			continue
		}
		if c == nil {
			return
		}
		take(&c.next, c.origin, c.file.name)
		t.advance(c)
	}
}

// earliest returns the chain whose next packet comes first, nil if there is no more. If times are
// equal, the chain that began first comes first.
func (t *timeline) earliest() *chain {
	var first *chain
	for _, c := range t.chains {
		if c.more && (first == nil || c.next.Time.Before(first.next.Time)) {
			first = c
		}
	}
	return first
}

// assign adds a file to the chain that it continues, or to a new one.
func (t *timeline) assign(f *timedFile) {
	var best *chain
	for _, c := range t.chains {
		if c.endsBefore(f.begin) && (best == nil || c.commonPrefix(f) > best.commonPrefix(f)) {
			best = c
		}
	}
	if best == nil {
		best = &chain{origin: len(t.chains), ended: true}
		t.chains = append(t.chains, best)
	}
	best.waiting = append(best.waiting, f)
	if !best.more {
		t.advance(best)
	}
}

// advance goes to the next packet of a chain, and at the end of a file to the next one.
func (t *timeline) advance(c *chain) {
	if c.more = len(c.ahead) > 0; c.more {
		c.next, c.ahead = c.ahead[0], c.ahead[1:]
		return
	}
	for {
		if !c.ended && c.read(&c.next) {
			c.more = true
			return
		}
		if len(c.waiting) == 0 {
			return
		}
		c.file, c.waiting = c.waiting[0], c.waiting[1:]
		c.count, c.ended = 0, false
		if err := t.begin(c.file); err != nil {
			t.errs = append(t.errs, err)
			c.ended = true
		}
	}
}

// begin opens a file that is not open yet.
func (t *timeline) begin(f *timedFile) error {
	if f.file == nil {
		in, err := t.open(f.source, t.plan)
		if err != nil {
			return err
		}
		if in.format.packets == nil {
			in.close()
			return fmt.Errorf("%q has changed while it was read", f.source.Name)
		}
		if f.file, err = t.openPackets(in, f.name, false); err != nil {
			in.close()
			return err
		}
	}
	if t.attach != nil {
		t.attach(f.file)
	}
	return nil
}

// clonePacket returns k with data of its own.
func clonePacket(k *pcap.Packet) pcap.Packet {
	c := *k
	c.Data = append([]byte(nil), k.Data...)
	c.Block.Bytes = append([]byte(nil), k.Block.Bytes...)
	return c
}
