package decode

import (
	"bytes"
	"container/list"
	"net/netip"
	"slices"

	"negotrace/httpstream"
)

// A fragmentKey is the same for all fragments of one datagram.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8 // IPv4 only: in IPv6 that of the first fragment counts
	v6       bool
	capwap   bool // proto says then which frame it is
	tunnel   uint64
	origin   int
}

// A partial is an IP packet with some of its fragments.
type partial struct {
	key     fragmentKey
	since   httpstream.Pos
	buf     []byte
	have    []span // sorted, not touching
	total   int    // its length; 0 until the last fragment has come
	proto   uint8
	packets int
	number  int
	place   *list.Element // in fragments.oldest
}

type span struct{ from, to int }

// fragments puts fragmented packets of IP, and frames in CAPWAP, together. The zero value is ready for use.
type fragments struct {
	open   map[fragmentKey]*partial
	oldest list.List // the same, oldest first
	bytes  int
	begun  int                      // datagrams
	whole  [wholeFragments]*partial // the last ones that were completed
	last   int                      // of these
}

// fragment adds a fragment that begins at offset of its datagram, and decodes the datagram if it
// was the last one missing. Where fragments overlap, the earlier one counts.
func (d *Decoder) fragment(key fragmentKey, offset int, more bool, b []byte, missing int) {
	key.tunnel, key.origin = d.tunnel, d.origin
	proto := key.proto
	if key.v6 {
		key.proto = 0
	}
	end := offset + len(b)
	if missing > 0 {
		d.cut = true
		d.breakOff(b, 0)
		d.undecodable("cut IP fragment")
		return
	}
	if end > maxDatagram || len(b) == 0 {
		d.breakOff(b, 0)
		d.undecodable("malformed IP fragment")
		return
	}
	f := &d.fragments
	f.expire(d)
	repeated := f.repeats(key, offset, b)
	g := f.at(key, d.at)
	if !repeated {
		g.packets++
	}
	if d.Fragment != nil {
		d.Fragment(g.number, offset, b)
	}
	grown, differ := g.add(offset, b)
	f.bytes += grown
	if differ {
		d.countHere(&d.counters.ConflictingFragments, &d.counters.Places.ConflictingFragments)
	}
	if offset == 0 {
		g.proto = proto
	}
	if !more && g.total == 0 {
		g.total = end
	}
	if g.total > 0 && len(g.have) == 1 && g.have[0].from == 0 && g.have[0].to >= g.total {
		f.drop(g)
		f.last = (f.last + 1) % len(f.whole)
		f.whole[f.last] = g
		d.reassembled(g)
	}
	for f.bytes > maxFragments {
		d.counters.Drop("incomplete IP datagrams, more than 4 MiB of them", 1, d.at)
		f.abandon(d, f.first())
	}
}

// repeats reports whether a fragment is part of a datagram that is already complete. A switch that
// mirrors a packet where it enters and where it leaves repeats each fragment.
func (f *fragments) repeats(key fragmentKey, offset int, b []byte) bool {
	for _, g := range f.whole {
		if g != nil && g.key == key && offset+len(b) <= g.total && bytes.Equal(g.buf[offset:offset+len(b)], b) {
			return true
		}
	}
	return false
}

// at returns the datagram of a fragment, a new one for its first fragment.
func (f *fragments) at(key fragmentKey, now httpstream.Pos) *partial {
	g := f.open[key]
	if g != nil {
		return g
	}
	f.begun++
	g = &partial{key: key, since: now, number: f.begun}
	if f.open == nil {
		f.open = map[fragmentKey]*partial{}
	}
	f.open[key] = g
	g.place = f.oldest.PushBack(g)
	f.bytes += datagramCost
	return g
}

// reassembled decodes a datagram that is complete.
func (d *Decoder) reassembled(g *partial) {
	if d.Assembled != nil {
		d.Assembled(g.number, g.buf[:g.total])
	}
	switch b := g.buf[:g.total]; {
	case g.key.v6:
		d.extensions(g.proto, b, 0)
	case g.key.capwap:
		d.stationFrame(g.proto, b)
	default:
		d.transport(g.proto, b, 0)
	}
}

// add copies the missing bytes from b. It returns by how many bytes the datagram's memory grew,
// and whether b differs from bytes that were already there.
func (g *partial) add(offset int, b []byte) (grown int, differ bool) {
	end, before := offset+len(b), cap(g.buf)
	if end > len(g.buf) {
		g.buf = append(g.buf, make([]byte, end-len(g.buf))...)
	}
	at := offset
	for _, s := range g.have {
		if s.to <= at {
			continue
		}
		if s.from >= end {
			break
		}
		if s.from > at {
			copy(g.buf[at:s.from], b[at-offset:])
			at = s.from
		}
		to := min(s.to, end)
		differ = differ || !bytes.Equal(g.buf[at:to], b[at-offset:to-offset])
		at = s.to
	}
	if at < end {
		copy(g.buf[at:end], b[at-offset:])
	}
	g.cover(span{offset, end})
	return cap(g.buf) - before, differ
}

// cover adds a span to the others, and joins those that touch.
func (g *partial) cover(n span) {
	i := 0
	for i < len(g.have) && g.have[i].to < n.from {
		i++
	}
	j := i
	for j < len(g.have) && g.have[j].from <= n.to {
		n.from, n.to = min(n.from, g.have[j].from), max(n.to, g.have[j].to)
		j++
	}
	g.have = slices.Replace(g.have, i, j, n)
}

// first returns the datagram that has waited longest, nil if there is none.
func (f *fragments) first() *partial {
	if e := f.oldest.Front(); e != nil {
		return e.Value.(*partial)
	}
	return nil
}

// expire gives up datagrams that have waited too long.
func (f *fragments) expire(d *Decoder) {
	for g := f.first(); g != nil && d.at.Time.Sub(g.since.Time) > maxFragmentAge; g = f.first() {
		f.abandon(d, g)
	}
}

// abandon gives up an incomplete datagram.
func (f *fragments) abandon(d *Decoder, g *partial) {
	f.drop(g)
	why := "incomplete IP fragments"
	switch {
	case g.key.capwap:
		why = "incomplete fragments of CAPWAP"
	case g.packets == 1 && len(g.have) == 1 && g.have[0].from == 0:
		why = "IP fragments whose others are missing: a capture filter by port takes the first one only, record without it"
	}
	for range g.packets {
		d.counters.Undecodable(why, g.since)
	}
}

func (f *fragments) drop(g *partial) {
	delete(f.open, g.key)
	f.oldest.Remove(g.place)
	f.bytes -= cap(g.buf) + datagramCost
}

// close gives up what is still incomplete at the end of the capture.
func (f *fragments) close(d *Decoder) {
	for g := f.first(); g != nil; g = f.first() {
		f.abandon(d, g)
	}
}
