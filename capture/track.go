package capture

import (
	"slices"
	"time"

	"negotrace/httpstream"
)

const (
	// The end of one file of a ring and the beginning of the next overlap by a few
	// packets where a capture is not quite in the order of its time: by no more time
	// than ringTime, and by no more packets than ringCount or one of ringShare.
	ringTime  = time.Second
	ringCount = 3
	ringShare = 8
)

// A track is what was captured at one point: parts that follow each other. The packets
// of a part are never put in another order, and no packet of a part comes before one
// of the part before it.
type track struct {
	origin  int
	part    *part
	count   int      // packets that were read from part
	ended   bool     // there are no more to be read from part
	next    packet   // the next one to come
	more    bool     // there is a next one
	ahead   []packet // what was read after next; copies
	follows []*part  // parts to be read after this one
}

// read reads the next packet of the part.
func (k *track) read(p *packet) bool {
	if k.part.file.next(p) {
		k.count++
		return true
	}
	k.ended = true
	k.part.file.close()
	return false
}

// endsBy tells whether a track ends where a part begins, so that this may be its
// continuation.
func (k *track) endsBy(begin httpstream.Time) bool {
	if len(k.follows) > 0 {
		return false
	}
	k.readAhead(begin.Add(ringTime))
	if !k.ended {
		return false
	}
	late := 0
	for _, a := range k.ahead {
		if a.time.After(begin) {
			late++
		}
	}
	if k.more && k.next.time.After(begin) {
		late++
	}
	return late <= max(ringCount, k.count/ringShare)
}

// readAhead reads on to see whether the part ends before a time.
func (k *track) readAhead(limit httpstream.Time) {
	if k.ended {
		return
	}
	k.next.data = slices.Clone(k.next.data)
	last, size := k.next.time, 0
	for _, a := range k.ahead {
		last = a.time
		size += len(a.data)
	}
	for size < maxAhead && !last.After(limit) {
		var p packet
		if !k.read(&p) {
			return
		}
		p.data = slices.Clone(p.data)
		k.ahead = append(k.ahead, p)
		last = p.time
		size += len(p.data)
	}
}

// likeness is how much the name of a part is like that of the last one on the track.
// Where several tracks could be continued, names are all there is to go by.
func (k *track) likeness(p *part) int {
	a, b := k.part.source.Name, p.source.Name
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
