package capture

import (
	"fmt"

	"negotrace/httpstream"
)

// A timeline merges packet files by time. Files that follow each other are one track:
// what was cut into a ring of files is read like the whole. Files that overlap are
// tracks of their own, each another capture point.
type timeline struct {
	*run
	decoder *decoder // while it is played
	pace    stride
	waiting []*part // not yet on a track, in the order of their first packets
	tracks  []*track
	errs    []error
}

// A part is a packet file in its place on the timeline.
type part struct {
	source *Source
	name   httpstream.File
	first  httpstream.Time // of its first packet
	file   *packetFile     // if it is open already
}

// look opens a source for a glance. It returns the source, open, if it is no packet
// file; else it puts it on the waiting list.
func (t *timeline) look(s *Source) (*input, error) {
	pace := glance
	if s.Live {
		pace = t.pace
	}
	in, err := t.open(s, pace)
	if err != nil {
		return nil, err
	}
	if in.format.transactions != nil && s.Live {
		return in, nil
	}
	if in.format.transactions != nil {
		in.close()
		return t.open(s, t.pace)
	}
	name := httpstream.FileOf(s.Name)
	f, err := t.openPackets(in, name, pace)
	if err != nil {
		in.close()
		return nil, err
	}
	first := new(packet)
	more := f.next(first)
	p := &part{source: s, name: name, first: first.time}
	t.waiting = append(t.waiting, p)
	if !s.Live {
		in.close()
		return nil, nil
	}
	// What can be opened only once gives its first packet a second time.
	p.file = f
	next := f.next
	f.next = func(k *packet) bool {
		f.next = next
		*k = *first
		return more
	}
	return nil, nil
}

// play reads the timeline to its end.
func (t *timeline) play(d *decoder) {
	t.decoder = d
	for {
		k := t.earliest()
		if len(t.waiting) > 0 && (k == nil || !k.next.time.Before(t.waiting[0].first)) {
			t.place(t.waiting[0])
			t.waiting = t.waiting[1:]
			continue
		}
		if k == nil {
			return
		}
		d.packet(&k.next, k.origin, k.part.name)
		t.advance(k)
	}
}

// earliest returns the track whose next packet comes first, nil if there is no more.
// Of equal times the track that began first has its turn.
func (t *timeline) earliest() *track {
	var first *track
	for _, k := range t.tracks {
		if k.more && (first == nil || k.next.time.Before(first.next.time)) {
			first = k
		}
	}
	return first
}

// place puts a part on the track that it continues, or on a new one.
func (t *timeline) place(p *part) {
	var best *track
	for _, k := range t.tracks {
		if k.endsBy(p.first) && (best == nil || k.likeness(p) > best.likeness(p)) {
			best = k
		}
	}
	if best == nil {
		best = &track{origin: len(t.tracks), ended: true}
		t.tracks = append(t.tracks, best)
	}
	best.follows = append(best.follows, p)
	if !best.more {
		t.advance(best)
	}
}

// advance goes on to the next packet of a track, and from part to part.
func (t *timeline) advance(k *track) {
	if k.more = len(k.ahead) > 0; k.more {
		k.next, k.ahead = k.ahead[0], k.ahead[1:]
		return
	}
	for {
		if !k.ended && k.read(&k.next) {
			k.more = true
			return
		}
		if len(k.follows) == 0 {
			return
		}
		k.part, k.follows = k.follows[0], k.follows[1:]
		k.count, k.ended = 0, false
		if err := t.begin(k.part); err != nil {
			t.errs = append(t.errs, err)
			k.ended = true
		}
	}
}

// begin opens a part that is not open yet.
func (t *timeline) begin(p *part) error {
	if p.file != nil {
		p.file.tellTo(t.decoder)
		return nil
	}
	in, err := t.open(p.source, t.pace)
	if err != nil {
		return err
	}
	if in.format.packets == nil {
		in.close()
		return fmt.Errorf("%q has changed while it was read", p.source.Name)
	}
	if p.file, err = t.openPackets(in, p.name, t.pace); err != nil {
		in.close()
		return err
	}
	p.file.tellTo(t.decoder)
	return nil
}
